// Much at one moment, and little left to speak in: mails and lines that come together, a thousand of them, and a bot that is put out.
import { describe, expect, test } from 'vitest';
import type { MessageIn } from '#relay/record-types.ts';
import { chatWriter, inRoom, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { days, minutes, relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';
import { casesOf, talkByChat } from '#tests/support/world-talks.ts';

const words = async (world: RelayWorld): Promise<readonly (string | null)[]> =>
  (await world.parts.records.find({ kind: 'message' }))
    .map((record) => record.value)
    .filter((message): message is MessageIn => message.direction === 'in')
    .map((message) => message.text);

/** All that is due is worked off several times at once, as by workers of several processes. */
const atOnce = async (world: RelayWorld): Promise<void> => {
  await world.front.settled();
  const lanes = await world.due('core');
  await Promise.all(lanes.flatMap((lane) => [1, 2, 3].map(() => world.drain('core', lane))));
  await world.settle();
};

describe('somebody new writes twice within a second', () => {
  test.each(['as one mail program', 'with another case in the domain'])(
    'by mail, %s: one conversation, one first answer, in order',
    async (how) => {
      const world = await relayWorld();
      const ada = mailWriter(world);
      await ada.writes('First.', { then: 'wait', subject: '' });
      await ada.writes('Second.', { then: 'wait', subject: '', ...(how === 'as one mail program' ? {} : { from: 'ada@Writers.EXAMPLE' }) });
      await atOnce(world);
      expect(await casesOf(world)).toHaveLength(1);
      expect(await words(world)).toEqual(['First.', 'Second.']);
      expect(ada.texts()).toEqual([expect.stringContaining('Thank you for writing')]);
    },
  );

  test('in a chat: the same', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    await cy.person.say(cy.chat.roomId, 'First.');
    await cy.person.say(cy.chat.roomId, 'Second.');
    await atOnce(world);
    expect(await casesOf(world)).toHaveLength(1);
    expect(await words(world)).toEqual(['First.', 'Second.']);
    expect(await cy.chat.hears()).toEqual([expect.stringContaining('Thank you for writing')]);
  });

  test('the very same mail twice is one message', async () => {
    const world = await relayWorld();
    const mail = 'From: ada@writers.example\nTo: help@relay.example\nMessage-ID: <one@writers.example>\n\nOnce.\n';
    expect(await Promise.all([world.takeMail(mail), world.takeMail(mail), world.takeMail(mail)])).toContain('kept');
    await atOnce(world);
    expect(await words(world)).toEqual(['Once.']);
  });
});

test('a thousand lines as fast as they come are all carried, once and in order, and answered once', { timeout: 120_000 }, async () => {
  const { world, cy, room } = await talkByChat();
  const lines = Array.from({ length: 1_000 }, (_, at) => `Line ${at + 1}.`);
  for (const line of lines) await cy.person.say(cy.chat.roomId, line);
  await world.settle();
  expect((await room.hears()).filter((heard) => heard.startsWith('Line '))).toEqual(lines);
  expect(await cy.chat.hears()).toHaveLength(1);
});

test('an offer that lapsed, and one above the cap, are answered kindly, and nobody holds anything by them', async () => {
  const world = await relayWorld();
  await mailWriter(world).writes('I do not know what to do.');
  const vera = await volunteerHere(world, { says: ['!available until 20:00'] });
  await world.pass(minutes(91));
  await vera.desk.says('1');
  expect((await vera.desk.hears()).at(-1)).toContain('no question open');
  await vera.desk.says('!accept');
  expect((await vera.desk.hears()).at(-1)).toContain('There is no offer open at this moment');
  expect((await casesOf(world)).map((one) => one.state.phase)).toEqual(['waiting']);
});

describe('a bot that can speak no more', () => {
  test.each(['leave', 'ban'])('put out of a chat (%s): the volunteer knows, and their words wait', async (membership) => {
    const { world, cy, room } = await talkByChat();
    await cy.person.sendRaw(cy.chat.roomId, { type: 'm.room.member', content: { membership }, stateKey: world.front.userId });
    await world.settle();
    expect((await room.hears()).at(-1)).toContain('They have left the chat');
    await room.says('Hello?');
    await world.pass(days(1));
    expect((await cy.chat.hears()).join('\n')).not.toContain('Hello?');
    const again = await cy.person.chatWith(world.front.userId, 'encrypted');
    await world.settle();
    const chat = inRoom(world, { person: cy.person, roomId: again });
    await chat.says('I am back.');
    await world.pass(minutes(1));
    expect((await room.hears()).at(-1)).toBe('I am back.');
    expect((await chat.hears()).join('\n')).toContain('Hello?');
  });

  test.each(['leave', 'ban'])('put out of a case room (%s) by its volunteer: the conversation is not lost', async (membership) => {
    const { world, cy, vera, room } = await talkByChat();
    await vera.person.sendRaw(room.roomId, { type: 'm.room.member', content: { membership }, stateKey: world.desk.userId });
    await world.settle();
    const said = await cy.chat.says('Is anybody there?');
    await world.pass(minutes(10));
    expect((await cy.chat.marks(said)).at(-1)).toBe('✅');
    const [one] = await casesOf(world);
    expect(one?.state.phase).toBe('waiting');
    expect((await vera.desk.hears()).join('\n')).toContain('You are out of it');
    expect((await cy.chat.hears()).at(-1)).toContain('cannot go on');
  });

  test('a room that is gone on the homeserver: the volunteer is told, and it goes on in another', async () => {
    const { world, cy, room } = await talkByChat();
    const post = world.front.post;
    world.front.post = async (op) => (op.roomId === cy.chat.roomId ? { outcome: 'refused', code: 'M_NOT_FOUND' } : post(op));
    const line = await room.says('Into nothing.');
    await world.pass(minutes(2));
    world.faults();
    expect((await room.marks(line)).at(-1)).toBe('⚠️');
    expect((await room.hears()).at(-1)).toContain('could not be delivered');
  });
});

test('what one person wrote is changed and taken back by nobody else, whatever event they point at', async () => {
  const world = await relayWorld();
  const cy = await chatWriter(world);
  const said = await cy.chat.says('Mine.');
  const other = await chatWriter(world, 'other');
  await other.chat.says('Theirs.');
  await other.chat.edits(said, 'Not mine.');
  await other.chat.removes(said);
  expect(await words(world)).toEqual(['Mine.', 'Theirs.', 'Not mine.']);
  const cases = await casesOf(world);
  const messages = (await world.parts.records.find({ kind: 'message' })).map((record) => record.value);
  expect(messages.map((message) => cases.findIndex((one) => one.id === message.case))).toEqual([0, 1, 1]);
  expect(messages.every((message) => message.direction === 'in' && message.hidden === 'shown')).toBe(true);
  await cy.chat.removes(said);
  expect((await world.parts.records.find({ kind: 'message' }))[0]?.value).toMatchObject({ hidden: 'hidden' });
});
