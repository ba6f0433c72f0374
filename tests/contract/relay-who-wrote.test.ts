// Who wrote a mail, how well that is proved, and what follows, from the mailbox to the volunteer's room.
import { describe, expect, test } from 'vitest';
import type { MailOptions, MailWriter } from '#tests/support/world-people.ts';
import { mailOf, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { days, hours, minutes, relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';
import type { InRoom } from '#tests/support/world-people.ts';
import { casesOf, talkByMail } from '#tests/support/world-talks.ts';

interface Going {
  readonly world: RelayWorld;
  readonly ada: MailWriter;
  readonly room: InRoom;
}

/** An open conversation by mail, in which the volunteer has answered once. */
const going = async (options: Parameters<typeof relayWorld>[0] = {}): Promise<Going> => {
  const { world, ada, room } = await talkByMail(options);
  await room.says('I am here.');
  await world.pass(minutes(2));
  return { world, ada, room };
};

const heldRows = async (world: RelayWorld): Promise<number> => (await world.store.counts(world.now())).inboxByState.held;
const codeIn = (text: string): string => /YES ([A-Z0-9]{8})/u.exec(text)?.[1] ?? 'no code';

describe('with a reply token of ours', () => {
  test.each<[string, MailOptions]>([
    ['in the address it goes to', { token: 'in-reply-to' }],
    ['in its references', { token: 'in-references' }],
    ['from a domain that publishes nothing', { proof: 'nothing none' }],
  ])('a mail joins its conversation: %s', async (_, options) => {
    const { ada, room, world } = await going();
    await ada.writes('More words.', { answers: ada.last(), ...options });
    expect((await room.hears()).at(-1)).toBe('More words.');
    expect(await casesOf(world)).toHaveLength(1);
  });

  test('a mail whose proof fails is held, and the contact on record is asked without a word of it', async () => {
    const { ada, room, world } = await going();
    await ada.writes('Forged words.', { answers: ada.last(), proof: 'fail none' });
    expect(await room.hears()).not.toContainEqual(expect.stringContaining('Forged'));
    expect(ada.last().mail.text).toContain('Did you write to us just now?');
    expect(ada.last().mail.text).not.toContain('Forged');
    expect(await heldRows(world)).toBe(1);
  });

  test('a mail from another address that is proved is turned back, and the contact on record hears nothing', async () => {
    const { ada, room, world } = await going();
    const [before, other] = [ada.got().length, mailWriter(world, 'other@elsewhere.example')];
    await other.writes('Words from elsewhere.', { answers: ada.last() });
    expect(other.last().mail.text).toContain('began from another address');
    expect(ada.got()).toHaveLength(before);
    expect(await room.hears()).not.toContainEqual(expect.stringContaining('elsewhere'));
    expect(await heldRows(world)).toBe(0);
  });

  test('a mail from another address that is not proved is held, and the contact on record is asked', async () => {
    const { ada, room, world } = await going();
    const other = mailWriter(world, 'other@elsewhere.example');
    await other.writes('It is me, from another one.', { answers: ada.last(), proof: 'nothing none' });
    expect(other.got()).toHaveLength(0);
    await ada.writes(`YES ${codeIn(ada.last().mail.text)}`, { answers: ada.last() });
    expect(ada.last().mail.text).toContain('Your message has been taken in');
    expect((await room.hears()).at(-1)).toBe('It is me, from another one.');
    expect(other.got()).toHaveLength(0);
    expect(await heldRows(world)).toBe(0);
  });

  test('a stale token is as none: after the time to reopen, a new conversation begins', async () => {
    const { ada, room, world } = await going();
    const token = ada.last();
    await room.says('!close');
    await room.says('1');
    await world.pass(days(31));
    await ada.writes('It is me again.', { answers: token });
    const cases = await casesOf(world);
    expect(cases.map((one) => one.state.phase).toSorted()).toEqual(['closed', 'waiting']);
  });
});

describe('without a token', () => {
  test('a known sender who is proved joins the latest open conversation', async () => {
    const { ada, room } = await going();
    await ada.writes('A fresh mail.', { subject: 'something else' });
    expect((await room.hears()).at(-1)).toBe('A fresh mail.');
  });

  test('a known sender who proves nothing is held; with the code it is placed, each in its order', async () => {
    const { ada, room, world } = await going();
    await ada.writes('Held one.', { proof: 'nothing none' });
    await ada.writes('Held two.', { proof: 'nothing none' });
    expect(ada.texts().filter((text) => text.includes('Did you write'))).toHaveLength(1);
    const code = codeIn(ada.last().mail.text);
    await ada.writes(`YES ${code}\n\nAnd this beside it.`, { answers: ada.last() });
    expect((await room.hears()).slice(-3)).toEqual(['Held one.', 'Held two.', 'And this beside it.']);
    expect(await heldRows(world)).toBe(0);
  });

  test('the code proves a mail that fails every time, as behind a forwarder', async () => {
    const { ada, room } = await going();
    await ada.writes('Words with a broken signature.', { proof: 'fail none' });
    await ada.writes(`yes ${codeIn(ada.last().mail.text).toLowerCase()}.`, { answers: ada.last(), proof: 'fail none' });
    expect((await room.hears()).at(-1)).toBe('Words with a broken signature.');
  });

  test('HELP needs no proof: helplines go to the contact on record at once', async () => {
    const { ada, world } = await going();
    await ada.writes('HELP\nI cannot go on.', { proof: 'nothing none' });
    // Before the question about what they wrote.
    expect(ada.texts().at(-2)).toMatch(/^People who listen/u);
    expect(ada.last().mail.text).toContain('Did you write');
    expect(await heldRows(world)).toBe(1);
  });

  test('the code from another address proves nothing', async () => {
    const { ada, room, world } = await going();
    await ada.writes('Held.', { proof: 'nothing none' });
    const other = mailWriter(world, 'thief@elsewhere.example');
    await other.writes(`YES ${codeIn(ada.last().mail.text)}`, { answers: ada.last(), proof: 'nothing none' });
    expect(await room.hears()).not.toContain('Held.');
    expect(await heldRows(world)).toBe(2);
  });

  test('NO discards what is held, unread', async () => {
    const { ada, room, world } = await going();
    await ada.writes('Forged.', { proof: 'nothing none' });
    await ada.writes('NO', { answers: ada.last() });
    expect(ada.last().mail.text).toContain('nobody will');
    expect(await heldRows(world)).toBe(0);
    expect(await room.hears()).not.toContain('Forged.');
  });

  test('five wrong codes are enough, also when they come in one mail', async () => {
    const { ada, room, world } = await going();
    await ada.writes('Held.', { proof: 'nothing none' });
    const asked = ada.last();
    const wrong = ['AAAAAAAA', 'BBBBBBBB', 'CCCCCCCC', 'DDDDDDDD', 'EEEEEEEE'].map((code) => `YES ${code}`);
    await ada.writes(wrong.join('\n'), { answers: asked });
    await ada.writes(`YES ${codeIn(asked.mail.text)}`, { answers: asked });
    expect(await room.hears()).not.toContain('Held.');
    await world.pass(days(4));
    expect(await heldRows(world)).toBe(0);
    expect(ada.last().mail.text).toContain('no answer came');
  });

  test('without an answer it is gone after its time, and they are told', async () => {
    const { ada, world } = await going();
    await ada.writes('Held.', { proof: 'nothing none' });
    await world.pass(hours(73));
    expect(ada.last().mail.text).toContain('no answer came');
    expect(await heldRows(world)).toBe(0);
  });

  const asked = (ada: MailWriter): readonly string[] => ada.texts().filter((text) => text.includes('Did you write'));

  test('whose provider proves nothing is asked as often on one day as they answer with the code', async () => {
    const { ada, room } = await going();
    for (const held of ['Held one.', 'Held two.', 'Held three.']) {
      await ada.writes(held, { proof: 'nothing none' });
      await ada.writes(`YES ${codeIn(ada.last().mail.text)}`, { answers: ada.last(), proof: 'nothing none' });
      expect((await room.hears()).at(-1)).toBe(held);
    }
    expect(asked(ada)).toHaveLength(3);
  });

  test('who said NO today is asked tomorrow, not never; another NO until then is not for what nobody asked about', async () => {
    const { ada, room, world } = await going();
    await ada.writes('Forged.', { proof: 'nothing none' });
    const question = ada.last();
    await ada.writes('NO', { answers: question });
    await ada.writes('Held two.', { proof: 'nothing none' });
    expect(asked(ada)).toHaveLength(1);
    await ada.writes('NO', { answers: question });
    await world.pass(hours(13));
    expect(asked(ada)).toHaveLength(2);
    await ada.writes(`YES ${codeIn(ada.last().mail.text)}`, { answers: ada.last() });
    expect((await room.hears()).at(-1)).toBe('Held two.');
  });

  test('what was held while the conversation went on is shown with the time it came', async () => {
    const { ada, room, world } = await going();
    await ada.writes('Held.', { proof: 'nothing none' });
    const question = ada.last();
    await world.pass(hours(2));
    await ada.writes('Meanwhile.', { answers: question });
    await ada.writes(`YES ${codeIn(question.mail.text)}\n\nAnd now this.`, { answers: question });
    expect((await room.hears()).slice(-4)).toEqual(['Meanwhile.', expect.stringContaining('This arrived late'), 'Held.', 'And now this.']);
  });
});

describe('somebody new', () => {
  test.each<[string, NonNullable<MailOptions['proof']>, 0 | 1, 'answered' | 'not answered']>([
    ['proved', 'pass none', 1, 'answered'],
    ['from a domain that publishes nothing', 'nothing none', 0, 'answered'],
    ['failing, without a policy', 'fail none', 0, 'answered'],
    ['failing, where the domain says reject', 'fail reject', 0, 'not answered'],
  ])('begins a conversation: %s', async (_, proof, level, answer) => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('Hello.', { proof });
    expect(await casesOf(world)).toMatchObject([{ level, state: { phase: 'waiting' } }]);
    expect(ada.got()).toHaveLength(answer === 'answered' ? 1 : 0);
  });

  test('a DNS that is away for a while holds up nothing for ever, and then counts as nothing', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('Hello.', { proof: 'away none' });
    expect(await casesOf(world)).toHaveLength(0);
    await world.pass(minutes(16));
    expect(await casesOf(world)).toMatchObject([{ level: 0 }]);
    expect(ada.got()).toHaveLength(1);
  });

  test('better proof raises the case, and who got no answer because they may not have written gets it then', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('In her name.', { proof: 'fail reject' });
    expect(ada.got()).toHaveLength(0);
    await ada.writes('In her own words.');
    expect(await casesOf(world)).toMatchObject([{ level: 1, automatic: 'yes' }]);
    expect(ada.last().mail.text).toContain('Thank you for writing');
    await ada.writes('And an answer.', { answers: ada.last() });
    expect(await casesOf(world)).toMatchObject([{ level: 2 }]);
    expect(ada.got()).toHaveLength(1);
  });

  test('no sender, or several: set aside unread, and gone after a week', async () => {
    const world = await relayWorld();
    await world.takeMail(mailOf('x', { text: 'Who am I?', options: { from: 'a@one.example, b@two.example' } }));
    await world.settle();
    expect((await world.store.counts(world.now())).inboxByState).toMatchObject({ quarantined: 1 });
    const row = (await world.store.inboxInState('quarantined', 1))[0];
    await world.pass(days(8));
    const later = await world.store.inboxRow(row?.id ?? '');
    expect(later?.state).toBe('done');
    expect(later?.sealed).toHaveLength(0);
  });
});

describe('the conversation by mail', () => {
  test('other people in Cc get nothing, and they are told so once', async () => {
    const { ada, world } = await going();
    const said = (): number => ada.texts().filter((text) => text.includes('other people in To or Cc')).length;
    await ada.writes('With a friend in copy.', { answers: ada.last(), cc: 'friend@elsewhere.example' });
    await world.pass(days(2));
    await ada.writes('Again.', { answers: ada.last(), cc: 'friend@elsewhere.example' });
    expect(said()).toBe(1);
    expect(world.sender.sent.every((each) => each.mail.to.domain === 'writers.example')).toBe(true);
  });

  test('a Reply-To of theirs changes nothing about where answers go', async () => {
    const { ada, room, world } = await going();
    await ada.writes('Answer there.', { answers: ada.last(), headers: ['Reply-To: thief@elsewhere.example'] });
    await room.says('Here.');
    await world.pass(minutes(2));
    expect(ada.last().mail.text).toContain('Here.');
    expect(world.sender.sent.some((each) => each.mail.to.domain === 'elsewhere.example')).toBe(false);
  });

  test('a file is not carried, and both sides are told', async () => {
    const { ada, room } = await going();
    await ada.writes('My letter is attached.', { answers: ada.last(), files: 'one' });
    expect((await room.hears()).slice(-2)).toEqual(['My letter is attached.', expect.stringContaining('file or picture')]);
    expect(ada.last().mail.text).toContain('Files and pictures do not go through here');
  });

  test('words of our first answer are known again in a quote without a mark, also when things stood otherwise then', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('The first words.');
    const [, promised = ''] = ada.last().mail.text.split('\n\n');
    expect(promised).toContain('At this moment nobody is free.');
    const room = await (await volunteerHere(world)).takes();
    await ada.writes(`Thank you.\n\n${promised}`, { answers: ada.last() });
    expect((await room.hears()).at(-1)).toBe('Thank you.');
  });

  test('HELP above a quote whose first line is long is a word and nothing else', async () => {
    const { ada, room } = await going();
    const quote = `On Wed, 11 Mar 2026 at 12:00, Letterbox <help@relay.example>\nwrote:\n\n> I am here.`;
    await ada.writes(`HELP\n\n${quote}`, { answers: ada.last() });
    expect(ada.last().mail.text).toMatch(/^People who listen/u);
    expect(ada.last().mail.text).not.toContain('no text that we could find');
    expect((await room.hears()).at(-1)).toContain('They wrote HELP');
  });

  test('a name and an address that are known do not pass', async () => {
    const { ada, room } = await going();
    await ada.writes('I am Ada Lovelace, ada@writers.example.', { answers: ada.last(), from: 'Ada Lovelace <ada@writers.example>' });
    const heard = (await room.hears()).at(-1) ?? '';
    expect(heard).not.toContain('Lovelace');
    expect(heard).not.toContain('writers.example');
  });
});

describe('robots', () => {
  test.each([
    ['an answer of an absence program', ['Auto-Submitted: auto-replied']],
    ['a list', ['List-Id: <everybody.example>']],
    ['a bulk mail', ['Precedence: bulk', 'Auto-Submitted: auto-generated']],
  ])('are neither answered nor shown: %s', async (_, headers) => {
    const { ada, room, world } = await going();
    const before = [ada.got().length, (await room.hears()).length];
    await ada.writes('I am away.', { answers: ada.last(), headers });
    expect([ada.got().length, (await room.hears()).length]).toEqual(before);
    expect(await casesOf(world)).toHaveLength(1);
  });

  test('two answering machines end after one mail', async () => {
    const world = await relayWorld();
    const machine = mailWriter(world, 'machine@writers.example');
    await machine.writes('Ping', { headers: ['Auto-Submitted: auto-generated'] });
    expect(machine.got()).toHaveLength(0);
    expect(await casesOf(world)).toHaveLength(0);
  });
});

const bounceOf = (of: { readonly to: string; readonly id: string; readonly status: string }): string =>
  [
    'From: MAILER-DAEMON@mx.example',
    `To: ${of.to}`,
    'Subject: Undelivered Mail Returned to Sender',
    'Message-ID: <b1@mx.example>',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
    '',
    '--r',
    'Content-Type: text/plain',
    '',
    'It did not work.',
    '--r',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    'Final-Recipient: rfc822; ada@writers.example',
    `Action: ${of.status.startsWith('5') ? 'failed' : 'delayed'}`,
    `Status: ${of.status}`,
    '',
    '--r',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: <${of.id}>`,
    'Subject: Your message',
    '',
    '--r--',
    '',
  ].join('\n');

describe('a bounce', () => {
  test.each(['by the envelope', 'by the Message-ID alone'])('leads to a warning on the line that it is about: %s', async (way) => {
    const { ada, room, world } = await going();
    const first = ada.last();
    const line = await room.says('A second line.');
    await world.pass(minutes(2));
    const sent = ada.last();
    expect(sent).not.toBe(first);
    await world.takeMail(
      bounceOf({ to: way === 'by the envelope' ? sent.envelopeFrom : 'help@relay.example', id: sent.mail.messageId, status: '5.1.1' }),
    );
    await world.settle();
    expect((await room.marks(line)).at(-1)).toBe('⚠️');
    const warned = (await room.sees()).at(-1);
    expect(warned).toMatchObject({ replyTo: line });
    expect(warned?.body).toContain('came back');
  });

  test.each(['before anybody else has taken it', 'when another one has taken it'])(
    'of what somebody wrote who has stepped back leaves them alone, and is told to who comes next: %s',
    async (when) => {
      const { ada, room, world } = await going();
      const sent = ada.last();
      const bounces = async (): Promise<void> => {
        await world.takeMail(bounceOf({ to: sent.envelopeFrom, id: sent.mail.messageId, status: '5.1.1' }));
        await world.settle();
      };
      await room.says('!stepback');
      const left = (await room.hears()).length;
      if (when === 'before anybody else has taken it') await bounces();
      const next = await volunteerHere(world, { name: 'nora' });
      const theirs = await next.takes();
      if (when === 'when another one has taken it') await bounces();
      expect((await theirs.hears()).join('\n')).toContain('did not arrive, so they have not read it');
      expect(await room.hears()).toHaveLength(left);
    },
  );

  test('that only says "later" says nothing', async () => {
    const { ada, room, world } = await going();
    const before = (await room.hears()).length;
    await world.takeMail(bounceOf({ to: ada.last().envelopeFrom, id: ada.last().mail.messageId, status: '4.4.1' }));
    await world.settle();
    expect(await room.hears()).toHaveLength(before);
  });

  test('that anybody made up says nothing', async () => {
    const { room, world } = await going();
    const before = (await room.hears()).length;
    await world.takeMail(bounceOf({ to: 'help+b-t0000000000000000000000099@relay.example', id: 'nothing@relay.example', status: '5.1.1' }));
    await world.settle();
    expect(await room.hears()).toHaveLength(before);
  });
});

describe('automatic mails', () => {
  test('the first answer goes once a day, also to who begins anew', async () => {
    const { ada } = await going();
    const first = (): number => ada.texts().filter((text) => text.includes('Who reads this: one volunteer')).length;
    expect(first()).toBe(1);
    await ada.writes('NEW\nSomething else entirely.', { answers: ada.last() });
    expect(ada.last().mail.text).toContain('This is a new conversation');
    expect(first()).toBe(1);
  });

  test('are at most twenty a day to one address', async () => {
    const { ada, world } = await going();
    for (let at = 0; at < 25; at += 1) await ada.writes('HELP', { answers: ada.last() });
    const automatic = (): number => ada.got().filter((each) => each.mail.autoSubmitted !== null).length;
    expect(automatic()).toBe(20);
    await world.pass(days(1));
    await ada.writes('HELP', { answers: ada.last() });
    expect(automatic()).toBe(21);
  });
});

describe('a flood of unproven first mails', () => {
  const small = { service: { unprovenCasesAnHour: 3 } } as const;
  const flooded = async (): Promise<RelayWorld> => {
    const world = await relayWorld(small);
    for (let at = 0; at < 3; at += 1) await mailWriter(world, `f${at}@flood.example`).writes('Spam.', { proof: 'nothing none' });
    expect(await casesOf(world)).toHaveLength(3);
    return world;
  };

  test('waits outside until its senders have answered; who answers comes in', async () => {
    const world = await flooded();
    const ada = mailWriter(world);
    await ada.writes('A real request.', { proof: 'nothing none' });
    expect(await casesOf(world)).toHaveLength(3);
    expect(ada.texts()).toEqual([expect.stringContaining('Did you write to us just now?')]);
    await ada.writes(`YES ${codeIn(ada.last().mail.text)}`, { answers: ada.last(), proof: 'nothing none' });
    const cases = await casesOf(world);
    expect(cases).toHaveLength(4);
    expect(cases.at(-1)).toMatchObject({ level: 1 });
    expect(ada.texts().at(-1)).toContain('Thank you for writing');
    expect(await heldRows(world)).toBe(0);
  });

  test('holds up nobody who is proved, and nobody for longer than an hour', async () => {
    const world = await flooded();
    await mailWriter(world, 'proved@writers.example').writes('Proved.');
    expect(await casesOf(world)).toHaveLength(4);
    await world.pass(minutes(61));
    await mailWriter(world, 'later@writers.example').writes('Later.', { proof: 'nothing none' });
    expect(await casesOf(world)).toHaveLength(5);
  });

  test('a wrong code opens nothing, a forged NO discards nothing, HELP is answered at once', async () => {
    const world = await flooded();
    const ada = mailWriter(world);
    await ada.writes('HELP\nI need somebody.', { proof: 'nothing none' });
    expect(ada.last().mail.text).toContain('findahelpline.com');
    const code = codeIn(ada.last().mail.text);
    await ada.writes('YES AAAAAAAA', { proof: 'nothing none' });
    await ada.writes('NO', { proof: 'nothing none' });
    expect(await casesOf(world)).toHaveLength(3);
    await ada.writes(`YES ${code}`, { proof: 'nothing none' });
    expect(await casesOf(world)).toHaveLength(4);
  });

  test('leaves nothing when nobody answers, and they are told once', async () => {
    const world = await flooded();
    const ada = mailWriter(world);
    await ada.writes('Unanswered.', { proof: 'nothing none' });
    await ada.writes('Nor this.', { proof: 'nothing none' });
    await world.pass(hours(73));
    expect(await heldRows(world)).toBe(0);
    expect(await world.parts.records.find({ kind: 'question' })).toEqual([]);
    expect(ada.texts().map((text) => text.includes('no answer came'))).toEqual([false, true]);
    expect(await casesOf(world)).toHaveLength(3);
    expect(await world.store.inboxInState('received', 10)).toEqual([]);
  });

  test('does not swallow a mail whose sender was asked that day already: it comes in once the flood is over', async () => {
    const world = await flooded();
    const ada = mailWriter(world);
    await ada.writes('One.', { proof: 'nothing none' });
    await ada.writes('NO');
    await ada.writes('Two, and this one is mine.', { proof: 'nothing none' });
    expect(ada.texts().filter((text) => text.includes('Did you write'))).toHaveLength(1);
    expect(await heldRows(world)).toBe(1);
    await world.pass(hours(13));
    expect(await casesOf(world)).toHaveLength(4);
    expect(ada.last().mail.text).toContain('A person will read what you wrote');
    expect(await heldRows(world)).toBe(0);
  });

  test('asks on the next day who was asked that day already, when it goes on', async () => {
    const world = await flooded();
    const ada = mailWriter(world);
    await ada.writes('One.', { proof: 'nothing none' });
    await ada.writes('NO');
    await ada.writes('Two, and this one is mine.', { proof: 'nothing none' });
    await world.pass(hours(11.5));
    for (let at = 0; at < 3; at += 1) await mailWriter(world, `g${at}@flood.example`).writes('Spam.', { proof: 'nothing none' });
    await world.pass(hours(1));
    expect(ada.texts().filter((text) => text.includes('Did you write'))).toHaveLength(2);
    await ada.writes(`YES ${codeIn(ada.last().mail.text)}`, { answers: ada.last(), proof: 'nothing none' });
    expect(await casesOf(world)).toHaveLength(7);
  });

  test('does not swallow a mail that may be forged either: nothing goes to its address, and it comes in once the flood is over', async () => {
    const world = await flooded();
    const ada = mailWriter(world);
    await ada.writes('In her name.', { proof: 'fail reject' });
    expect(await casesOf(world)).toHaveLength(3);
    await world.pass(hours(2));
    expect(await casesOf(world)).toHaveLength(4);
    expect(ada.got()).toEqual([]);
  });

  test('that never ends leaves such a mail to the operator, by count', async () => {
    const world = await relayWorld({ service: { unprovenCasesAnHour: 0 } });
    await mailWriter(world).writes('In her name.', { proof: 'fail reject' });
    await world.pass(hours(71));
    expect(await heldRows(world)).toBe(1);
    await world.pass(hours(2));
    expect((await world.store.counts(world.now())).inboxByState).toMatchObject({ held: 0, quarantined: 1 });
    expect(world.log).toContainEqual({ event: 'mail.set-aside', code: 'flood' });
  });
});

describe('a case that may have begun in somebody’s name', () => {
  test('asks who is on record about the next unproved mail, and says so when no answer came', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('In her name.', { proof: 'fail reject' });
    expect(ada.got()).toEqual([]);
    await ada.writes('Again in her name.', { proof: 'fail reject' });
    expect(ada.texts()).toEqual([expect.stringContaining('Did you write to us just now?')]);
    await world.pass(hours(73));
    expect(ada.last().mail.text).toContain('no answer came');
    expect(await heldRows(world)).toBe(0);
  });
});
