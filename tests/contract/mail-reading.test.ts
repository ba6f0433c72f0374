// Reading hostile mail: one sender or none, people told from robots, evidence that cannot be borrowed, and no bytes that stop the reader.
import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { dkimSign } from 'mailauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMailReader, readingDefaults } from '#mail/reading/mail-reader.ts';
import type { MailReaderOptions } from '#mail/reading/mail-reader.ts';
import { parseResults } from '#mail/reading/authentication-results.ts';
import { htmlToPlain } from '#mail/reading/html-to-plain.ts';
import { narrowRights } from '#mail/reading/reading-process.ts';
import { readFrom } from '#mail/reading/sender.ts';
import type { MailReader, ReadMail } from '#relay/mail-port.ts';
import { bounceTag, mailBytes, mailOf, mailsIn, ownMessageId, rawMail, replyTag, support } from '#tests/support/mails.ts';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';
import { startDns } from '#trial/servers/dns.ts';
import type { DnsControl, Zone } from '#trial/servers/dns.ts';

const mx = 'mx.peers.example.org';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const published = createPublicKey(keys.privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
const txt = (value: string) => [{ type: 'TXT' as const, value }];
const zone: Zone = new Map([
  ['k1._domainkey.strict.example', txt(`v=DKIM1; k=rsa; p=${published}`)],
  ['_dmarc.strict.example', txt('v=DMARC1; p=reject')],
  ['k1._domainkey.lenient.example', txt(`v=DKIM1; k=rsa; p=${published}`)],
  ['k1._domainkey.other.example', txt(`v=DKIM1; k=rsa; p=${published}`)],
  ['_dmarc.exact.example', txt('v=DMARC1; p=quarantine; adkim=s')],
  ['k1._domainkey.mail.exact.example', txt(`v=DKIM1; k=rsa; p=${published}`)],
]);

let dns: DnsControl;
let reader: MailReader;
const opened: MailReader[] = [];
const open = (options: Partial<MailReaderOptions> = {}): MailReader => {
  const one = openMailReader({
    ...readingDefaults,
    support,
    trusted: { authservIds: [mx], receivedAbove: 0 },
    dns: { dns: 'servers', servers: [`127.0.0.1:${dns.port}`] },
    ...options,
  });
  opened.push(one);
  return one;
};

beforeAll(async () => {
  dns = await startDns(zone);
  reader = open({ processes: 2 });
});
afterAll(async () => {
  for (const one of opened) await one[Symbol.asyncDispose]();
  await dns[Symbol.asyncDispose]();
});

/** A name server that takes every question and answers none. */
const nobody = async (): Promise<string> => {
  const socket = createSocket('udp4');
  socket.unref();
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return `127.0.0.1:${socket.address().port}`;
};

const read = (bytes: Uint8Array): Promise<ReadMail> => reader.read(rawMail(bytes));

describe('the sender', () => {
  test.each([
    ['odd@quill.example', 'odd', 'quill.example'],
    ['<odd@quill.example>', 'odd', 'quill.example'],
    ['Odd Quill <Odd.Quill+x@QUILL.example>', 'Odd.Quill+x', 'quill.example'],
    ['"Quill, Odd (she/her)" <odd@quill.example>', 'odd', 'quill.example'],
    // Pronouns without quotes: nobody who asks for support is set aside for them.
    ['Odd Quill (she/her) <odd@quill.example>', 'odd', 'quill.example'],
    ['Quill, Odd <odd@quill.example>', 'odd', 'quill.example'],
    ['"victim@peers.example" <odd@quill.example>', 'odd', 'quill.example'],
    ['=?utf-8?q?victim=40peers=2Eexample?= <odd@quill.example>', 'odd', 'quill.example'],
    ['odd@quill.example <odd@quill.example>', 'odd', 'quill.example'],
    ['Ödd Quïll <odd@quïll.example>', 'odd', 'xn--qull-6pa.example'],
    ['Odd <odd@xn--qull-6pa.example>', 'odd', 'xn--qull-6pa.example'],
  ])('of %s is one address', (from, local, domain) => {
    expect(readFrom(from)).toEqual({ ok: true, address: { local, domain } });
  });

  test.each([
    ['two addresses', 'odd@quill.example, victim@peers.example', 'several-senders'],
    ['two addresses with names', 'Odd <odd@quill.example>, Victim <victim@peers.example>', 'several-senders'],
    ['a name that is another address', 'victim@peers.example <odd@quill.example>', 'unusable-sender'],
    ['a bare address beside one in brackets', 'victim@peers.example, Odd <odd@quill.example>', 'several-senders'],
    ['two pairs of brackets', '<odd@quill.example> <victim@peers.example>', 'unusable-sender'],
    ['a comment within the address', 'odd@quill.example(x).peers.example', 'unusable-sender'],
    ['a comment that looks like an address', 'Odd (to@other.example) <odd@quill.example>', 'unusable-sender'],
    ['a comment behind it', 'odd@quill.example (Odd Quill)', 'unusable-sender'],
    ['a comment in front of a dot', 'Odd <odd@quill.example(x).org>', 'unusable-sender'],
    ['a group', 'Friends: odd@quill.example;', 'unusable-sender'],
    ['an empty group', 'undisclosed-recipients:;', 'unusable-sender'],
    ['a route', '<@relay.example:odd@quill.example>', 'unusable-sender'],
    ['a quoted local part', '"odd quill"@quill.example', 'unusable-sender'],
    ['a quoted local part in brackets', 'Odd <"odd@victim.example"@quill.example>', 'unusable-sender'],
    ['an address within quotes only', '"odd@quill.example"', 'unusable-sender'],
    ['a quote without an end', '"Odd <odd@quill.example>', 'unusable-sender'],
    ['letters outside ASCII in the local part', 'ödd@quill.example', 'unusable-sender'],
    ['a bare CR', 'odd@quill.example\rvictim@peers.example', 'unusable-sender'],
    ['a NUL', 'odd@quill.example\0.peers.example', 'unusable-sender'],
    ['an encoded word as the address', '=?utf-8?q?odd=40quill=2Eexample?=', 'unusable-sender'],
    ['brackets with nothing in them', 'Odd <>', 'unusable-sender'],
    ['text behind the brackets', 'Odd <odd@quill.example> peers.example', 'unusable-sender'],
    ['a domain literal', 'odd@[192.0.2.1]', 'unusable-sender'],
    ['no address', 'Odd Quill', 'unusable-sender'],
  ])('of %s is nobody', (_what, from, why) => {
    expect(readFrom(from)).toEqual({ ok: false, why });
  });

  test('is nobody where there are two From fields, one below the other or hidden', async () => {
    const second = ['From: victim@peers.example', 'FROM : victim@peers.example', 'from:victim@peers.example', 'From: odd@quill.example'];
    for (const line of second) {
      const mail = await read(mailOf('From: odd@quill.example', 'Subject: x', line, '', 'Hello'));
      expect(mail.sender, line).toEqual({ ok: false, why: 'several-senders' });
    }
  });

  test('is nobody where there is no From, or a head of nothing', async () => {
    for (const lines of [
      ['Subject: x', '', 'Hello'],
      ['', 'From: odd@quill.example', '', 'Hello'],
      ['From:', '', 'Hello'],
    ]) {
      expect((await read(mailOf(...lines))).sender).toEqual({ ok: false, why: 'no-sender' });
    }
  });

  test('is never taken from Reply-To, Sender or Return-Path, which only say what to take out', async () => {
    const mail = await read(
      mailOf(
        'Return-Path: <path@quill.example>',
        'From: Odd Quill <odd@quill.example>',
        'Sender: Send Er <send@quill.example>',
        'Reply-To: "Re Ply" <reply@xn--qull-6pa.example>',
        '',
        'x',
      ),
    );
    expect(mail.sender).toEqual({ ok: true, address: { local: 'odd', domain: 'quill.example' } });
    expect(mail.displayName).toBe('Odd Quill');
    expect(mail.identity).toEqual(
      expect.arrayContaining([
        'Odd Quill',
        'odd@quill.example',
        'Send Er',
        'send@quill.example',
        'Re Ply',
        'reply@xn--qull-6pa.example',
        'reply@quïll.example',
        'path@quill.example',
      ]),
    );
  });
});

describe('what a mail is about', () => {
  test('its ids, tags and other people are those in its head', async () => {
    const mail = await read(
      mailOf(
        'From: odd@quill.example',
        `To: Peers <SUPPORT+${replyTag.toUpperCase()}@peers.example.org>, a@quill.example`,
        `Cc: "not@counted.example" <b@quill.example>, A@quill.example, support@peers.example.org`,
        `Delivered-To: support+b-${bounceTag}@peers.example.org`,
        'Message-ID: <one@quill.example>',
        `References: <zero@quill.example> <${ownMessageId}>`,
        'In-Reply-To: <last@quill.example>',
        'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe=0A_X?=',
        'Date: nonsense',
        '',
        'x',
      ),
    );
    expect(mail).toMatchObject({
      messageId: 'one@quill.example',
      references: ['zero@quill.example', ownMessageId, 'last@quill.example'],
      tags: [replyTag],
      othersAddressed: 2,
      subject: expect.stringMatching(/^Grüße +X$/),
    });
  });

  test.each([
    ['flowed', { text: 'This line flows on.\n> quoted text' }],
    ['mixed-html-and-plain-footer', { text: 'My words are in HTML.\n\n\nDisclaimer of my company.' }],
    ['apple-text-image-text', { text: 'Before the picture.\nAfter the picture.', files: 1 }],
    ['nested-message', { text: 'See the attached mail.', files: 1 }],
    ['pgp-signed-mime', { text: 'Signed words.', files: 0, encrypted: 'no' }],
    ['pgp-mime', { encrypted: 'pgp', unreadable: 'no', files: 0 }],
    ['pgp-inline', { encrypted: 'pgp', unreadable: 'no' }],
    ['smime-encrypted', { encrypted: 'smime', unreadable: 'no' }],
    ['picture-only', { text: '', files: 1, unreadable: 'no' }],
    ['winmail', { text: '', files: 1, unreadable: 'empty-though-content' }],
    ['hidden-html', { text: 'Shown here 😢\n\nLast.' }],
    ['all-hidden-html', { text: '', unreadable: 'empty-though-content' }],
  ] as const)('%s reads as it is', async (name, wanted) => {
    expect(await read(mailBytes('reading', name))).toMatchObject({ ...wanted, sender: { ok: true } });
  });

  test('too large, its head is read and nothing is proved of a body that is not there', async () => {
    const bytes = mailOf(
      'From: Odd <odd@strict.example>',
      `To: support+${replyTag}@peers.example.org`,
      'DKIM-Signature: v=1; a=rsa-sha256; d=strict.example; s=k1; h=from; bh=AAAA; b=AAAA',
      'Subject: big',
      '',
    );
    const mail = await reader.read({ extent: 'headers-only', bytes, size: 90_000_000 });
    expect(mail).toMatchObject({
      unreadable: 'too-large',
      text: '',
      subject: 'big',
      tags: [replyTag],
      sender: { ok: true },
      evidence: { verdict: 'nothing' },
    });
  });

  test('text that says nothing in any charset is still text without control characters', async () => {
    for (const charset of ['utf-7', 'x-unknown', 'utf-16', 'iso-2022-jp', 'hex', '"', '']) {
      const head = mailOf('From: odd@quill.example', `Content-Type: text/plain; charset=${charset}`, '', '');
      const mail = await read(Buffer.concat([head, Buffer.from([0, 0xff, 0xfe, 0x1b, 0x24, 0x42, 0x0d, 0x41, 0x0d, 0x0a, 0x80, 0x61])]));
      expect(mail.sender).toMatchObject({ ok: true });
      expect(mail.text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
    }
  });
});

describe('HTML', () => {
  test('gives what a reader would have seen, with quotes marked', () => {
    const html =
      '<p>One<br>two</p><div>three <b>four</b></div><blockquote type="cite"><p>five</p><blockquote>six</blockquote></blockquote><ul><li>a<li>b</ul><table><tr><td>x<td>y</table><pre>k\n  l</pre>';
    expect(htmlToPlain(html).text).toBe('One\ntwo\n\nthree four\n\n> five\n>\n> > six\n\n- a\n- b\n\nx y\n\nk\n  l');
  });

  test.each([
    '<title>Secret</title>',
    '<style>Secret</style>',
    '<script>Secret</script>',
    '<!-- Secret -->',
    '<a href="https://Secret">x</a>',
    '<img src="Secret" alt="Secret">',
    '<p title="Secret">x</p>',
    '<div style="display:none">Secret</div>',
    '<div style="DISPLAY: NONE !important"><p>Secret</p></div>',
    '<span hidden>Secret</span>',
    '<span style="font-size:0">Secret</span>',
    '<span style="visibility:hidden">Secret</span>',
    '<span style="mso-hide:all">Secret</span>',
    '<span style="opacity:0;">Secret</span>',
    '<div style="max-height:0px;overflow:hidden">Secret</div>',
    '<textarea>Secret</textarea>',
    '<select><option>Secret</select>',
    '<svg><text>Secret</text></svg>',
    '<object data="x">Secret</object>',
    '<template>Secret</template>',
    '<input value="Secret">',
    '<iframe srcdoc="Secret">Secret</iframe>',
    '<meta name="Secret" content="Secret">',
    '<![CDATA[Secret]]>',
    '<?xml Secret?>',
  ])('lets nothing out of %s', (html) => {
    expect(htmlToPlain(`<p>Before</p>${html}<p>after</p>`).text).toMatch(/^Before\b[^S]*\bafter$/);
  });

  test('too deep or too long has content and no text, at once', () => {
    const start = performance.now();
    for (const html of ['<b>'.repeat(200_000), `<p>x${'y'.repeat(2_000_001)}`, '<blockquote>'.repeat(5_000)])
      expect(htmlToPlain(html)).toEqual({ text: '', content: 'some' });
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test('of a million brackets is read in no more than its length’s time', () => {
    const start = performance.now();
    expect(htmlToPlain(`<p>x</p>${'<'.repeat(1_000_000)}`).text).toHaveLength(1_000_003);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test('of a thousand quotes in quotes is no larger than memory', () => {
    const deep = `${'<blockquote>'.repeat(900)}${'<br>a'.repeat(300_000)}`;
    expect(htmlToPlain(deep).text.length).toBeLessThan(30_000_000);
  });
});

describe('a robot', () => {
  const kinds = {
    'bounce-failed': { robot: 'bounce', outcome: 'failed' },
    'bounce-delayed': { robot: 'bounce', outcome: 'delayed' },
    'bounce-unknown': { robot: 'bounce', outcome: 'unknown' },
    'auto-reply': { robot: 'auto-reply' },
    list: { robot: 'list' },
    own: { robot: 'own' },
    no: { robot: 'no' },
  } as const;
  const all = (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((kind) =>
    mailsIn(`robots/${kind}`).map((name) => [kind, name] as const),
  );

  test.each(all)('of the kind %s: %s', async (kind, name) => {
    expect((await read(mailBytes(`robots/${kind}`, name))).automatic).toMatchObject(kinds[kind]);
  });

  test.each([...mailsIn('replies').map((name) => ['replies', name] as const), ...mailsIn('first').map((name) => ['first', name] as const)])(
    'is not seen in %s/%s',
    async (folder, name) => {
      expect((await read(mailBytes(folder, name))).automatic).toEqual({ robot: 'no' });
    },
  );

  test.each([
    ['bounce-failed', 'postfix', bounceTag, ownMessageId],
    ['bounce-failed', 'opensmtpd', bounceTag, ownMessageId],
    ['bounce-delayed', 'opensmtpd', bounceTag, ownMessageId],
    ['bounce-failed', 'postfix-without-tag', null, ownMessageId],
    ['bounce-failed', 'qmail', null, ownMessageId],
    ['bounce-failed', 'exim', null, ownMessageId],
    ['bounce-unknown', 'tag-alone', bounceTag, null],
  ] as const)('%s/%s speaks of the mail it means', async (kind, name, verpToken, id) => {
    expect((await read(mailBytes(`robots/${kind}`, name))).automatic).toMatchObject({ verpToken, ownMessageId: id });
  });

  test('that bounces somebody else’s mail speaks of none of ours', async () => {
    const bytes = mailBytes('robots/bounce-failed', 'postfix-without-tag')
      .toString('latin1')
      .replaceAll('@peers.example.org', '@elsewhere.example');
    expect((await read(Buffer.from(bytes, 'latin1'))).automatic).toMatchObject({ robot: 'bounce', verpToken: null, ownMessageId: null });
  });
});

const signature = async (mail: Buffer, domain: string, bodyLength?: number): Promise<string> => {
  const one = {
    signingDomain: domain,
    selector: 'k1',
    privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ...(bodyLength === undefined ? {} : { maxBodyLength: bodyLength }),
  };
  return (await dkimSign(mail, { ...one, canonicalization: 'relaxed/relaxed', signatureData: [one] })).signatures;
};
const signed = async (lines: readonly string[], domain: string): Promise<Buffer> => {
  const mail = mailOf(...lines);
  return Buffer.concat([Buffer.from(await signature(mail, domain)), mail]);
};
const from = (address: string, ...more: readonly string[]): readonly string[] => [
  ...more,
  `From: Odd <${address}>`,
  'To: support@peers.example.org',
  'Subject: hi',
  'Date: Tue, 3 Mar 2026 10:12:33 +0000',
  '',
  'Hello there.',
  '',
];

describe('evidence', () => {
  test('of a good signature of the same domain is a pass, with that domain’s policy', async () => {
    expect((await read(await signed(from('odd@strict.example'), 'strict.example'))).evidence).toEqual({
      verdict: 'pass',
      policy: 'reject',
    });
    expect((await read(await signed(from('odd@lenient.example'), 'lenient.example'))).evidence).toEqual({
      verdict: 'pass',
      policy: 'none',
    });
  });

  test('of a changed mail is a fail', async () => {
    const mail = (await signed(from('odd@strict.example'), 'strict.example')).toString('latin1');
    for (const changed of [mail.replace('Hello there', 'Hello you'), mail.replace('Subject: hi', 'Subject: ho')]) {
      expect((await read(Buffer.from(changed, 'latin1'))).evidence).toEqual({ verdict: 'fail', policy: 'reject' });
    }
  });

  test('of another domain’s signature, or one under a stricter rule, is nothing', async () => {
    expect((await read(await signed(from('odd@strict.example'), 'other.example'))).evidence.verdict).toBe('nothing');
    expect((await read(await signed(from('odd@exact.example'), 'mail.exact.example'))).evidence.verdict).toBe('nothing');
  });

  test('of no signature and no verdict is nothing', async () => {
    expect((await read(mailOf(...from('odd@strict.example')))).evidence).toEqual({ verdict: 'nothing', policy: 'none' });
  });

  test('of a signature whose key nobody publishes is nothing', async () => {
    expect((await read(await signed(from('odd@unknown.example'), 'unknown.example'))).evidence.verdict).toBe('nothing');
  });

  test('of a signature that leaves the body’s end open is nothing', async () => {
    const mail = mailOf(...from('odd@strict.example'));
    const openEnded = await signature(mail, 'strict.example', 5);
    expect((await read(Buffer.concat([Buffer.from(openEnded), mail]))).evidence.verdict).toBe('nothing');
  });

  test('is away while the DNS does not answer, for a fail as for a pass, and soon', async () => {
    const silent = open({ dns: { dns: 'servers', servers: [await nobody()] }, dnsMs: 300 });
    const good = await signed(from('odd@strict.example'), 'strict.example');
    const start = performance.now();
    expect((await silent.read(rawMail(good))).evidence).toEqual({ verdict: 'away', policy: 'none' });
    expect(
      (await silent.read(rawMail(Buffer.from(good.toString('latin1').replace('Hello there', 'Hello you'), 'latin1')))).evidence.verdict,
    ).toBe('away');
    expect((await silent.read(rawMail(mailOf(...from('odd@strict.example'))))).evidence.verdict).toBe('nothing');
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  const verdict = (...fields: readonly string[]): Promise<ReadMail> => read(mailOf(...from('odd@strict.example', ...fields)));
  const received = 'Received: from a.example by mx.peers.example.org; Tue, 3 Mar 2026 10:12:40 +0000';

  test.each([
    ['a pass', `Authentication-Results: ${mx}; dmarc=pass header.from=strict.example`, 'pass'],
    [
      'a pass with its comments',
      `Authentication-Results: ${mx} 1; spf=pass (sender (nested \\) really) ok) smtp.mailfrom=strict.example; dkim=pass (2048-bit key) header.d=strict.example header.b="a/b="; dmarc=pass (p=REJECT) header.from=strict.example`,
      'pass',
    ],
    ['a pass by DKIM alone', `Authentication-Results: ${mx}; dkim=pass header.i=@strict.example`, 'pass'],
    ['a fail', `Authentication-Results: ${mx}; dmarc=fail (p=reject) header.from=strict.example`, 'fail'],
    ['SPF alone', `Authentication-Results: ${mx}; spf=pass smtp.mailfrom=strict.example`, 'nothing'],
    ['nothing checked', `Authentication-Results: ${mx}; none`, 'nothing'],
    ['another server', 'Authentication-Results: mx.evil.example; dmarc=pass header.from=strict.example', 'nothing'],
    ['a name that only begins alike', `Authentication-Results: ${mx}.evil.example; dmarc=pass header.from=strict.example`, 'nothing'],
    ['the name within a comment', `Authentication-Results: evil.example (${mx}); dmarc=pass header.from=strict.example`, 'nothing'],
    ['a verdict within a comment', `Authentication-Results: ${mx}; spf=none (; dmarc=pass header.from=strict.example)`, 'nothing'],
    ['a verdict within quotes', `Authentication-Results: ${mx}; spf=none reason="; dmarc=pass header.from=strict.example"`, 'nothing'],
    [
      'a verdict within a quoted local part',
      `Authentication-Results: ${mx}; spf=none smtp.mailfrom="x; dmarc=pass header.from=strict.example"@evil.example`,
      'nothing',
    ],
    ['a comment without an end', `Authentication-Results: ${mx}; (dmarc=none; dmarc=pass header.from=strict.example`, 'nothing'],
    ['another From domain', `Authentication-Results: ${mx}; dmarc=pass header.from=evil.example`, 'nothing'],
    ['no From domain', `Authentication-Results: ${mx}; dmarc=pass`, 'nothing'],
    ['a signature of another domain', `Authentication-Results: ${mx}; dkim=pass header.d=evil.example`, 'nothing'],
    ['a signature of an ending', `Authentication-Results: ${mx}; dkim=pass header.d=example`, 'nothing'],
  ])('from the provider: %s', async (_what, field, wanted) => {
    expect((await verdict(field, received)).evidence.verdict).toBe(wanted);
  });

  test('below the first Received came with the mail, and is not believed', async () => {
    expect((await verdict(received, `Authentication-Results: ${mx}; dmarc=pass header.from=strict.example`)).evidence.verdict).toBe(
      'nothing',
    );
  });

  test('of the provider, once said, is not said otherwise further down', async () => {
    const gave = await verdict(
      `Authentication-Results: ${mx}; dmarc=fail header.from=strict.example`,
      `Authentication-Results: ${mx}; dmarc=pass header.from=strict.example`,
      received,
    );
    expect(gave.evidence).toEqual({ verdict: 'fail', policy: 'reject' });
  });

  test('through a provider that delivers in two steps is looked for that much further down', async () => {
    const two = open({ trusted: { authservIds: [mx], receivedAbove: 1 } });
    const field = `Authentication-Results: ${mx}; dmarc=pass header.from=strict.example`;
    expect((await two.read(rawMail(mailOf(...from('odd@strict.example', received, field, received))))).evidence.verdict).toBe('pass');
    expect((await two.read(rawMail(mailOf(...from('odd@strict.example', received, received, field))))).evidence.verdict).toBe('nothing');
  });

  test('of the provider that stands above the first Received is not added to by what stands below it', async () => {
    const two = open({ trusted: { authservIds: [mx], receivedAbove: 1 } });
    const silent = `Authentication-Results: ${mx}; spf=none smtp.mailfrom=strict.example`;
    const forged = `Authentication-Results: ${mx}; dmarc=pass header.from=strict.example`;
    expect((await two.read(rawMail(mailOf(...from('odd@strict.example', silent, received, forged))))).evidence.verdict).toBe('nothing');
  });

  test('of a body that the mailbox changed is still what the provider saw', async () => {
    const changed = (await signed(from('odd@strict.example'), 'strict.example')).toString('latin1').replace('Hello there', 'Hello you');
    const mail = Buffer.from(`Authentication-Results: ${mx}; dmarc=pass header.from=strict.example\r\n${changed}`, 'latin1');
    expect((await read(mail)).evidence.verdict).toBe('pass');
  });

  test('of a mail with two senders is nothing, however well it is signed', async () => {
    const mail = await signed(from('odd@strict.example'), 'strict.example');
    const both = await read(Buffer.concat([Buffer.from('From: victim@peers.example\r\n'), mail]));
    expect(both).toMatchObject({ sender: { ok: false, why: 'several-senders' }, evidence: { verdict: 'nothing' } });
  });

  test('is read by the grammar or not at all', () => {
    expect(parseResults('mx.example; dkim=pass header.d=a.example header.b="x=/y"; spf=softfail')?.results).toHaveLength(2);
    for (const bad of [
      '',
      ';',
      'mx.example',
      'mx.example x y; dkim=pass',
      'mx.example; dkim',
      'mx.example; dkim=',
      'mx.example; =pass',
      'mx.example; dkim=pass;; spf=pass',
      'mx.example; dkim=pass "x"',
      'mx.example; dkim==pass',
      '"mx.example; dkim=pass',
    ]) {
      expect(parseResults(bad)?.results ?? [], bad).toEqual([]);
    }
  });
});

describe('the canary', () => {
  const marks = new Map<string, string>();
  const canary = (place: string): string => {
    const made = `Zqx${[...place].map((letter) => String.fromCharCode(97 + ((letter.charCodeAt(0) * 7) % 26))).join('')}${String.fromCharCode(97 + (marks.size % 26))}${String.fromCharCode(97 + Math.floor(marks.size / 26))}`;
    marks.set(place, made);
    return made;
  };
  const fields = [
    'Return-Path',
    'Received',
    'X-Originating-IP',
    'DKIM-Signature',
    'ARC-Seal',
    'Authentication-Results',
    'Delivered-To',
    'Sender',
    'Reply-To',
    'Cc',
    'Message-ID',
    'In-Reply-To',
    'References',
    'Organization',
    'X-Mailer',
    'User-Agent',
    'X-Face',
    'Face',
    'Autocrypt',
    'OpenPGP',
    'Thread-Index',
    'Thread-Topic',
    'X-Sender',
    'Keywords',
    'Comments',
    'Disposition-Notification-To',
    'BIMI-Selector',
  ];
  const c = canary;
  const canaryMail = (): Buffer =>
    mailOf(
      ...fields.map((name) =>
        ['Message-ID', 'In-Reply-To', 'References'].includes(name)
          ? `${name}: <${c(name)}@host.example>`
          : /^(?:Return-Path|Sender|Reply-To|Cc|Delivered-To|Disposition)/.test(name)
            ? `${name}: <${c(name)}@host.example>`
            : `${name}: ${c(name)}`,
      ),
      `From: ${c('display')} Quill <${c('local')}@${c('domain')}.example>`,
      'To: support@peers.example.org',
      `Subject: ${c('subject')}`,
      'MIME-Version: 1.0',
      `Content-Type: multipart/mixed; boundary="b1"; name="${c('type-parameter')}"`,
      '',
      c('preamble'),
      '--b1',
      'Content-Type: multipart/alternative; boundary="b2"',
      '',
      '--b2',
      `Content-Type: text/html; charset=utf-8`,
      `Content-Description: ${c('html-description')}`,
      '',
      `<html><head><title>${c('title')}</title><meta content="${c('meta')}"><style>.${c('style')}{}</style></head><body><!-- ${c('comment')} --><p>I am ${marks.get('display')}, and I am not well.</p>`,
      `<a href="https://${c('href')}.example">here</a><img src="https://${c('src')}.example" alt="${c('alt')}"><div style="display:none">${c('hidden')}</div><p title="${c('tip')}">Bye.</p>`,
      `<div class="gmail_quote">On Tue, 3 Mar 2026 at 10:12, ${c('attribution')} &lt;${c('attributed')}@host.example&gt; wrote:<blockquote class="gmail_quote">${c('quoted')}</blockquote></div>`,
      `<div>-- <br>${c('signature')}<br>Tel. 030 1234567</div></body></html>`,
      '--b2--',
      '--b1',
      `Content-Type: image/png; name="${c('file-name')}.png"`,
      `Content-ID: <${c('content-id')}@x>`,
      `Content-Description: ${c('file-description')}`,
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(c('file-bytes')).toString('base64'),
      '--b1',
      'Content-Type: text/vcard',
      '',
      `FN:${c('vcard')}`,
      '--b1',
      'Content-Type: text/calendar',
      '',
      `ORGANIZER;CN=${c('calendar')}:mailto:x@y.example`,
      '--b1',
      'Content-Type: message/rfc822',
      'Content-Disposition: inline',
      '',
      `From: ${c('nested-from')} <n@host.example>`,
      `Subject: ${c('nested-subject')}`,
      '',
      c('nested-body'),
      '--b1--',
      c('epilogue'),
    );

  test('planted in every place of a mail comes out of none but the words, and out of the cleaned words not at all', async () => {
    const { clean } = await import('#cleaning/clean.ts');
    const mail = await read(canaryMail());
    expect(marks.size).toBeGreaterThanOrEqual(53);
    const inText = [...marks].filter(([, mark]) => mail.text.toLowerCase().includes(mark.toLowerCase())).map(([place]) => place);
    expect(inText.toSorted()).toEqual(['attributed', 'attribution', 'display', 'quoted', 'signature']);
    const result = clean({ text: mail.text, known: [mail.displayName, ...mail.identity], ownTexts: [], form: 'mail' });
    expect(result).toMatchObject({ clean: 'yes' });
    if (result.clean !== 'yes') return;
    expect([...marks].filter(([, mark]) => result.text.toLowerCase().includes(mark.toLowerCase()))).toEqual([]);
    expect(result.text).toBe('I am [name], and I am not well.\n\nhere\n\nBye.');
  });
});

describe('the reader', () => {
  test('gives up a mail that takes too long, tells who sent it, and reads on', async () => {
    // A signature is looked up for longer than the whole mail may take.
    const hurried = open({ dns: { dns: 'servers', servers: [await nobody()] }, dnsMs: 60_000, readMs: 1_000 });
    const slow = await signed(from('odd@strict.example'), 'strict.example');
    const [stuck, next] = await Promise.all([
      hurried.read(rawMail(slow)),
      hurried.read(rawMail(mailOf('From: other@quill.example', '', 'fine'))),
    ]);
    expect(stuck).toMatchObject({
      unreadable: 'parse-fault',
      text: '',
      subject: 'hi',
      sender: { ok: true, address: { local: 'odd', domain: 'strict.example' } },
    });
    expect(next).toMatchObject({ unreadable: 'no', text: 'fine' });
  });

  test('survives a mail that takes too much memory', async () => {
    const small = open({ heapMb: 64, readMs: 20_000 });
    const greedy = mailOf('From: Odd <odd@quill.example>', 'Content-Type: text/plain', '', 'x\ny'.repeat(8_000_000));
    expect(await small.read(rawMail(greedy))).toMatchObject({
      unreadable: 'parse-fault',
      sender: { ok: true, address: { local: 'odd', domain: 'quill.example' } },
    });
    expect(await small.read(rawMail(mailOf('From: other@quill.example', '', 'fine')))).toMatchObject({ text: 'fine' });
  });

  test('closed, refuses what waits and what comes', async () => {
    const closing = open();
    const waits = closing.read(rawMail(mailOf('From: odd@quill.example', '', 'x')));
    const end = closing[Symbol.asyncDispose]();
    await expect(waits).rejects.toMatchObject({ code: 'mail-reader-closed' });
    await end;
    await expect(closing.read(rawMail(mailOf('x')))).rejects.toMatchObject({ code: 'mail-reader-closed' });
  });

  test('reads 25 MB of attachment within the time, and keeps none of it', async () => {
    const mail = mailOf(
      'From: odd@quill.example',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'See the film.',
      '--b',
      'Content-Type: video/mp4',
      'Content-Transfer-Encoding: base64',
      '',
      `${'A'.repeat(76)}\r\n`.repeat(320_000),
      '--b--',
    );
    expect(await read(mail)).toMatchObject({ text: 'See the film.', files: 1, unreadable: 'no' });
  });

  test('can touch nothing but its own program', () => {
    const attempt = (code: string): string =>
      spawnSync(process.execPath, [...narrowRights, '-e', code], { encoding: 'utf8', env: {} }).stderr;
    for (const code of [
      'require("fs").readFileSync("/etc/hostname")',
      `require("fs").readFileSync(${JSON.stringify(new URL('../../config/words/en.yaml', import.meta.url).pathname)})`,
      'require("fs").writeFileSync("/tmp/hearken-was-here", "")',
      'require("child_process").execFileSync("id")',
      'new (require("worker_threads").Worker)("", { eval: true })',
    ])
      expect(attempt(code), code).toContain('ERR_ACCESS_DENIED');
    expect(attempt(`require("fs").readFileSync(${JSON.stringify(new URL('../../package.json', import.meta.url).pathname)})`)).toBe('');
  });

  test.each([
    ['is a link', 'ok'],
    ['is missing', 'mail-reader-broken'],
  ])('where node_modules %s: %s', async (how, said) => {
    const folder = temporaryFolder();
    const root = fileURLToPath(new URL('../../', import.meta.url));
    for (const part of ['src', 'package.json']) cpSync(join(root, part), join(folder, part), { recursive: true });
    if (how === 'is a link') symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const script = `import { checkReading } from '#mail/reading/reading-process.ts';
      const found = await checkReading({ heapMb: 384 });
      console.log(found === 'ok' ? found : found.code);`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' });
    expect(ended.stdout.trim(), ended.stderr).toBe(said);
  });

  const header = fc.constantFrom(
    'From: odd@quill.example',
    'From: a@b.example, c@d.example',
    'From: "x',
    'From: =?utf-8?b?/////w==?= <a@b.example>',
    'From: G: a@b.example;',
    'Subject: =?x?q?=00?=',
    'Content-Type: multipart/mixed; boundary=b',
    'Content-Type: multipart/alternative; boundary="b"',
    'Content-Type: text/html; charset=x',
    'Content-Type: message/rfc822',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    'Content-Type: application/pkcs7-mime',
    'Content-Type: ;;;=',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: quoted-printable',
    'Content-Transfer-Encoding: x-uuencode',
    'DKIM-Signature: v=1; d=strict.example; s=k1; a=rsa-sha256; h=from; bh=; b=',
    'DKIM-Signature: ;',
    `Authentication-Results: ${mx}; dmarc=pass`,
    'Message-ID: <<>>',
    'References: <a@b> <',
    'List-Id: <',
    'Return-Path: <>',
    'Date: 1',
    `To: support+${replyTag}@peers.example.org`,
    ' folded',
    ': empty',
    'X',
    '',
  );
  const chunk = fc.oneof(
    fc.constantFrom(
      '--b',
      '--b--',
      '--b\r\nContent-Type: text/plain\r\n\r\nhello',
      '--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed',
      '<div>',
      '<div style="display:none">',
      '</p>',
      '&#x0;',
      '&lt',
      '<!--',
      '=',
      '=3D=',
      '=ZZ',
      'begin 644 x',
      '\r',
      '\0',
      '.',
      '> ',
      'On x wrote:',
      '\u202e',
      '\ud800',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  const grammar = fc
    .tuple(fc.array(header, { maxLength: 14 }), fc.array(chunk, { maxLength: 20 }), fc.constantFrom('\r\n', '\n', '\r'))
    .map(([head, body, end]) => Buffer.from([...head, '', ...body].join(end), 'utf8'));
  const real = fc.constantFrom(
    ...['replies', 'first', 'reading', 'robots/bounce-failed', 'robots/auto-reply'].flatMap((kind) =>
      mailsIn(kind).map((name) => mailBytes(kind, name)),
    ),
  );
  const mutated = fc
    .tuple(
      fc.oneof(grammar, real),
      fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), put: fc.uint8Array({ maxLength: 6 }) }), {
        maxLength: 8,
      }),
    )
    .map(([bytes, changes]) =>
      changes.reduce((mail, change) => {
        const at = Math.floor(change.at * mail.length);
        return Buffer.concat([mail.subarray(0, at), change.put, mail.subarray(at + change.cut)]);
      }, bytes),
    );

  test('answers whatever the bytes are', async () => {
    const seed = Number(process.env['HEARKEN_SEED'] ?? Date.now() % 2_147_483_647);
    console.info(`hostile mails: seed ${seed}, 800 of them`);
    let slowest = 0;
    await fc.assert(
      fc.asyncProperty(mutated, async (bytes) => {
        const start = performance.now();
        const mail = await read(bytes);
        slowest = Math.max(slowest, performance.now() - start);
        expect(mail.text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
        expect(mail.text.isWellFormed() && mail.subject.isWellFormed()).toBe(true);
        if (mail.sender.ok) expect(`${mail.sender.address.local}@${mail.sender.address.domain}`).toMatch(/^[\x21-\x7e]{3,254}$/);
        expect(mail.references.length).toBeLessThanOrEqual(100);
        expect(mail.tags.length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 800, seed },
    );
    expect(slowest).toBeLessThan(readingDefaults.readMs);
  });
});
