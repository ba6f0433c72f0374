// The SMTP sender against a server at fault where it is told to be, against a real one with TLS and login, and the fake beside them.
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { brandId, instant } from '#domain/ids.ts';
import type { LaneId } from '#domain/ids.ts';
import { TokenFault } from '#mail/access-token.ts';
import { defaultSmtpPace, defaultSmtpWaits, openSmtpSender } from '#mail/smtp-sender.ts';
import type { SmtpSettings } from '#mail/smtp-sender.ts';
import type { MailOutcome } from '#relay/mail-port.ts';
import { makeCertificate } from '#tests/support/certificate.ts';
import { startFaultySmtp } from '#tests/support/faulty-smtp.ts';
import type { FaultySmtpOptions, ReceivedMail, SmtpFault } from '#tests/support/faulty-smtp.ts';
import { newFakeMailSender } from '#tests/support/fake-mail.ts';
import { until } from '#tests/support/until.ts';
import { aMail, mailSenderContract, support } from './mail-sender-suite.ts';
import type { ArrivedMail, SenderFault } from './mail-sender-suite.ts';

const clock = { now: () => instant(Date.now()) };

function settingsFor(port: number, change: Partial<SmtpSettings> = {}): SmtpSettings {
  return {
    host: '127.0.0.1',
    port,
    security: 'none',
    ca: null,
    login: null,
    ehloName: 'relay.peers.example',
    identity: { support, displayName: 'Peer support', envelope: 'tagged' },
    waits: defaultSmtpWaits,
    ...defaultSmtpPace,
    ...change,
  };
}

async function asArrived(mail: ReceivedMail): Promise<ArrivedMail> {
  const parsed = await simpleParser(mail.raw);
  return {
    envelopeFrom: mail.from,
    to: mail.to.join(),
    replyTo: parsed.replyTo?.text ?? '',
    messageId: (parsed.messageId ?? '').replace(/^<|>$/g, ''),
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
  };
}

const faults: Readonly<Record<Exclude<SenderFault, 'away'>, SmtpFault>> = {
  'refused-recipient': 'rcpt-550',
  'recipient-later': 'rcpt-451',
  'message-refused': 'message-554',
  'message-later': 'message-451',
  'lost-before': 'lost-at-rcpt',
  'lost-after': 'lost-after-message',
};

for (const [name, options] of [
  ['SMTP', {}],
  ['SMTP with PIPELINING', { offers: ['PIPELINING', 'SIZE 1000000'] }],
] as const satisfies readonly (readonly [string, FaultySmtpOptions])[])
  mailSenderContract(name, async () => {
    const server = await startFaultySmtp(options);
    const sender = openSmtpSender({ settings: settingsFor(server.port), clock });
    let here = true;
    return {
      sender,
      async fault(fault) {
        if (fault !== 'away') return server.next(faults[fault]);
        await server.away();
        here = false;
      },
      async mend() {
        if (!here) await server.open();
        here = true;
      },
      arrived: () => Promise.all(server.received.map(asArrived)),
      async [Symbol.asyncDispose]() {
        await sender[Symbol.asyncDispose]();
        if (here) await server.away();
      },
    };
  });

mailSenderContract('the fake', async () => {
  const sender = newFakeMailSender({ support });
  const outcomes: Readonly<Record<Exclude<SenderFault, 'away'>, MailOutcome>> = {
    'refused-recipient': { outcome: 'refused', code: 'smtp-5.1.1' },
    'recipient-later': { outcome: 'later', code: 'smtp-4.3.0' },
    'message-refused': { outcome: 'refused', code: 'smtp-5.7.1' },
    'message-later': { outcome: 'later', code: 'smtp-4.3.2' },
    'lost-before': { outcome: 'later', code: 'lost' },
    'lost-after': { outcome: 'unsure', code: 'lost' },
  };
  return {
    sender,
    async fault(fault) {
      if (fault === 'away') sender.stuck({ outcome: 'later', code: 'unreachable' });
      else sender.next(outcomes[fault]);
    },
    async mend() {
      sender.stuck(null);
    },
    async arrived() {
      return sender.sent.map(({ mail, envelopeFrom, replyTo }) => ({
        envelopeFrom,
        to: `${mail.to.local}@${mail.to.domain}`,
        replyTo,
        messageId: mail.messageId,
        subject: mail.subject,
        text: mail.text,
      }));
    },
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  };
});

async function withServer(change: Partial<SmtpSettings> = {}, options: FaultySmtpOptions = {}) {
  const server = await startFaultySmtp(options);
  const sender = openSmtpSender({ settings: settingsFor(server.port, change), clock });
  onTestFinished(async () => {
    await sender[Symbol.asyncDispose]();
    await server.away();
  });
  return { server, sender };
}

const shortWaits = { connectMs: 400, greetingMs: 300, replyMs: 300, mailMs: 5_000 };

describe('the outcome names', () => {
  test.each([
    ['rcpt-550', { outcome: 'refused', code: 'smtp-5.1.1' }],
    ['rcpt-451', { outcome: 'later', code: 'smtp-4.3.0' }],
    ['message-554', { outcome: 'refused', code: 'smtp-5.7.1' }],
    ['message-451', { outcome: 'later', code: 'smtp-4.3.2' }],
    ['data-refused-554', { outcome: 'refused', code: 'smtp-5.7.1' }],
    ['sender-550', { outcome: 'blocked', code: 'smtp-5.7.1' }],
    ['greeting-554', { outcome: 'blocked', code: 'smtp-5.7.1' }],
    ['greeting-silent', { outcome: 'later', code: 'timeout' }],
    ['rcpt-silent', { outcome: 'later', code: 'timeout' }],
    ['message-silent', { outcome: 'unsure', code: 'timeout' }],
    ['message-odd', { outcome: 'unsure', code: 'smtp-354' }],
    ['lost-after-message', { outcome: 'unsure', code: 'lost' }],
    ['lost-in-message', { outcome: 'unsure', code: 'lost' }],
    ['lost-at-rcpt', { outcome: 'later', code: 'lost' }],
  ] as const)('what %s was: %o', async (fault, outcome) => {
    const { server, sender } = await withServer({ waits: shortWaits });
    server.next(fault);
    expect(await sender.send(aMail())).toEqual(outcome);
  });

  test('a server that never answers, after the time for one mail', async () => {
    const { server, sender } = await withServer({ waits: { connectMs: 60_000, greetingMs: 60_000, replyMs: 60_000, mailMs: 200 } });
    server.next('rcpt-silent');
    expect(await sender.send(aMail())).toEqual({ outcome: 'later', code: 'timeout' });
    server.next('message-silent');
    expect(await sender.send(aMail())).toEqual({ outcome: 'unsure', code: 'timeout' });
  });

  test('nobody at the port', async () => {
    const { server, sender } = await withServer();
    await server.away();
    expect(await sender.send(aMail())).toEqual({ outcome: 'later', code: 'unreachable' });
    expect(await sender.check()).toEqual({ code: 'unreachable' });
  });

  test('a host that does not exist', async () => {
    const sender = openSmtpSender({ settings: settingsFor(25, { host: 'no-such-host.invalid', security: 'tls' }), clock });
    onTestFinished(() => sender[Symbol.asyncDispose]());
    expect(await sender.send(aMail())).toEqual({ outcome: 'later', code: 'dns' });
  });
});

describe('connections', () => {
  test('carry several mails, and are given up when nothing goes for a while', async () => {
    const { server, sender } = await withServer({ connections: 1, idleMs: 150 });
    for (const id of ['a', 'b', 'c'])
      expect(await sender.send(aMail({ messageId: `${id}@peers.example` }))).toEqual({ outcome: 'accepted' });
    expect(server.connections()).toBe(1);
    await until('QUIT', () => server.said.includes('QUIT'));
    expect(await sender.send(aMail({ messageId: 'd@peers.example' }))).toEqual({ outcome: 'accepted' });
    expect(server.connections()).toBe(2);
  });

  test.each(['lost-between-mails', 'rcpt-421'] as const)('that the server ended meanwhile (%s) cost a mail nothing', async (fault) => {
    const { server, sender } = await withServer({ connections: 1 });
    if (fault === 'lost-between-mails') server.next(fault);
    await sender.send(aMail());
    if (fault === 'rcpt-421') server.next(fault);
    expect(await sender.send(aMail({ messageId: 'b@peers.example' }))).toEqual({ outcome: 'accepted' });
    expect(server.received).toHaveLength(2);
  });

  test('are never used to send a mail a second time by itself', async () => {
    const { server, sender } = await withServer({ connections: 1 });
    await sender.send(aMail());
    server.next('lost-after-message');
    expect(await sender.send(aMail({ messageId: 'b@peers.example' }))).toEqual({ outcome: 'unsure', code: 'lost' });
    expect(server.received).toHaveLength(2);
  });

  const to = (name: string, change = {}) =>
    aMail({
      lane: brandId<LaneId>(`lane-${name}`),
      to: { local: name, domain: 'mail.example' },
      messageId: `${name}@peers.example`,
      ...change,
    });
  const many = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name}${i}`);

  test('are not held by recipients whose servers never answer, with what is the default', async () => {
    const { server, sender } = await withServer();
    const stuck = [...many(6, 'rcpt'), ...many(9, 'message')];
    for (const name of stuck) server.silentAbout(`${name}@mail.example`, name.startsWith('rcpt') ? 'rcpt' : 'message');
    const first = stuck.map((name) => sender.send(to(name)));
    const begun = performance.now();
    expect(await Promise.all(many(5, 'well').map((name) => sender.send(to(name))))).toEqual(
      many(5, 'well').map(() => ({ outcome: 'accepted' })),
    );
    const firstMs = performance.now() - begun;
    // Once each has cost the others its few seconds, it costs them nothing more.
    await Promise.all(first.slice(0, 6));
    const again = many(6, 'rcpt').map((name) => sender.send(to(name)));
    await until('three of them asked for again', () => server.said.filter((line) => line.startsWith('RCPT TO:<rcpt')).length === 9);
    const then = performance.now();
    expect(await sender.send(to('well0'))).toEqual({ outcome: 'accepted' });
    expect(performance.now() - then).toBeLessThan(1_000);
    expect(firstMs).toBeLessThan(20_000);
    await sender[Symbol.asyncDispose]();
    expect(await Promise.all(first.slice(0, 6))).toEqual(many(6, 'rcpt').map(() => ({ outcome: 'later', code: 'slow' })));
    expect(await Promise.all(first.slice(6))).toEqual(many(9, 'message').map(() => ({ outcome: 'unsure', code: 'lost' })));
    expect(await Promise.all(again)).toEqual([
      ...many(3, '').map(() => ({ outcome: 'later', code: 'lost' })),
      ...many(3, '').map(() => ({ outcome: 'later', code: 'closing' })),
    ]);
  }, 60_000);

  const soon = { briskMs: 150, slowMs: 5_000, answers: 2 };

  test('wait for a slow server at the second try, and for its answer as long as it takes', async () => {
    const { server, sender } = await withServer({ connections: 1, patience: soon, waits: { ...defaultSmtpWaits, replyMs: 1_500 } });
    server.next('rcpt-silent');
    expect(await sender.send(to('a'))).toEqual({ outcome: 'later', code: 'slow' });
    server.next('rcpt-silent');
    expect(await sender.send(to('a'))).toEqual({ outcome: 'later', code: 'timeout' });
    server.next('message-silent');
    const begun = performance.now();
    expect(await sender.send(to('a'))).toEqual({ outcome: 'unsure', code: 'timeout' });
    expect(performance.now() - begun).toBeGreaterThan(1_400);
  });

  test('take back whoever is quick again', async () => {
    const { server, sender } = await withServer({ connections: 1, patience: soon });
    server.next('rcpt-silent');
    expect(await sender.send(to('a'))).toEqual({ outcome: 'later', code: 'slow' });
    expect(await sender.send(to('a'))).toEqual({ outcome: 'accepted' });
    server.next('rcpt-silent');
    const begun = performance.now();
    expect(await sender.send(to('a'))).toEqual({ outcome: 'later', code: 'slow' });
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  test('for answers that do not come are no more than is allowed', async () => {
    const { server, sender } = await withServer({ connections: 1, patience: soon });
    for (const name of many(9, 'm')) server.silentAbout(`${name}@mail.example`, 'message');
    const sent = many(9, 'm').map((name) => sender.send(to(name)));
    await until('three handed over', () => server.received.length === 3);
    const begun = performance.now();
    await until('time for more', () => performance.now() - begun > 4 * soon.briskMs);
    expect(server.received).toHaveLength(3);
    await sender[Symbol.asyncDispose]();
    await Promise.all(sent);
  });

  test('one slow answer does not hold up the others', async () => {
    const { server, sender } = await withServer({ connections: 2 });
    server.next('rcpt-silent');
    const slow = sender.send(aMail());
    await until('the slow one at its recipient', () => server.said.some((line) => line.startsWith('RCPT')));
    expect(await Promise.all(['b', 'c', 'd'].map((id) => sender.send(aMail({ messageId: `${id}@peers.example` }))))).toEqual(
      ['b', 'c', 'd'].map(() => ({ outcome: 'accepted' })),
    );
    expect(server.received).toHaveLength(3);
    expect(await slow).toEqual({ outcome: 'later', code: 'slow' });
  });

  test('keep to the rate', async () => {
    const { server, sender } = await withServer({ connections: 3, rate: { mails: 2, perMs: 400 } });
    const begun = performance.now();
    await Promise.all(Array.from({ length: 5 }, (_, i) => sender.send(aMail({ messageId: `${i}@peers.example` }))));
    expect(performance.now() - begun).toBeGreaterThanOrEqual(790);
    expect(server.received).toHaveLength(5);
  });

  test('end at once when the sender is disposed, whatever they wait for', async () => {
    const { server, sender } = await withServer({ connections: 1, rate: { mails: 1, perMs: 60_000 } });
    server.next('message-silent');
    const sent = [sender.send(aMail()), sender.send(aMail({ messageId: 'b@peers.example' }))];
    await until('the message', () => server.received.length === 1);
    await sender[Symbol.asyncDispose]();
    expect(await Promise.all(sent)).toEqual([
      { outcome: 'unsure', code: 'lost' },
      { outcome: 'later', code: 'closing' },
    ]);
  });
});

describe('the bytes', () => {
  async function sentRaw(mail: ReturnType<typeof aMail>, change: Partial<SmtpSettings> = {}): Promise<ReceivedMail> {
    const { server, sender } = await withServer(change);
    expect(await sender.send(mail)).toEqual({ outcome: 'accepted' });
    const [received] = server.received;
    if (received === undefined) throw new Error('nothing received');
    return received;
  }

  test('are the same at a second try', async () => {
    const mail = aMail({ inReplyTo: 'q@mail.example', references: ['p@mail.example', 'q@mail.example'], autoSubmitted: 'auto-generated' });
    expect((await sentRaw(mail)).raw).toBe((await sentRaw(mail)).raw);
  });

  test('of a person’s words hold these header fields and no others', async () => {
    const { raw } = await sentRaw(aMail());
    const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
    expect(head.split('\r\n').toSorted()).toEqual([
      'Content-Transfer-Encoding: quoted-printable',
      'Content-Type: text/plain; charset=utf-8',
      'Date: Tue, 24 Nov 2026 12:00:00 +0000',
      'From: Peer support <support@peers.example>',
      'MIME-Version: 1.0',
      'Message-ID: <id1@peers.example>',
      'Reply-To: support+abcdefghijklmnopqrstuvwxyz@peers.example',
      'Subject: =?UTF-8?Q?Re=3A_Gr=C3=B6=C3=9Fe?=',
      'To: Quiet.Heron@mail.example',
    ]);
  });

  test('of automatic mail say so (RFC 3834), and thread by what they were given', async () => {
    const { raw } = await sentRaw(
      aMail({ autoSubmitted: 'auto-replied', inReplyTo: 'q@mail.example', references: ['p@mail.example', 'q@mail.example'] }),
    );
    const parsed = await simpleParser(raw);
    expect(parsed.headers.get('auto-submitted')).toBe('auto-replied');
    expect(parsed.headers.get('x-auto-response-suppress')).toBe('All');
    expect(parsed.inReplyTo).toBe('<q@mail.example>');
    expect(parsed.references).toEqual(['<p@mail.example>', '<q@mail.example>']);
  });

  test('keep no line of what was meant as a header, a command or an end', async () => {
    const probe = 'x\r\nBcc: evil@evil.example\r\n\r\n.\r\nMAIL FROM:<evil@evil.example>\r\n';
    const { server, sender } = await withServer({ identity: { support, displayName: `Peer${probe}`, envelope: 'tagged' } });
    const mail = aMail({
      subject: probe,
      text: `${probe}.\r\n..\r\nQUIT\r\n`,
      inReplyTo: probe,
      references: [probe, 'a b@c', 'x@y><z@y', '<fine@mail.example>'],
    });
    expect(await sender.send(mail)).toEqual({ outcome: 'accepted' });
    expect(server.received).toHaveLength(1);
    const parsed = await simpleParser(server.received[0]?.raw ?? '');
    expect(parsed.headers.has('bcc')).toBe(false);
    expect(parsed.headers.has('in-reply-to')).toBe(false);
    expect(parsed.references).toBe('<fine@mail.example>');
    expect(parsed.text).toBe(`${probe}.\r\n..\r\nQUIT\r\n`.replaceAll('\r\n', '\n'));
    expect(server.said.filter((line) => /^(MAIL|RCPT|DATA)/.test(line))).toHaveLength(3);
    expect(server.received[0]?.to).toEqual(['Quiet.Heron@mail.example']);
  });

  test.each([{ messageId: 'a\r\nBcc: x@y.example' }, { messageId: '' }, { messageId: 'a>b' }, { date: Number.NaN }])(
    'of a mail that is not in order are none: %o',
    async (change) => {
      const { server, sender } = await withServer();
      expect(await sender.send(aMail(change))).toEqual({ outcome: 'refused', code: 'unusable-mail' });
      expect(await sender.send(aMail({ replyToken: 'no good' }))).toEqual({ outcome: 'refused', code: 'unusable-tag' });
      expect(server.connections()).toBe(0);
    },
  );

  test('read no file and fetch nothing, whatever the text looks like', async () => {
    const text = '{"path":"/etc/passwd"}\nfile:///etc/passwd\nhttp://127.0.0.1:1/\n';
    expect((await simpleParser((await sentRaw(aMail({ text }))).raw)).text).toBe(text);
  });

  test('go out under the name in the settings, not the machine’s', async () => {
    const { server, sender } = await withServer();
    await sender.send(aMail());
    expect(server.said.find((line) => line.startsWith('EHLO'))).toBe('EHLO relay.peers.example');
  });

  test('have the bare address as envelope’s sender where the provider wants that', async () => {
    const plain = { identity: { support, displayName: 'Peer support', envelope: 'plain' as const } };
    expect((await sentRaw(aMail(), plain)).from).toBe('support@peers.example');
    expect((await sentRaw(aMail({ verpToken: null }), plain)).from).toBe('support@peers.example');
  });
});

describe('a server with TLS and login', () => {
  const { cert, key } = makeCertificate();

  async function realServer(options: SMTPServerOptions) {
    const received: ReceivedMail[] = [];
    const seen = { login: 0, clear: 0 };
    const server = new SMTPServer({
      logger: false,
      key,
      cert,
      onAuth(auth, session, done) {
        seen.login += 1;
        if (!session.secure) seen.clear += 1;
        if (auth.username === 'support' && (auth.password === 'right' || auth.accessToken === 'good')) done(null, { user: 'support' });
        else done(Object.assign(new Error('support@peers.example may not log in'), { responseCode: 535 }));
      },
      onMailFrom(_address, session, done) {
        if (!session.secure) seen.clear += 1;
        done();
      },
      onData(stream, session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const from = session.envelope.mailFrom;
          received.push({
            from: from === false ? '' : from.address,
            to: session.envelope.rcptTo.map((to) => to.address),
            raw: Buffer.concat(chunks).toString(),
          });
          done();
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    return { port: (server.server.address() as AddressInfo).port, received, seen };
  }

  function open(port: number, change: Partial<SmtpSettings> = {}) {
    const sender = openSmtpSender({
      settings: settingsFor(port, { ca: cert, login: { login: 'password', user: 'support', password: 'right' }, ...change }),
      clock,
    });
    onTestFinished(() => sender[Symbol.asyncDispose]());
    return sender;
  }

  test.each(['tls', 'starttls'] as const)('takes mail over %s, and nothing in clear', async (security) => {
    const { port, received, seen } = await realServer({ secure: security === 'tls' });
    const sender = open(port, { security });
    expect(await sender.check()).toBe('ok');
    expect(await sender.send(aMail())).toEqual({ outcome: 'accepted' });
    expect(await Promise.all(received.map(asArrived))).toMatchObject([{ to: 'Quiet.Heron@mail.example', text: aMail().text }]);
    expect(seen.clear).toBe(0);
  });

  test('takes a token for a login', async () => {
    const { port, received } = await realServer({ secure: true, authMethods: ['XOAUTH2'] });
    expect(
      await open(port, { security: 'tls', login: { login: 'oauth2', user: 'support', accessToken: async () => 'good' } }).send(aMail()),
    ).toEqual({ outcome: 'accepted' });
    expect(received).toHaveLength(1);
    expect(
      await open(port, { security: 'tls', login: { login: 'oauth2', user: 'support', accessToken: async () => 'stale' } }).send(aMail()),
    ).toEqual({ outcome: 'blocked', code: 'login' });
  });

  test.each([
    ['token-away', { outcome: 'later', code: 'token-away' }],
    ['token-refused', { outcome: 'blocked', code: 'token-refused' }],
  ] as const)('is not asked while the token is not to be had: %s', async (code, outcome) => {
    const { port, seen } = await realServer({ secure: true });
    const login = { login: 'oauth2' as const, user: 'support', accessToken: () => Promise.reject(new TokenFault(code)) };
    expect(await open(port, { security: 'tls', login }).send(aMail())).toEqual(outcome);
    expect(seen.login).toBe(0);
  });

  test('with STARTTLS stripped on the way is told nothing', async () => {
    const { port, received, seen } = await realServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    const sender = open(port, { security: 'starttls' });
    expect(await sender.send(aMail())).toEqual({ outcome: 'blocked', code: 'tls' });
    expect(await sender.check()).toEqual({ code: 'tls' });
    expect([received, seen]).toEqual([[], { login: 0, clear: 0 }]);
  });

  test.each(['tls', 'starttls'] as const)('with a certificate from nobody we know is told nothing over %s', async (security) => {
    const { port, received, seen } = await realServer({ secure: security === 'tls' });
    expect(await open(port, { security, ca: null }).send(aMail())).toEqual({ outcome: 'blocked', code: 'tls' });
    expect([received, seen]).toEqual([[], { login: 0, clear: 0 }]);
  });

  test('that refuses the login blocks, and its words stay out of the outcome', async () => {
    const { port } = await realServer({ secure: true });
    const sender = open(port, { security: 'tls', login: { login: 'password', user: 'support', password: 'wrong' } });
    expect(await sender.send(aMail())).toEqual({ outcome: 'blocked', code: 'login' });
    expect(await sender.check()).toEqual({ code: 'login' });
  });

  test('that wants a login and is given none blocks', async () => {
    const { port } = await realServer({ secure: true });
    expect(await open(port, { security: 'tls', login: null }).send(aMail())).toMatchObject({ outcome: 'blocked' });
  });

  test('that takes only smaller mails refuses before it has seen it', async () => {
    const { port, received } = await realServer({ secure: true, size: 500 });
    expect(await open(port, { security: 'tls' }).send(aMail())).toMatchObject({
      outcome: 'refused',
      code: expect.stringMatching(/too-large|552|5\.3\.4/),
    });
    expect(received).toEqual([]);
  });

  test('is not spoken to in clear outside this machine', () => {
    for (const host of ['mail.example', '10.0.0.1', '127.0.0.1.evil.example', '127.999.1.1', 'localhost.evil.example'])
      expect(() => openSmtpSender({ settings: settingsFor(25, { host }), clock })).toThrow('tls-required');
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', 'LOCALHOST', '::1'])
      expect(() => openSmtpSender({ settings: settingsFor(25, { host }), clock })).not.toThrow();
  });
});
