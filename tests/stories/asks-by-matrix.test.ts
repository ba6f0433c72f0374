// A person asks by Matrix, in an encrypted chat with the front bot; edits and removals are carried both ways.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextOffer, take, writeAndSend, type AtDesk, type Holding } from '#trial/conversation.ts';
import type { MatrixPerson, SeenEvent } from '#trial/people/matrix-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';

const quiet = (): void => undefined;

describe('somebody asks by Matrix', { timeout: 120_000 }, () => {
  let stage: Stage;
  let volunteer: AtDesk;
  let person: MatrixPerson;
  let chat: string;
  let written: string;
  let holding: Holding;

  const carried = (part: string): Promise<SeenEvent> => volunteer.person.waitForText(holding.room, part);

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    volunteer = await stage.volunteer({
      name: 'bea',
      says: [
        ['!alias Maple', 'will know you as'],
        ['!available', 'You are available until'],
      ],
    });
    person = await stage.matrixPerson('cyrilla');
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('gets the first answer, and a mark on what was safely taken in', async () => {
    chat = await person.startChat(stage.frontBot);
    await person.waitForRoom((room) => room.roomId === chat && room.joined.includes(stage.frontBot));
    written = await person.say(chat, 'Somebody shouted at me in a review.');
    await person.waitForText(chat, 'Thank you for writing');
    await person.waitFor((event) => event.what.type === 'reaction' && event.what.of === written);
  });

  it('is answered by the alias, and neither side sees the other', async () => {
    const offered = await nextOffer([volunteer]);
    holding = await take(stage, { offered, tell: quiet, expects: 'shouted at me' });
    await writeAndSend(holding, ['I am here.']);
    const speaking = await person.waitForText(chat, 'Maple');
    const answer = await person.waitForText(chat, 'I am here.', { after: speaking });
    expect(answer.encrypted).toBe('yes');
    expect(answer.sender).toBe(stage.frontBot);
    expect(JSON.stringify(person.seen)).not.toContain(volunteer.person.userId);
    expect(JSON.stringify(volunteer.person.seen)).not.toContain('cyrilla');
  });

  it('sees each line of theirs carried, and an edit of it as an edit', async () => {
    const line = await person.say(chat, 'It goes round in my head.');
    await carried('goes round in my head');
    await person.edit(chat, line, 'It goes round and round.');
    await volunteer.person.waitFor(
      (event) => event.roomId === holding.room && event.what.type === 'edit' && event.what.body.includes('round and round'),
    );
  });

  it('takes a message back, and it is gone from the case room too', async () => {
    const line = await person.say(chat, 'I should not have said this.');
    const copy = await carried('should not have said this');
    await person.remove(chat, line);
    await volunteer.person.waitFor(
      (event) => event.roomId === holding.room && event.what.type === 'removal' && event.what.of === copy.eventId,
    );
  });

  it("carries the volunteer's edit and removal as well", async () => {
    const line = await volunteer.person.say(holding.room, 'Tomorow is another day.');
    const copy = await person.waitForText(chat, 'Tomorow');
    await volunteer.person.edit(holding.room, line, 'Tomorrow is another day.');
    await person.waitFor((event) => event.roomId === chat && event.what.type === 'edit' && event.what.body.includes('Tomorrow is'));
    await volunteer.person.remove(holding.room, line);
    await person.waitFor((event) => event.roomId === chat && event.what.type === 'removal' && event.what.of === copy.eventId);
  });

  it('never hears what is noted or commanded in the case room', async () => {
    await volunteer.person.say(holding.room, '!note she sounds tired');
    await volunteer.person.waitForText(holding.room, 'Kept here');
    await volunteer.person.say(holding.room, '!sned');
    await volunteer.person.waitForText(holding.room, 'slip');
    await volunteer.person.say(holding.room, '2');
    await volunteer.person.say(holding.room, 'Are you still there?');
    await person.waitForText(chat, 'Are you still there?');
    expect(JSON.stringify(person.seen)).not.toMatch(/sounds tired|!sned/);
  });

  it('ends it with STOP, asked back once', async () => {
    await person.say(chat, 'STOP');
    await person.waitForText(chat, 'Shall this conversation end here?');
    await person.say(chat, 'yes');
    await person.waitForText(chat, 'has ended, as you wished');
    await volunteer.person.waitForText(holding.room, 'They have ended the conversation');
  });
});
