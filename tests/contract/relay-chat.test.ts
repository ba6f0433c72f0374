// A requester's chat: encryption, who is in it, words for us, coming back, and what is kept of it.
import { describe, expect, test } from 'vitest';
import { chatWriter, inRoom, joinLatest, volunteerHere } from '#tests/support/world-people.ts';
import { days, hours, minutes, relayWorld } from '#tests/support/world.ts';
import { casesOf, talkByChat } from '#tests/support/world-talks.ts';

describe('a chat that is not private', () => {
  test('unencrypted: kind words, and a new encrypted room, in which it goes on', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world, 'cy', 'clear');
    await cy.chat.says('Can you hear me?');
    await cy.chat.says('Hello?');
    expect(await cy.chat.hears()).toEqual([expect.stringContaining('This room is not encrypted')]);
    expect(await casesOf(world)).toEqual([]);
    const room = await joinLatest(world, cy.person);
    expect(await room.hears()).toEqual([expect.stringContaining('Here we can go on')]);
    await room.says('Here I am.');
    expect((await room.hears()).at(-1)).toContain('Thank you for writing');
    expect(await casesOf(world)).toHaveLength(1);
    expect((await cy.chat.sees()).filter((seen) => seen.wire === 'encrypted')).toEqual([]);
  });

  test('somebody else comes in: a new room for the two, and what waited goes there, in order', async () => {
    const { world, cy, room } = await talkByChat();
    await room.says('Only for you.');
    await room.says('This too.');
    const other = await world.matrix.person('curious');
    await cy.person.invite(cy.chat.roomId, other.userId);
    await other.join(cy.chat.roomId);
    await world.pass(minutes(5));
    const old = await cy.chat.hears();
    expect(old.at(-1)).toContain('Somebody else is in this room now');
    expect(old.some((heard) => heard.includes('Only for you'))).toBe(false);
    const fresh = await joinLatest(world, cy.person);
    await world.pass(minutes(1));
    expect((await fresh.hears()).slice(-2)).toEqual(['Only for you.', 'This too.']);
    await cy.chat.says('In the old room.');
    await fresh.says('In the new room.');
    const heard = await room.hears();
    expect(heard.at(-1)).toBe('In the new room.');
    expect(heard).not.toContain('In the old room.');
    expect(await casesOf(world)).toHaveLength(1);
  });

  test('with somebody else in it from the start: they are told, and it goes on between the two', async () => {
    const world = await relayWorld();
    const person = await world.matrix.person('cy');
    const other = await world.matrix.person('curious');
    const roomId = await person.chatWith(world.front.userId, 'encrypted');
    await person.invite(roomId, other.userId);
    await other.join(roomId);
    await world.settle();
    const chat = inRoom(world, { person, roomId });
    await chat.says('Hello.');
    await world.pass(minutes(1));
    expect(await chat.hears()).toEqual([expect.stringContaining('Somebody else is in this room now')]);
    const fresh = await joinLatest(world, person);
    expect((await fresh.hears()).some((heard) => heard.includes('Thank you for writing'))).toBe(true);
  });

  test('an open question is asked again in the new room, and answered there', async () => {
    const { world, cy } = await talkByChat();
    await cy.chat.says('STOP');
    const other = await world.matrix.person('curious');
    await cy.person.invite(cy.chat.roomId, other.userId);
    await world.settle();
    const fresh = await joinLatest(world, cy.person);
    await world.pass(minutes(1));
    expect((await fresh.hears()).at(-1)).toContain('Shall this conversation end here?');
    await fresh.says('yes');
    expect(await casesOf(world)).toMatchObject([{ state: { phase: 'closed' } }]);
  });

  test('a group is not joined', async () => {
    const world = await relayWorld();
    const person = await world.matrix.person('cy');
    const { receiveRoomEvent } = await import('#relay/receive.ts');
    await receiveRoomEvent(world.parts, {
      bot: 'front',
      event: {
        key: 'i:group',
        roomId: '!group:fake.example',
        sender: person.userId,
        senderName: null,
        at: world.now(),
        device: 'clear',
        what: { type: 'invitation', inviter: person.userId, direct: 'group', encrypted: 'no' },
      },
    });
    const joined: string[] = [];
    world.front.join = async ({ roomId }) => {
      joined.push(roomId);
      return { outcome: 'done' };
    };
    await world.settle();
    expect(joined).toEqual([]);
  });
});

describe('words in a chat', () => {
  test('STOP is asked back: no goes on, yes ends it', async () => {
    const { world, cy, room } = await talkByChat();
    await cy.chat.says('stop');
    expect((await cy.chat.hears()).at(-1)).toContain('Shall this conversation end here?');
    await cy.chat.says('No');
    expect((await cy.chat.hears()).at(-1)).toBe('All right, it goes on.');
    await cy.chat.says('STOP');
    await cy.chat.says('YES.');
    expect(await casesOf(world)).toMatchObject([{ state: { phase: 'closed', by: 'requester' } }]);
    expect((await room.hears()).at(-1)).toContain('They have ended the conversation');
    expect((await room.hears()).some((heard) => /stop/iu.test(heard))).toBe(false);
  });

  test('yes and no are words only while something is asked', async () => {
    const { cy, room } = await talkByChat();
    await cy.chat.says('No');
    expect((await room.hears()).at(-1)).toBe('No');
  });

  test('a question that nobody answers changes nothing', async () => {
    const { world, cy } = await talkByChat();
    await cy.chat.says('STOP');
    await world.pass(hours(73));
    await cy.chat.says('yes');
    expect(await casesOf(world)).toMatchObject([{ state: { phase: 'open' } }]);
  });

  test('beside other words they are done, and the other words go on', async () => {
    const { cy, room } = await talkByChat();
    await cy.chat.says('HELP\nI cannot sleep.\nCOUNTRY Germany');
    expect((await cy.chat.hears()).at(-1)).toContain('TelefonSeelsorge');
    const heard = await room.hears();
    expect(heard).toContain('I cannot sleep.');
    expect(heard).toContainEqual(expect.stringContaining('They wrote HELP'));
  });

  test('HELP alone, first of all: helplines at once, and a person as well', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    await cy.chat.says('help');
    const heard = await cy.chat.hears();
    expect(heard.join('\n')).toContain('findahelpline.com');
    expect(heard.join('\n')).toContain('Thank you for writing');
    expect(await casesOf(world)).toMatchObject([{ state: { phase: 'waiting' } }]);
  });

  test('NEW is asked back; what came with it goes to the new one and not to the old', async () => {
    const { world, cy, room } = await talkByChat();
    await cy.chat.says('NEW\nSomething else, for somebody else.');
    expect((await cy.chat.hears()).at(-1)).toContain('Shall a separate conversation begin');
    await cy.chat.says('yes');
    expect(await casesOf(world)).toMatchObject([{ state: { phase: 'closed' } }, { state: { phase: 'waiting' } }]);
    expect((await cy.chat.hears()).filter((heard) => heard.includes('Thank you for writing'))).toHaveLength(1);
    expect((await room.hears()).some((heard) => heard.includes('Something else'))).toBe(false);
    const will = await volunteerHere(world, { name: 'will' });
    const second = await will.takes();
    expect(await second.hears()).toContain('Something else, for somebody else.');
    await cy.chat.says('More for the second.');
    expect((await second.hears()).at(-1)).toBe('More for the second.');
    expect((await room.hears()).some((heard) => heard.includes('More for'))).toBe(false);
  });

  test('NEW and no: what came with it goes on here', async () => {
    const { world, cy, room } = await talkByChat();
    await cy.chat.says('NEW\nOr not.');
    await cy.chat.says('no');
    expect((await room.hears()).at(-1)).toBe('Or not.');
    expect(await casesOf(world)).toHaveLength(1);
  });

  test('NEW alone: the next words begin it', async () => {
    const { world, cy } = await talkByChat();
    await cy.chat.says('NEW');
    await cy.chat.says('yes');
    expect((await cy.chat.hears()).at(-1)).toContain('This is a new conversation');
    expect(await casesOf(world)).toHaveLength(1);
    await cy.chat.says('Its first words.');
    expect(await casesOf(world)).toHaveLength(2);
  });

  test('a late message is words and nothing else, and says when it was written', async () => {
    const { world, cy, room } = await talkByChat();
    const late = await cy.person.sayWithoutKey(cy.chat.roomId, 'yes');
    await world.settle();
    expect((await cy.chat.hears()).at(-1)).toContain('Please send it again');
    await cy.chat.says('STOP');
    await world.pass(hours(1));
    late.sendKey();
    await world.settle();
    expect(await casesOf(world)).toMatchObject([{ state: { phase: 'open' } }]);
    expect((await room.hears()).slice(-2)).toEqual([expect.stringContaining('This arrived late'), 'yes']);
  });
});

describe('files', () => {
  test('are not carried, and both sides are told, in order', async () => {
    const { world, cy, room } = await talkByChat();
    await cy.chat.says('Look at this:');
    await cy.person.sendFile(cy.chat.roomId);
    await world.settle();
    await cy.chat.says('Do you see?');
    expect((await room.hears()).slice(-3)).toEqual(['Look at this:', expect.stringContaining('file or picture'), 'Do you see?']);
    expect((await cy.chat.hears()).at(-1)).toContain('Files, pictures and voice messages');
  });

  test('also when nobody has taken the case yet', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    await cy.chat.says('Before.');
    await cy.person.sendFile(cy.chat.roomId);
    await world.settle();
    const vera = await volunteerHere(world);
    const room = await vera.takes();
    expect((await room.hears()).slice(-2)).toEqual(['Before.', expect.stringContaining('file or picture')]);
  });
});

describe('who leaves and comes back', () => {
  test('the volunteer knows that nothing arrives; in a new chat it goes on, with what waited', async () => {
    const { world, cy, room } = await talkByChat();
    await cy.chat.leaves();
    expect((await room.hears()).at(-1)).toContain('They have left the chat');
    await room.says('Are you there?');
    await world.pass(hours(3));
    const second = await cy.person.chatWith(world.front.userId, 'encrypted');
    await world.settle();
    const chat = inRoom(world, { person: cy.person, roomId: second });
    await chat.says('I am back.');
    await world.pass(minutes(1));
    expect(await casesOf(world)).toHaveLength(1);
    expect((await room.hears()).at(-1)).toBe('I am back.');
    expect(await chat.hears()).toContain('Are you there?');
    await room.says('Good.');
    await world.pass(minutes(1));
    expect((await chat.hears()).at(-1)).toBe('Good.');
  });

  test('a second chat beside one that stands is another conversation', async () => {
    const { world, cy } = await talkByChat();
    const second = await cy.person.chatWith(world.front.userId, 'encrypted');
    await world.settle();
    await inRoom(world, { person: cy.person, roomId: second }).says('About something else.');
    expect(await casesOf(world)).toHaveLength(2);
  });

  test('who puts the bot out is left in peace, and the volunteer knows', async () => {
    const { world, cy, room } = await talkByChat();
    await cy.person.putOut(cy.chat.roomId, world.front.userId);
    await world.settle();
    expect((await room.hears()).at(-1)).toContain('They have left the chat');
    await room.says('Hello?');
    await world.pass(days(1));
    expect((await cy.chat.hears()).some((heard) => heard.includes('Hello?'))).toBe(false);
  });
});

describe('marks', () => {
  test('on a volunteer’s line: waiting, then arrived', async () => {
    const { world, room } = await talkByChat();
    const line = await room.says('Hello.');
    expect((await room.marks(line)).at(-1)).toBe('⏳');
    await world.pass(minutes(1));
    expect((await room.marks(line)).at(-1)).toBe('✅');
  });

  test('a refusal for good is told', async () => {
    const { world, room } = await talkByChat();
    const post = world.front.post;
    world.front.post = async (op) => (op.body === 'Refused.' ? { outcome: 'refused', code: 'M_FORBIDDEN' } : post(op));
    const line = await room.says('Refused.');
    await world.pass(minutes(1));
    world.faults();
    expect((await room.marks(line)).at(-1)).toBe('⚠️');
    expect((await room.hears()).at(-1)).toContain('could not be delivered');
    await room.says('After it.');
    await world.pass(minutes(1));
    expect((await room.hears()).at(-1)).toContain('could not be delivered');
  });
});

test('a chat in which nothing was begun is forgotten after a week', async () => {
  const world = await relayWorld();
  const cy = await chatWriter(world);
  await cy.chat.says('COUNTRY Germany');
  expect(await world.parts.records.find({ kind: 'room' })).toHaveLength(2);
  await world.pass(days(8));
  expect(await world.parts.records.find({ kind: 'room' })).toHaveLength(1);
  await cy.chat.says('And now I write.');
  expect(await casesOf(world)).toHaveLength(1);
});

test('who comes into a room before its id is known here goes on with their own conversation', async () => {
  const { world, cy, room } = await talkByChat();
  const create = world.front.createRoom;
  let wrote = '';
  world.front.createRoom = async (op) => {
    const made = await create(op);
    if (made.outcome === 'made' && wrote === '') {
      wrote = made.roomId;
      await cy.person.join(wrote);
      await cy.person.say(wrote, 'Already here.');
      await world.front.settled();
      for (const lane of await world.due('core')) await world.drain('core', lane);
    }
    return made;
  };
  const other = await world.matrix.person('curious');
  await cy.person.invite(cy.chat.roomId, other.userId);
  await world.pass(minutes(1));
  expect(await casesOf(world)).toHaveLength(1);
  expect((await room.hears()).at(-1)).toBe('Already here.');
});
