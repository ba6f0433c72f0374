// What a volunteer says to the bot: commands, slips, numbers, and what belongs elsewhere. Nothing of it reaches the person.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '#commands/table.ts';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { atTheDesk, inCaseRoom, openChat, takeNext, textsIn } from '#tests/support/steps.ts';

describe('what a volunteer says to the bot', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let person: MatrixPerson;
  let chat: string;
  let held: Holding;

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    [ada, person] = await Promise.all([stage.volunteer({ name: 'ada', says: [] }), stage.matrixPerson('dario')]);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('!help says in five lines what can be done here and now, and !help all everything', async () => {
    const help = await atTheDesk(ada, { says: '!help', hears: '!help all' });
    expect(help.split('\n')).toHaveLength(5);
    expect(help).toContain('!available until 18:00');
    const all = await atTheDesk(ada, { says: 'Help all', hears: 'Marks on your lines' });
    for (const { name, who } of commands) {
      expect(all.includes(`!${name}`), name).toBe(who === 'volunteer');
    }
    const coordinators = await atTheDesk(stage.coordinator, { says: '!help all', hears: 'Marks on your lines' });
    expect(coordinators).toContain('!board');
    expect(coordinators).toContain('!invite @name:server');
  });

  it('sets their own limits, read forgivingly, and !me shows them', async () => {
    expect(await atTheDesk(ada, { says: '!timezone europe/lisbon', hears: 'Your times are read in' })).toContain('Europe/Lisbon');
    expect(await atTheDesk(ada, { says: '!Timezone Middle Earth', hears: 'I do not know that time zone' })).toContain('For example');
    expect(await atTheDesk(ada, { says: '!cap 2', hears: 'All right: at most 2' })).toContain('Until then it is one at a time');
    await atTheDesk(ada, { says: '!cap 9', hears: 'It can be 1, 2 or 3' });
    expect(await atTheDesk(ada, { says: '!languages en, de', hears: 'You are asked for conversations in' })).toContain(
      'English and German',
    );
    await atTheDesk(ada, { says: '!languages english', hears: 'Two letters for each language' });
    await atTheDesk(ada, { says: '!alias River', hears: 'will know you as River' });
    await atTheDesk(ada, { says: '!alias @me:somewhere', hears: 'Only letters' });
    expect(await atTheDesk(ada, { says: '!me', hears: 'Only you see this' })).toBe(
      'Off: no offers\n0 open conversations, at most 1\nAlias: River · Languages: English and German · Time zone: Europe/Lisbon\nOnly you see this.',
    );
    const available = await atTheDesk(ada, { says: 'available until 23:59.', hears: 'You are available until' });
    expect(available).toContain('23:59 (Europe/Lisbon)');
    await atTheDesk(ada, { says: '!available until yesterday', hears: 'That time has passed already' });
    await atTheDesk(ada, { says: '!available until whenever', hears: 'I could not read that time' });
    await atTheDesk(ada, { says: '!available until in 30 days', hears: 'That is very long' });
  });

  it('answers a slip, a number without a question, plain text, and what only coordinators may', async () => {
    await atTheDesk(ada, { says: '!avialable', hears: 'I do not know that command, and I sent nothing to anybody' });
    await atTheDesk(ada, { says: '1', hears: 'There is no question open at this moment' });
    await atTheDesk(ada, { says: 'Hello, how are you?', hears: 'I only understand commands here' });
    await atTheDesk(ada, { says: '!board', hears: 'That command is for coordinators' });
    await atTheDesk(ada, { says: '!invite @eve:chat.example', hears: 'That command is for coordinators' });
    await atTheDesk(ada, { says: '!accept', hears: 'There is no offer open' });
    await atTheDesk(ada, { says: '!close', hears: 'That belongs to the room of a conversation' });
    expect(await atTheDesk(stage.coordinator, { says: '!invite ada', hears: 'I could not read that' })).toContain('!invite @name:server');
    await atTheDesk(stage.coordinator, { says: `!invite ${ada.person.userId}`, hears: 'They have a desk here already' });
    await atTheDesk(stage.coordinator, { says: `!invite ${stage.deskBot}`, hears: 'That is one of the bots' });
  });

  it('has help of its own while an offer stands', async () => {
    chat = await openChat(stage, person);
    await person.say(chat, 'The words of the person.');
    await ada.person.waitForText(ada.desk, 'Someone has been waiting');
    expect(await atTheDesk(ada, { says: '!help', hears: 'Someone is waiting for your answer' })).toContain(
      '1 takes it, 2 passes, and both are fine.',
    );
    await atTheDesk(ada, { says: '3', hears: 'Please answer with one of the numbers' });
    held = await takeNext(stage, ada, { expects: 'The words of the person.' });
  });

  it('never sends a slip, a number or a command of the desk to the person', async () => {
    await inCaseRoom(held, { says: '!help', hears: '!help all' });
    await inCaseRoom(held, { says: '!alias Maple', hears: 'That belongs to your desk' });
    await inCaseRoom(held, { says: '1', hears: '2 leave it' });
    await inCaseRoom(held, { says: '2', hears: 'it was not sent' });
    await inCaseRoom(held, { says: '!stpeback', hears: '2 leave it' });
    await inCaseRoom(held, { says: '2', hears: 'it was not sent' });
    await inCaseRoom(held, { says: 'Stepback', hears: '2 leave it' });
    await inCaseRoom(held, { says: '1', hears: 'It goes to them' });
    await person.waitForText(chat, 'Stepback');
    await inCaseRoom(held, { says: '!note I should eat something', hears: 'Kept here' });
    await ada.person.say(held.room, '1. Eat something. 2. Sleep.');
    await person.waitForText(chat, '1. Eat something. 2. Sleep.');
    const seen = textsIn(person, chat).slice(1);
    expect(seen).toEqual(['From here on you read the words of River.', 'Stepback', '1. Eat something. 2. Sleep.']);
  });

  it('asks about the end again when it is said again, and NO lets it go on', async () => {
    await inCaseRoom(held, { says: '!close', hears: '1 close it' });
    await inCaseRoom(held, { says: '!close', hears: '1 close it' });
    await inCaseRoom(held, { says: '2', hears: 'All right, it goes on' });
    await person.say(chat, 'Still here?');
    await ada.person.waitForText(held.room, 'Still here?');
  });
});
