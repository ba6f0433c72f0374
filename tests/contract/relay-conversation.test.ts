// A conversation both ways: order, gathering, edits and removals in every state, notes and slips, stepping back, resting, closing.
import { describe, expect, test } from 'vitest';
import { chatWriter, coordinatorHere, joinLatest, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { days, hours, minutes, relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';
import { casesOf, talkByChat, talkByMail } from '#tests/support/world-talks.ts';

const phase = async (world: RelayWorld): Promise<string | undefined> => (await casesOf(world))[0]?.state.phase;

describe('what a volunteer sees', () => {
  test('nothing that a person wrote until they open it; then all of it, in order', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    const said = Array.from({ length: 20 }, (_, at) => `Line ${at + 1}.`);
    for (const line of said) await cy.chat.says(line);
    const vera = await volunteerHere(world);
    const room = await vera.takes({ open: 'sealed' });
    expect((await room.hears()).some((heard) => heard.startsWith('Line'))).toBe(false);
    expect(await room.hears()).toContainEqual(expect.stringContaining('Their 20 messages are here'));
    await room.says('1');
    expect((await room.hears()).filter((heard) => heard.startsWith('Line'))).toEqual(said);
    await cy.chat.says('Line 21.');
    expect((await room.hears()).at(-1)).toBe('Line 21.');
  });

  test('a long mail in pieces, whole and in order', async () => {
    const { ada, room } = await talkByMail();
    const words = Array.from({ length: 9_000 }, (_, at) => `word${at}`).join(' ');
    await ada.writes(words, { answers: ada.last() });
    const heard = (await room.hears()).filter((each) => each.startsWith('word'));
    expect(heard.length).toBeGreaterThan(2);
    expect(heard.join(' ').split(/\s+/u)).toEqual(words.split(' '));
    for (const piece of heard) expect(JSON.stringify(piece).length).toBeLessThanOrEqual(20_000);
  });
});

describe('gathering', () => {
  test('by mail, lines within a minute become one mail, and ten minutes are the most', async () => {
    const { world, ada, room } = await talkByMail();
    for (const line of ['One.', 'Two.', 'Three.']) {
      await room.says(line);
      await world.pass(minutes(0.5));
    }
    expect(ada.got()).toHaveLength(1);
    await world.pass(minutes(1));
    expect(ada.texts().at(-1)).toBe('One.\n\nTwo.\n\nThree.\n\n— River');
    for (let at = 0; at < 13; at += 1) {
      await room.says(`Line ${at}.`);
      await world.pass(minutes(0.9));
    }
    expect(ada.got()).toHaveLength(3);
  });

  test('!send sends now', async () => {
    const { ada, room } = await talkByMail();
    await room.says('Now.');
    expect(ada.got()).toHaveLength(1);
    await room.says('!send');
    expect(ada.texts().at(-1)).toBe('Now.\n\n— River');
    await room.says('!send');
    expect((await room.hears()).at(-1)).toBe('Nothing is waiting to leave.');
  });

  test('in a chat each line has its own moment, and the next one does not cut it short', async () => {
    const { world, cy, room } = await talkByChat();
    const first = await room.says('One.');
    await world.pass(5_000);
    await room.says('Two.');
    expect(await cy.chat.hears()).not.toContain('One.');
    await room.edits(first, 'One, better.');
    await world.pass(6_000);
    expect((await cy.chat.hears()).at(-1)).toBe('One, better.');
    await world.pass(10_000);
    expect((await cy.chat.hears()).slice(-2)).toEqual(['One, better.', 'Two.']);
  });

  test('what the bot says in between comes at once, and takes nothing of the time to take a line back', async () => {
    const { world, ada, room } = await talkByMail();
    const line = await room.says('A line that gathers.');
    await world.pass(minutes(0.5));
    await ada.writes('HELP', { answers: ada.last() });
    expect(ada.texts().at(-1)).toContain('People who listen');
    expect((await room.marks(line)).at(-1)).toBe('⏳');
    await room.says('One that joins it.');
    await room.edits(line, 'A better line.');
    await world.pass(minutes(1.1));
    expect(ada.texts().at(-1)).toBe('A better line.\n\nOne that joins it.\n\n— River');
    expect(ada.got()).toHaveLength(3);
  });

  test('so in a chat, and each line keeps its own moment', async () => {
    const { world, cy, room } = await talkByChat();
    const first = await room.says('One.');
    await world.pass(2_000);
    await room.says('Two.');
    await cy.chat.says('HELP');
    expect((await cy.chat.hears()).at(-1)).toContain('People who listen');
    await room.edits(first, 'One, better.');
    await world.pass(9_000);
    expect((await cy.chat.hears()).at(-1)).toBe('One, better.');
    await world.pass(2_000);
    expect((await cy.chat.hears()).at(-1)).toBe('Two.');
  });

  test('somebody who writes to two volunteers: what one of them sends takes nothing of the other’s time', async () => {
    const { world, ada, room } = await talkByMail();
    await ada.writes('NEW\nSomething else.', { answers: ada.last() });
    const will = await volunteerHere(world, { name: 'will' });
    const other = await will.takes();
    const line = await room.says('Of the first.');
    await other.says('Of the second.');
    await other.says('!send');
    expect(ada.texts().at(-1)).toContain('Of the second.');
    expect((await room.marks(line)).at(-1)).toBe('⏳');
    await room.removes(line);
    await world.pass(minutes(15));
    expect(ada.texts().join('\n')).not.toContain('Of the first.');
  });

  test('closing sends what gathers, and then says that it is over', async () => {
    const { ada, room } = await talkByMail();
    await room.says('Goodbye, and take care.');
    await room.says('!close');
    expect((await room.hears()).at(-1)).toContain('What still has ⏳ goes to them first');
    expect(ada.got()).toHaveLength(1);
    await room.says('1');
    expect(ada.texts().slice(-2)).toEqual([expect.stringContaining('Goodbye'), expect.stringContaining('come to its end for now')]);
  });

  test('to who says STOP no more words go', async () => {
    const { world, ada, room } = await talkByMail();
    const line = await room.says('A line that gathers.');
    await ada.writes('STOP', { answers: ada.last() });
    expect(await phase(world)).toBe('closed');
    expect(ada.texts().at(-1)).toContain('This conversation has ended, as you wished');
    expect((await room.marks(line)).at(-1)).toBe('🗑');
    expect((await room.hears()).at(-1)).toContain('What still had ⏳ did not go to them');
    await world.pass(hours(1));
    expect(ada.texts().join('\n')).not.toContain('A line that gathers.');
  });

  test('so in a chat, and with a line that could not leave until then', async () => {
    const { world, cy, room } = await talkByChat();
    const post = world.front.post;
    world.front.post = async (op) => (op.body === 'Held up.' ? { outcome: 'later', afterMs: 1_000, code: 'unreachable' } : post(op));
    const line = await room.says('Held up.');
    await world.pass(minutes(1));
    await cy.chat.says('STOP');
    await cy.chat.says('yes');
    expect(await phase(world)).toBe('closed');
    world.front.post = post;
    await world.pass(hours(1));
    expect(await cy.chat.hears()).not.toContain('Held up.');
    expect((await cy.chat.hears()).at(-1)).toContain('This conversation has ended, as you wished');
    expect((await room.marks(line)).at(-1)).toBe('🗑');
  });

  test('whose words they read is said with the first line that leaves, once', async () => {
    const { world, cy, room } = await talkByChat();
    const line = await room.says('Never mind.');
    await room.removes(line);
    await world.pass(minutes(1));
    expect((await cy.chat.hears()).join('\n')).not.toContain('From here on you read the words of');
    await room.says('Hello.');
    await room.says('Are you there?');
    await world.pass(minutes(1));
    expect((await cy.chat.hears()).slice(-3)).toEqual(['From here on you read the words of River.', 'Hello.', 'Are you there?']);
  });

  test('and is said as well when the first line leaves with the closing', async () => {
    const { cy, room } = await talkByChat();
    await room.says('Hello, and goodbye.');
    await room.says('!close');
    await room.says('1');
    expect((await cy.chat.hears()).slice(-3)).toEqual([
      'From here on you read the words of River.',
      'Hello, and goodbye.',
      expect.stringContaining('come to its end for now'),
    ]);
  });
});

describe('a volunteer changes or removes a line', () => {
  test('while it gathers: the change is what goes, and a removed line does not', async () => {
    const { world, ada, room } = await talkByMail();
    const [first, second] = [await room.says('Frist.'), await room.says('Second.')];
    await room.edits(first, 'First.');
    await room.removes(second);
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toBe('First.\n\n— River');
    expect((await room.marks(second)).at(-1)).toBe('🗑');
  });

  test('all of it while it gathers: nothing goes', async () => {
    const { world, ada, room } = await talkByMail();
    const line = await room.says('Never mind.');
    await room.removes(line);
    await world.pass(minutes(2));
    expect(ada.got()).toHaveLength(1);
  });

  test('after the mail has left: a correction is offered, and says what it corrects', async () => {
    const { world, ada, room } = await talkByMail();
    const line = await room.says('Call at nine.');
    await world.pass(minutes(2));
    await world.pass(hours(2));
    await room.edits(line, 'Call at ten.');
    expect((await room.hears()).at(-1)).toContain('Shall I send your new text as a correction?');
    await room.edits(line, 'Call at eleven.');
    await room.says('1');
    await world.pass(minutes(2));
    const sent = ada.texts().at(-1) ?? '';
    expect(sent).toContain('Call at eleven.');
    expect(sent).toContain('12:00');
    expect(sent).not.toContain('ten');
    await room.removes(line);
    expect((await room.hears()).at(-1)).toContain('a mail cannot be called back');
  });

  test('while the mail is on its way: it is too late, and they are told', async () => {
    const { world, room } = await talkByMail();
    world.sender.stuck({ outcome: 'later', code: '451' });
    const line = await room.says('On its way.');
    await world.pass(minutes(2));
    expect((await room.marks(line)).at(-1)).toBe('📤');
    await room.edits(line, 'Too late.');
    expect((await room.hears()).at(-1)).toContain('Shall I send your new text as a correction?');
  });

  test('that did not arrive: there is nothing to change, and they are told', async () => {
    const { world, room } = await talkByMail();
    world.sender.stuck({ outcome: 'refused', code: '550' });
    const line = await room.says('To nobody.');
    await world.pass(minutes(2));
    expect((await room.marks(line)).at(-1)).toBe('⚠️');
    expect((await room.hears()).at(-1)).toContain('could not be delivered');
    await room.edits(line, 'To somebody.');
    expect((await room.hears()).at(-1)).toContain('nothing to change there');
  });

  test('in a chat, after it arrived: the change and the removal follow', async () => {
    const { world, cy, room } = await talkByChat();
    const line = await room.says('Hwllo.');
    await world.pass(minutes(1));
    await room.edits(line, 'Hello.');
    expect((await cy.chat.hears()).at(-1)).toBe('Hello.');
    await room.removes(line);
    expect(await cy.chat.hears()).not.toContain('Hello.');
    expect((await room.marks(line)).at(-1)).toBe('🗑');
  });

  test.each(['!note for me', '!close', '!clsoe', 'note: she sounds tired', '7'])(
    'while it gathers, into %s: it is taken back',
    async (text) => {
      const { world, ada, room } = await talkByMail();
      const line = await room.says('For them.');
      await room.says('Also for them.');
      await room.edits(line, text);
      expect((await room.hears()).at(-1)).toContain('I took that line back, so it does not go to them');
      expect((await room.marks(line)).at(-1)).toBe('🗑');
      await world.pass(minutes(2));
      expect(ada.texts().at(-1)).toBe('Also for them.\n\n— River');
      await room.edits(line, 'For them after all.');
      expect((await room.hears()).at(-1)).toContain('please write it anew');
      await world.pass(minutes(2));
      expect(ada.texts().join('\n')).not.toContain('For them after all.');
    },
  );

  test('a line that was taken back does not come back by an edit, while others of its mail still gather', async () => {
    const { world, ada, room } = await talkByMail();
    const line = await room.says('For them.');
    await room.says('Also for them.');
    await room.edits(line, '!note for me');
    await room.edits(line, 'For them after all.');
    expect((await room.hears()).at(-1)).toContain('please write it anew');
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toBe('Also for them.\n\n— River');
  });

  test('after it left, into what reads like a command: nothing changes, and they are told', async () => {
    const { world, ada, room } = await talkByMail();
    const line = await room.says('For them.');
    await world.pass(minutes(2));
    await room.edits(line, '!note for me');
    expect((await room.hears()).at(-1)).toContain('could not carry that change over');
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toContain('For them.');
  });

  test('and changes it again: the last words are what goes, or follows', async () => {
    const { world, cy, room } = await talkByChat();
    const line = await room.says('One.');
    await room.edits(line, 'Two.');
    await room.edits(line, 'Three.');
    await world.pass(minutes(1));
    expect((await cy.chat.hears()).at(-1)).toBe('Three.');
    await room.edits(line, 'Four.');
    await room.edits(line, 'Five.');
    expect((await cy.chat.hears()).at(-1)).toBe('Five.');
  });

  test('with a program that points an edit at the edit before it', async () => {
    const { world, ada, room, vera } = await talkByMail();
    const line = await room.says('One.');
    const first = await vera.person.edit(room.roomId, line, 'Two.');
    await world.settle();
    const second = await vera.person.edit(room.roomId, first, 'Three.');
    await world.settle();
    await vera.person.edit(room.roomId, second, 'Four.');
    await world.settle();
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toBe('Four.\n\n— River');
  });

  test('by removing an edit of it: what can be held back is, and else it is said that nothing changed', async () => {
    const { world, ada, room, vera } = await talkByMail();
    const line = await room.says('One.');
    const edit = await vera.person.edit(room.roomId, line, 'Two.');
    await world.settle();
    await room.removes(edit);
    expect((await room.hears()).at(-1)).toContain('I took that line back');
    const other = await room.says('Three.');
    const late = await vera.person.edit(room.roomId, other, 'Four.');
    await world.settle();
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toBe('Four.\n\n— River');
    await room.removes(late);
    expect((await room.hears()).at(-1)).toContain('could not carry that change over');
  });

  test('that was corrected: a further edit is of the correction', async () => {
    const { world, ada, room } = await talkByMail();
    const line = await room.says('At nine.');
    await world.pass(minutes(2));
    await room.edits(line, 'At ten.');
    await room.says('1');
    await room.edits(line, 'At eleven.');
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toContain('At eleven.');
    expect(ada.texts().join('\n')).not.toContain('At ten.');
    await room.edits(line, 'At twelve.');
    await room.says('1');
    await room.removes(line);
    expect((await room.hears()).at(-1)).toContain('a mail cannot be called back');
    await world.pass(minutes(2));
    expect(ada.texts().join('\n')).not.toContain('At twelve.');
  });

  test.each([
    ['a note, and it stays one', '!note She sounds tired.', '!note She sounds very tired.', 'Kept here'],
    ['a note, and it is none any more', '!note She sounds tired.', 'You sound tired.', 'please write it anew'],
    ['a command', '!send', 'Hello.', 'please write it anew'],
  ])('that never was for them: %s', async (_, said, edited, hears) => {
    const { world, ada, room } = await talkByMail();
    const line = await room.says(said);
    await room.edits(line, edited);
    expect((await room.hears()).at(-1)).toContain(hears);
    await world.pass(minutes(15));
    expect(ada.got()).toHaveLength(1);
  });

  test('at the desk: it is answered that nothing follows from it', async () => {
    const { vera } = await talkByMail();
    const line = await vera.desk.says('!cap 1');
    await vera.desk.edits(line, '!cap 3');
    expect((await vera.desk.hears()).at(-1)).toContain('I do not follow changes here');
  });

  test('by somebody who can only write unencrypted in their name: nothing happens', async () => {
    const { world, room, vera, ada } = await talkByMail();
    const line = await room.says('As I wrote it.');
    const clear = {
      key: 'e:$forged',
      roomId: room.roomId,
      sender: vera.person.userId,
      senderName: null,
      at: world.now(),
      device: 'clear',
      what: { type: 'edit', eventId: '$forged', of: line, body: 'As it was forged.' },
    } as const;
    const { receiveRoomEvent } = await import('#relay/receive.ts');
    await receiveRoomEvent(world.parts, { bot: 'desk', event: clear });
    await world.settle();
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toBe('As I wrote it.\n\n— River');
  });
});

describe('a requester changes or removes a message in the chat', () => {
  test('before anybody has read it', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    const [first, second] = [await cy.chat.says('Frist.'), await cy.chat.says('Not this.')];
    await cy.chat.edits(first, 'First.');
    await cy.chat.removes(second);
    const vera = await volunteerHere(world);
    const room = await vera.takes();
    const heard = await room.hears();
    expect(heard).toContain('First.');
    expect(heard.some((each) => each.includes('Not this') || each.includes('Frist'))).toBe(false);
    expect(heard.at(-1)).toContain('They took a message back');
  });

  test('after it was read: the copy follows, and what was taken back is deleted in the end', async () => {
    const { world, cy, room } = await talkByChat();
    const line = await cy.chat.says('I am called Bob.');
    await cy.chat.edits(line, 'I am called something.');
    expect((await room.hears()).at(-1)).toBe('I am called something.');
    await cy.chat.removes(line);
    expect(await room.hears()).not.toContain('I am called something.');
    expect((await room.hears()).at(-1)).toContain('They took a message back');
    const texts = async () =>
      (await world.parts.records.find({ kind: 'message' })).flatMap((record) =>
        record.value.direction === 'in' ? [record.value.text] : [],
      );
    expect(await texts()).toContain('I am called something.');
    await world.pass(hours(73));
    expect(await texts()).not.toContain('I am called something.');
  });

  test('after the conversation has ended: new words go to nobody who held it, and what is taken back goes all the same', async () => {
    const { cy, room } = await talkByChat();
    const line = await cy.chat.says('As it was.');
    await room.says('!close');
    await room.says('1');
    await cy.chat.edits(line, 'For somebody else.');
    expect(await room.hears()).toContain('As it was.');
    await cy.chat.removes(line);
    expect(await room.hears()).not.toContain('As it was.');
  });

  test('into something that cannot be cleaned: what was there stays, and they are told so', async () => {
    const { cy, room } = await talkByChat();
    const line = await cy.chat.says('Harmless.');
    await cy.chat.edits(line, '\u200b');
    expect((await room.hears()).at(-1)).toBe('Harmless.');
    expect((await cy.chat.hears()).at(-1)).toContain('your message stays as it was');
  });
});

describe('what is not for the requester', () => {
  test('a note stays', async () => {
    const { world, ada, room } = await talkByMail();
    await room.says('!note She sounds tired.');
    await room.says('! note And so am I.');
    await world.pass(minutes(15));
    expect(ada.got()).toHaveLength(1);
  });

  test('a slip of a command is asked about: 1 sends it, 2 leaves it', async () => {
    const { world, ada, room } = await talkByMail();
    await room.says('!clsoe');
    expect((await room.hears()).at(-1)).toContain('a command with a slip in it');
    await room.says('2');
    await world.pass(minutes(2));
    expect(ada.got()).toHaveLength(1);
    await room.says('!Wow, that is hard.');
    await room.says('1');
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toContain('!Wow, that is hard.');
  });

  test('a command of the desk, and a bare number', async () => {
    const { world, ada, room } = await talkByMail();
    await room.says('!available');
    expect((await room.hears()).at(-1)).toContain('belongs to your desk');
    await room.says('7');
    expect((await room.hears()).at(-1)).toContain('a slip in it');
    await world.pass(minutes(2));
    expect(ada.got()).toHaveLength(1);
  });

  test('a file of the volunteer', async () => {
    const { world, ada, room, vera } = await talkByMail();
    await vera.person.sendFile(room.roomId);
    await world.pass(minutes(2));
    expect((await room.hears()).at(-1)).toContain('Files and pictures are not carried');
    expect(ada.got()).toHaveLength(1);
  });

  test('a message that could not be opened in time is asked for again, and does nothing when it comes late', async () => {
    const { world, ada, vera, room } = await talkByMail();
    const late = await vera.person.sayWithoutKey(room.roomId, 'Unreadable at first.');
    await world.settle();
    expect((await room.hears()).at(-1)).toContain('Please send it again');
    late.sendKey();
    await world.pass(minutes(5));
    expect(ada.got()).toHaveLength(1);
  });

  test('what they write when it is over', async () => {
    const { world, ada, room } = await talkByMail();
    await room.says('!close');
    await room.says('1');
    const before = ada.got().length;
    await room.says('One more thing.');
    expect((await room.hears()).at(-1)).toContain('This conversation has ended, so I sent nothing');
    await world.pass(minutes(15));
    expect(ada.got()).toHaveLength(before);
  });
});

describe('stepping back', () => {
  test('ends it at once; the requester is told, the next one sees what nobody has read, and it never comes back to who left', async () => {
    const { world, ada, vera, room } = await talkByMail();
    await ada.writes('Read by the first.', { answers: ada.last() });
    await room.says('!stepback');
    expect(ada.texts().at(-1)).toContain('The person you were writing with cannot go on');
    await ada.writes('Read by nobody.', { answers: ada.last() });
    await world.pass(hours(2));
    await vera.desk.says('!available');
    expect(await phase(world)).toBe('waiting');
    const will = await volunteerHere(world, { name: 'will', says: ['!alias Maple', '!available'] });
    expect((await will.desk.hears()).at(-1)).toContain('after another volunteer could not go on');
    const next = await will.takes();
    const heard = await next.hears();
    expect(heard).not.toContain('Read by the first.');
    expect(heard).toContain('Read by nobody.');
    expect(ada.texts().at(-1)).toContain('Someone else is here for you now: Maple');
    await ada.writes('For the second.', { answers: ada.last() });
    expect((await next.hears()).at(-1)).toBe('For the second.');
    await next.says('I am Maple.');
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toBe('I am Maple.\n\n— Maple');
  });

  test('with a message that could not reach the room: the next one gets it', async () => {
    const { world, ada, vera, room } = await talkByMail();
    const post = world.desk.post;
    world.desk.post = async (op) =>
      op.body === 'Nobody has read this.' ? { outcome: 'later', afterMs: 1_000, code: 'unreachable' } : post(op);
    await ada.writes('Nobody has read this.', { answers: ada.last() });
    await world.pass(minutes(1));
    await room.says('!stepback');
    world.desk.post = post;
    await vera.desk.says('!off');
    const will = await volunteerHere(world, { name: 'will' });
    const next = await will.takes();
    expect(await next.hears()).toContain('Nobody has read this.');
  });

  test('by leaving the room', async () => {
    const { world, ada, room, vera } = await talkByMail();
    await room.leaves();
    expect(await phase(world)).toBe('waiting');
    expect(ada.texts().at(-1)).toContain('cannot go on');
    expect((await vera.desk.hears()).at(-1)).toContain('You are out of it');
  });

  test('what still had ⏳ does not go: who is out of it can take nothing back by themselves', async () => {
    const { world, ada, vera, room } = await talkByMail();
    await room.says('A last line.');
    await room.says('!stepback');
    expect((await vera.desk.hears()).at(-1)).toContain('What still had ⏳ does not go to them');
    expect(ada.texts().at(-1)).toContain('cannot go on');
    await world.pass(hours(1));
    expect(ada.texts().join('\n')).not.toContain('A last line.');
  });

  test('what was sent with !send has gone', async () => {
    const { ada, room } = await talkByMail();
    await room.says('A last line.');
    await room.says('!send');
    await room.leaves();
    expect(ada.texts().slice(-2)).toEqual([expect.stringContaining('A last line.'), expect.stringContaining('cannot go on')]);
  });
});

describe('resting', () => {
  test('nothing comes through; the requester is told once; then all of it comes, in order', async () => {
    const { world, ada, vera, room } = await talkByMail();
    await vera.desk.says('!rest 2d');
    expect(await vera.desk.hears()).toContainEqual(expect.stringContaining('1 keep quiet'));
    const [atDesk, inRoom] = [(await vera.desk.hears()).length, (await room.hears()).length];
    for (const line of ['One.', 'Two.', 'Three.']) {
      await ada.writes(line, { answers: ada.last() });
      await world.pass(hours(1));
    }
    await ada.writes('HELP', { answers: ada.last() });
    expect(ada.texts().filter((text) => text.includes('is away for a few days'))).toHaveLength(1);
    expect([(await vera.desk.hears()).length, (await room.hears()).length]).toEqual([atDesk, inRoom]);
    await world.pass(days(2));
    const heard = (await room.hears()).slice(inRoom);
    expect(heard.filter((each) => /^(?:One|Two|Three)\./u.test(each))).toEqual(['One.', 'Two.', 'Three.']);
    expect(heard).toContainEqual(expect.stringContaining('They wrote HELP'));
    expect((await vera.desk.hears()).at(-1)).toContain('Welcome back');
  });

  test('a closed conversation is told of after the rest, a removed message goes at once', async () => {
    const { world, cy, vera, room } = await talkByChat();
    const line = await cy.chat.says('Not for long.');
    await vera.desk.says('!rest');
    const before = (await room.hears()).length;
    await cy.chat.removes(line);
    expect(await room.hears()).toHaveLength(before - 1);
    await cy.chat.says('STOP');
    await cy.chat.says('yes');
    expect(await phase(world)).toBe('closed');
    expect(await room.hears()).toHaveLength(before - 1);
    await vera.desk.says('!rest end');
    expect((await room.hears()).slice(before - 1)).toEqual([
      expect.stringContaining('They took a message back'),
      expect.stringContaining('They have ended the conversation'),
    ]);
  });

  test('with step back, from all of them', async () => {
    const { world, ada, vera } = await talkByMail();
    await vera.desk.says('!rest 1w');
    await vera.desk.says('2');
    expect(await phase(world)).toBe('waiting');
    expect(ada.texts().at(-1)).toContain('cannot go on');
  });

  test('a coordinator’s words come to a resting volunteer no more than others', async () => {
    const { world, vera } = await talkByMail();
    await vera.desk.says('!rest');
    const before = (await vera.desk.hears()).length;
    await (await coordinatorHere(world)).says('!board');
    await world.pass(days(3));
    expect(await vera.desk.hears()).toHaveLength(before);
  });
});

describe('closing', () => {
  test('by the volunteer, asked once; thanks are kept sealed and asked about; YES goes to the former one first', async () => {
    const { world, ada, vera, room } = await talkByMail();
    await room.says('!close');
    expect(await phase(world)).toBe('open');
    await room.says('1');
    expect(ada.texts().at(-1)).toContain('has come to its end for now');
    await ada.writes('Thank you for everything.', { answers: ada.last() });
    expect(ada.texts().at(-1)).toContain('Would you like to talk again?');
    expect(await phase(world)).toBe('closed');
    await world.pass(hours(2));
    await vera.desk.says('!available');
    await ada.writes('YES', { answers: ada.last() });
    expect((await vera.desk.hears()).at(-1)).toContain('would like to talk again');
    const again = await vera.takes();
    expect(await again.hears()).toContain('Thank you for everything.');
    expect(again.roomId).not.toBe(room.roomId);
  });

  test('thanks are asked about also when no other automatic mail may go out that day', async () => {
    const { world, ada, room } = await talkByMail();
    for (let times = 0; times < world.parts.service.automaticMailsADay + 5; times += 1) await ada.writes('HELP', { answers: ada.last() });
    expect(ada.got()).toHaveLength(world.parts.service.automaticMailsADay);
    const saysLast = ada.texts().filter((text) => text.includes('our last automatic answer to you for today'));
    expect(saysLast).toEqual([ada.texts().at(-1)]);
    await room.says('!close');
    await room.says('1');
    await ada.writes('Thank you for everything.', { answers: ada.last() });
    expect(ada.texts().at(-1)).toContain('Would you like to talk again?');
    await ada.writes('YES', { answers: ada.last() });
    expect(await phase(world)).not.toBe('closed');
  });

  test('NO, or silence, to that: nobody reads it, and no second question comes', async () => {
    const { world, ada, room } = await talkByMail();
    await room.says('!close');
    await room.says('1');
    await ada.writes('Thank you.', { answers: ada.last() });
    await ada.writes('NO\nAll is well.', { answers: ada.last() });
    expect(ada.texts().at(-1)).toContain('Nobody will read your message');
    expect(await world.parts.records.find({ kind: 'message', states: ['in'] })).toHaveLength(1);
    await ada.writes('One more word.', { answers: ada.last() });
    const before = ada.got().length;
    await world.pass(hours(73));
    expect(ada.got()).toHaveLength(before);
    expect(await world.parts.records.find({ kind: 'message', states: ['in'] })).toHaveLength(1);
  });

  test('after two days a message takes it up again without a question; STOP ends it', async () => {
    const { world, ada, room } = await talkByMail();
    await room.says('!close');
    await room.says('1');
    await world.pass(days(3));
    await ada.writes('Can we go on?', { answers: ada.last() });
    expect(await phase(world)).toBe('waiting');
    expect(ada.texts().at(-1)).toContain('Your conversation goes on');
    await ada.writes('stop.', { answers: ada.last() });
    expect(await phase(world)).toBe('closed');
    expect(ada.texts().at(-1)).toContain('This conversation has ended, as you wished');
  });

  test('by quiet: asked after sixty days, closed after ninety', async () => {
    const { world, ada, room } = await talkByMail();
    await world.pass(days(61));
    expect((await room.hears()).at(-1)).toContain('Would you like to close the conversation?');
    await world.pass(days(31));
    expect(await phase(world)).toBe('closed');
    expect(ada.texts().at(-1)).toContain('Nobody has written here for a long time');
  });

  test('everybody leaves the room a week later', async () => {
    const { world, room } = await talkByMail();
    await room.says('!close');
    await room.says('1');
    await world.pass(days(8));
    expect(await world.desk.sight(room.roomId)).toBe('unknown-room');
  });
});

describe('words of the requester by mail', () => {
  test('COUNTRY is answered with its lines, and HELP after it too; the volunteer hears of both', async () => {
    const { ada, room } = await talkByMail();
    await ada.writes('country Germany', { answers: ada.last() });
    expect(ada.texts().at(-1)).toContain('0800 111 0 111');
    await ada.writes('HELP', { answers: ada.last() });
    expect(ada.texts().at(-1)).toContain('0800 111 0 111');
    expect((await room.hears()).slice(-2)).toEqual([expect.stringContaining('COUNTRY'), expect.stringContaining('HELP')]);
  });

  test('NEW begins a separate conversation that says nothing of the other; alone it is explained', async () => {
    const { world, ada } = await talkByMail();
    await ada.writes('NEW', { answers: ada.last() });
    expect(ada.texts().at(-1)).toContain('You wrote NEW, and nothing else');
    await ada.writes('Signed with my name.', { answers: ada.last(), from: 'Ada Lovelace <ada@writers.example>' });
    await ada.writes('NEW\nSomething else, says Ada Lovelace.', { answers: ada.last() });
    const cases = await casesOf(world);
    expect(cases).toHaveLength(2);
    const will = await volunteerHere(world, { name: 'will' });
    const second = await will.takes();
    const heard = (await second.hears()).join('\n');
    expect(heard).toContain('Something else');
    expect(heard).not.toContain('Lovelace');
    await second.says('Hello from the second.');
    await world.pass(minutes(2));
    await ada.writes('To the second.', { answers: ada.last() });
    expect((await second.hears()).at(-1)).toBe('To the second.');
  });

  test('words beside other words are done, and the other words go on', async () => {
    const { ada, room } = await talkByMail();
    await ada.writes('HELP\n\nI cannot sleep.', { answers: ada.last() });
    expect(await room.hears()).toContain('I cannot sleep.');
    expect(ada.texts().at(-1)).toContain('People who listen');
  });

  const signature = 'Sent from my iPhone';

  test.each([
    ['HELP', 'People who listen'],
    ['COUNTRY Germany', 'People who listen'],
    ['COUNTRY', 'To try another name'],
    ['STOP', 'has ended, as you wished'],
    ['NEW', 'You wrote NEW, and nothing else'],
  ])('%s with a signature below it is answered as alone', async (word, answer) => {
    const { ada } = await talkByMail();
    const before = ada.got().length;
    await ada.writes(`${word}\n\n${signature}`, { answers: ada.last() });
    expect(ada.texts().slice(before)).toEqual([expect.stringContaining(answer)]);
    expect(ada.texts().at(-1)).not.toContain('no text that we could find');
  });

  test('STOP with their name below it ends it, and the volunteer gets no line that is nothing but a place for a name', async () => {
    const { ada, room } = await talkByMail();
    const before = (await room.hears()).length;
    await ada.writes('STOP\n\nAda', { answers: ada.last(), from: 'Ada Lovelace <ada@writers.example>' });
    expect((await room.hears()).slice(before)).toEqual([expect.stringContaining('They have ended the conversation')]);
  });

  test('HELP below what is quoted counts, and what stands around it goes on', async () => {
    const { ada, room } = await talkByMail();
    await ada.writes('On Friday, somebody wrote:\n> I am here.\n\nI cannot sleep.\nHELP', { answers: ada.last() });
    expect(ada.texts().at(-1)).toContain('People who listen');
    expect((await room.hears()).some((line) => line.includes('I cannot sleep.'))).toBe(true);
    const before = ada.got().length;
    await ada.writes('On Friday, somebody wrote:\n> I am here.\n\nHELP', { answers: ada.last() });
    expect(ada.texts().slice(before)).toEqual([expect.stringMatching(/^People who listen/u)]);
  });

  test('a mail of nothing but a quote is answered', async () => {
    const { ada } = await talkByMail();
    await ada.writes('> I am here.\n> — River', { answers: ada.last() });
    expect(ada.texts().at(-1)).toContain('no text that we could find');
  });
});

test('a room that is joined late gets everything then, in order', async () => {
  const world = await relayWorld();
  const ada = mailWriter(world);
  await ada.writes('Waiting.');
  const vera = await volunteerHere(world);
  await vera.desk.says('1');
  await ada.writes('Still waiting.', { answers: ada.last() });
  await world.pass(hours(3));
  const room = await joinLatest(world, vera.person);
  await room.says('!open');
  expect((await room.hears()).slice(-2)).toEqual(['hello\n\nWaiting.', 'Still waiting.']);
});

describe('questions in a case room', () => {
  test('what somebody sets off themselves is asked at once, and what stood open is asked again after it', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('The first words.');
    const vera = await volunteerHere(world);
    const room = await vera.takes({ open: 'sealed' });
    await room.says('!close');
    expect((await room.hears()).at(-1)).toContain('come to its end?');
    expect(await room.hears()).not.toContainEqual(expect.stringContaining('Read it when you are ready'));
    await room.says('2');
    expect((await room.hears()).slice(-2)).toEqual([expect.stringContaining('Read it when you are ready'), 'All right, it goes on.']);
    await room.says('1');
    expect(await room.hears()).toContainEqual(expect.stringContaining('The first words.'));
  });

  test('what is not answered does not stand in the way for ever', async () => {
    const { world, room } = await talkByMail();
    await room.says('!close');
    await world.pass(hours(2));
    expect(await room.hears()).not.toContainEqual(expect.stringContaining('come to its end?'));
    await room.says('1');
    expect(await phase(world)).toBe('open');
    expect((await room.hears()).at(-1)).toContain('a slip in it');
  });

  test('asked twice, it is answered once and by the newer one', async () => {
    const { world, room } = await talkByMail();
    await room.says('!close');
    await room.says('!close');
    expect((await room.hears()).filter((heard) => heard.includes('come to its end?'))).toHaveLength(1);
    await room.says('1');
    expect(await phase(world)).toBe('closed');
  });

  test('a rest that was asked about does not keep later offers from the desk', async () => {
    const { world, vera } = await talkByMail();
    await vera.desk.says('!rest 1d');
    await world.pass(days(1));
    await vera.desk.says('!cap 2');
    await world.pass(days(60));
    await mailWriter(world, 'second@writers.example').writes('And me?');
    await vera.desk.says('!available');
    expect((await vera.desk.hears()).at(-1)).toContain('Someone has been waiting');
  });
});
