// Machines that write to machines: whoever is at the other end, it comes to rest, nobody gets more than the day's most, and no volunteer
// is bothered with what no person wrote. Every mail goes between them as the bytes that would go over the wire.
import { describe, expect, test } from 'vitest';
import { formatAddress } from '#mail/addresses.ts';
import { composeOutgoing } from '#mail/outgoing-bytes.ts';
import type { MailAddress } from '#relay/mail-port.ts';
import type { SentMail } from '#tests/support/fake-mail.ts';
import { joinLatest, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import type { InRoom, VolunteerHere } from '#tests/support/world-people.ts';
import { hours, minutes, relayWorld, support } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';
import { talkByMail } from '#tests/support/world-talks.ts';

const identity = (ours: MailAddress) => ({ support: ours, displayName: 'Peer support', envelope: 'tagged' }) as const;
const onTheWire = async (sent: SentMail, ours: MailAddress): Promise<string> => {
  const { bytes, from } = await composeOutgoing(sent.mail, identity(ours));
  return `Return-Path: <${from}>\r\n${bytes.toString('latin1')}`;
};

const take = (world: RelayWorld, wire: string): Promise<unknown> => world.takeBytes(Buffer.from(wire, 'latin1'));

/** The head's fields of what is on the wire, in lower case. */
const fieldOf = (wire: string, name: string): string => new RegExp(`^${name}: (.*)$`, 'imu').exec(wire)?.[1]?.trim() ?? '';

type Answering = (wire: string) => readonly string[];

/** Hands all that a relay sends to whoever answers it, and takes what comes back, until nobody says anything any more. Resolves to how often. */
const pump = async (world: RelayWorld, answer: Answering): Promise<number> => {
  let seen = 0;
  for (let rounds = 0; rounds < 200; rounds += 1) {
    const fresh = world.sender.sent.slice(seen);
    seen = world.sender.sent.length;
    if (fresh.length === 0) return rounds;
    for (const sent of fresh) for (const back of answer(await onTheWire(sent, support))) await take(world, back);
    await world.settle();
  }
  throw new Error('it never comes to rest');
};

/** One mail, as answering machines write it. `more`: what it says of itself. */
const answerTo = (wire: string, of: { readonly from: string; readonly more: readonly string[]; readonly text?: string }): string =>
  [
    `From: ${of.from}`,
    `To: ${fieldOf(wire, 'Reply-To')}`,
    `Subject: Re: ${fieldOf(wire, 'Subject')}`,
    `Message-ID: <${crypto.randomUUID()}@writers.example>`,
    `In-Reply-To: ${fieldOf(wire, 'Message-ID')}`,
    'Date: Wed, 11 Mar 2026 12:00:00 +0000',
    ...of.more,
    '',
    of.text ?? 'I am away until Monday and shall read your mail then.',
    '',
  ].join('\r\n');

const begun = async (): Promise<{
  readonly world: RelayWorld;
  readonly vera: VolunteerHere;
  readonly room: InRoom;
  readonly ada: ReturnType<typeof mailWriter>;
}> => {
  const { world, ada, vera, room } = await talkByMail();
  await room.says('I am here.');
  await room.says('!send');
  return { world, vera, room, ada };
};

describe('an absence program', () => {
  test.each([
    ['that says so as the standard has it', ['Auto-Submitted: auto-replied']],
    ['of Exchange', ['X-Auto-Response-Suppress: All', 'Auto-Submitted: auto-generated']],
    ['that knows only Precedence', ['Precedence: auto_reply']],
    ['that says nothing but its name', ['X-Autoreply: yes']],
    ['that sends as nobody', ['Return-Path: <>']],
  ])('%s is never answered, and no volunteer reads it', async (_name, more) => {
    const { world, room, ada } = await begun();
    const before = [ada.got().length, (await room.hears()).length];
    for (let times = 0; times < 3; times += 1) {
      for (const sent of ada.got().slice(0, 2)) await take(world, answerTo(await onTheWire(sent, support), { from: ada.address, more }));
      await world.settle();
    }
    expect([ada.got().length, (await room.hears()).length]).toEqual(before);
  });

  test('that hides it, answers everything and attaches its logo gets no more than a day’s most', async () => {
    const { world, room, ada } = await begun();
    const attached = ['MIME-Version: 1.0', 'Content-Type: image/png; name="logo.png"', 'Content-Transfer-Encoding: base64'];
    const logo = Buffer.alloc(40_000, 7).toString('base64');
    await pump(world, (wire) => [answerTo(wire, { from: ada.address, more: attached, text: logo })]);
    const automatic = ada.got().filter((each) => each.mail.autoSubmitted !== null);
    expect(automatic).toHaveLength(world.parts.service.automaticMailsADay);
    expect((await room.hears()).length).toBeLessThan(3 * world.parts.service.automaticMailsADay);
  });

  test('that hides it and uses words is not answered, and the loop ends with what it said', async () => {
    const world = await relayWorld();
    const machine = mailWriter(world, 'machine@writers.example');
    await machine.writes('I do not know what to do.');
    const rounds = await pump(world, (wire) => [answerTo(wire, { from: machine.address, more: [] })]);
    expect(rounds).toBe(1);
    expect(machine.got()).toHaveLength(1);
  });
});

describe('a bounce', () => {
  const bounce = (wire: string, more: readonly string[]): string =>
    [
      'From: Mail Delivery System <MAILER-DAEMON@mx.example>',
      `To: ${/^Return-Path: <(.*)>$/mu.exec(wire)?.[1] ?? ''}`,
      'Subject: Undelivered Mail Returned to Sender',
      `Message-ID: <${crypto.randomUUID()}@mx.example>`,
      ...more,
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
      '',
      '--r',
      'Content-Type: text/plain',
      '',
      'It did not work: ada@writers.example',
      '--r',
      'Content-Type: message/delivery-status',
      '',
      'Final-Recipient: rfc822; ada@writers.example',
      'Action: failed',
      'Status: 5.1.1',
      '',
      '--r',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: ${fieldOf(wire, 'Message-ID')}`,
      '',
      '--r--',
      '',
    ].join('\r\n');

  test('of our own first answer is answered by nobody and read by nobody', async () => {
    const { world, room, ada } = await begun();
    const [first] = ada.got();
    if (first === undefined) throw new Error('no first answer');
    const wire = await onTheWire(first, support);
    const before = [world.sender.sent.length, (await room.hears()).length];
    for (const more of [[], ['Auto-Submitted: auto-replied'], ['Return-Path: <>']]) await take(world, bounce(wire, more));
    await world.settle();
    expect([world.sender.sent.length, (await room.hears()).length]).toEqual(before);
  });

  test('of every mail of ours, again and again, comes to rest', async () => {
    const { world, room, ada } = await begun();
    const line = await room.says('Another line.');
    await world.pass(minutes(2));
    const wires = await Promise.all(ada.got().map((each) => onTheWire(each, support)));
    for (let times = 0; times < 5; times += 1) for (const wire of wires) await take(world, bounce(wire, []));
    await world.settle();
    expect(world.sender.sent.every((each) => formatAddress(each.mail.to) === ada.address)).toBe(true);
    expect((await room.marks(line)).at(-1)).toBe('⚠️');
    // One warning for each of the two mails with the volunteer's words, however often they come back.
    expect((await room.hears()).filter((heard) => heard.includes('came back'))).toHaveLength(2);
    expect((await room.hears()).join('\n')).not.toContain('It did not work');
  });
});

describe('a mailing list', () => {
  const ofList: readonly (readonly [name: string, more: readonly string[]])[] = [
    ['that we were subscribed to', ['List-Id: <all.lists.example>', 'List-Unsubscribe: <mailto:leave@lists.example>', 'Precedence: list']],
    ['that asks whether we want to be subscribed', ['List-Id: <all.lists.example>', 'Precedence: bulk', 'Auto-Submitted: auto-generated']],
    ['of the old kind', ['Precedence: list']],
    ['that forwards a person’s words under its own name', ['Mailing-List: list all@lists.example; contact x@lists.example']],
  ];
  test.each(ofList)('%s is answered by nobody and read by nobody, also when it sends our own words round', async (_name, more) => {
    const { world, room, ada } = await begun();
    const before = [world.sender.sent.length, (await room.hears()).length];
    const wire = await onTheWire(ada.last(), support);
    for (const from of [ada.address, 'all@lists.example', 'somebody@else.example'])
      await take(world, answerTo(wire, { from, more, text: 'To everybody: the meeting is on Monday.' }));
    // The list sends to us what we had sent.
    await take(world, wire.replace('\r\nTo:', `\r\n${more.join('\r\n')}\r\nTo:`));
    await world.settle();
    expect([world.sender.sent.length, (await room.hears()).length]).toEqual(before);
  });
});

describe('two relays that face each other', () => {
  const theirs = { local: 'talk', domain: 'other-relay.example' } as const;

  test('end after one answer each, and no volunteer reads an automatic mail', async () => {
    const ours = await relayWorld();
    const other = await relayWorld({ support: theirs });
    const vera = await volunteerHere(ours);
    const vito = await volunteerHere(other);
    const sides = [
      { world: ours, is: support, to: other, seen: 0 },
      { world: other, is: theirs, to: ours, seen: 0 },
    ];
    const exchange = async (): Promise<void> => {
      for (let rounds = 0; rounds < 50; rounds += 1) {
        let moved = 0;
        for (const side of sides) {
          const fresh = side.world.sender.sent.slice(side.seen);
          side.seen += fresh.length;
          moved += fresh.length;
          for (const sent of fresh) await side.to.takeBytes(Buffer.from(await onTheWire(sent, side.is), 'latin1'));
        }
        await ours.settle();
        await other.settle();
        if (moved === 0) return;
      }
      throw new Error('it never comes to rest');
    };
    // Somebody writes to us in the other relay's name.
    await mailWriter(ours, formatAddress(theirs)).writes('Hello from nobody.');
    await exchange();
    expect([ours.sender.sent.length, other.sender.sent.length]).toEqual([1, 0]);
    expect((await vito.desk.hears()).filter((heard) => heard.includes('waiting'))).toEqual([]);
    // A volunteer answers: that is a person, so the other relay takes it for one, answers once, and it ends there.
    await vera.desk.says('1');
    const room = await joinLatest(ours, vera.person);
    await room.says('!open');
    await room.says('Who is there?');
    await ours.pass(minutes(2));
    await exchange();
    expect([ours.sender.sent.length, other.sender.sent.length]).toEqual([2, 1]);
    expect((await room.hears()).join('\n')).not.toContain('Thank you for writing');
    await ours.pass(hours(1));
    await other.pass(hours(1));
    await exchange();
    expect([ours.sender.sent.length, other.sender.sent.length]).toEqual([2, 1]);
  });
});
