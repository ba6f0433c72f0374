// A chat that is not private: kind fixed words, and a new encrypted room for the two of them; a group is no place to talk.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinNewRoom, type AtDesk, type Holding } from '#trial/conversation.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { openChat, takeNext, textsIn } from '#tests/support/steps.ts';

describe('a chat that others could read', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let person: MatrixPerson;
  let other: MatrixPerson;
  let chat: string;
  let held: Holding;

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    [ada, person, other] = await Promise.all([stage.volunteer({ name: 'ada' }), stage.matrixPerson('abel'), stage.matrixPerson('berit')]);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('is answered kindly when it is not encrypted, and goes on in a new room that is', async () => {
    const open = await person.startChat(stage.frontBot, 'unencrypted');
    await person.waitForRoom((room) => room.roomId === open && room.joined.includes(stage.frontBot));
    await person.say(open, 'I did not know about encryption.');
    await person.waitForText(open, 'This room is not encrypted, so others could read along.');
    chat = (await joinNewRoom(person, stage.frontBot, [])).roomId;
    const words = await person.waitForText(chat, 'Here we can go on. This room is encrypted');
    expect(words.encrypted).toBe('yes');
    await person.say(chat, 'Now in private.');
    await person.waitForText(chat, 'Thank you for writing');
    held = await takeNext(stage, ada, { expects: 'Now in private.' });
    await person.say(open, 'Am I still heard in the old one?');
    await person.say(chat, 'I am here.');
    await ada.person.waitForText(held.room, 'I am here.');
    expect(JSON.stringify(ada.person.seen)).not.toMatch(/about encryption|still heard/);
    expect(textsIn(person, open)).toHaveLength(1);
  });

  it('is left when a third person comes in, and goes on in a new room for the two', async () => {
    const bea = await stage.volunteer({ name: 'bea' });
    const shared = await openChat(stage, other);
    await other.say(shared, 'I would like to bring a friend.');
    const taken = await takeNext(stage, bea, { expects: 'bring a friend' });
    await other.invite(shared, person.userId);
    await person.waitForRoom((room) => room.roomId === shared);
    await person.join(shared);
    await other.waitForText(shared, 'Somebody else is in this room now.');
    const { roomId } = await joinNewRoom(other, stage.frontBot, []);
    await other.waitForText(roomId, 'Here we can go on.');
    await bea.person.say(taken.room, 'This is for you alone.');
    await other.waitForText(roomId, 'This is for you alone.');
    await person.say(shared, 'And who are you?');
    await other.say(shared, 'Said where three can read.');
    await other.say(roomId, 'Good, we are alone.');
    await bea.person.waitForText(taken.room, 'Good, we are alone.');
    expect(JSON.stringify(person.seen)).not.toContain('This is for you alone');
    expect(JSON.stringify(bea.person.seen)).not.toMatch(/who are you|three can read/);
  });

  it('gives nobody else a way into a room that the bot made', async () => {
    await expect(person.invite(chat, other.userId)).rejects.toThrow('M_FORBIDDEN');
  });

  it('is declined when it is a group from the start, with the reason', async () => {
    const group = await person.startGroup([stage.frontBot, other.userId]);
    await person.waitFor(
      ({ roomId, what }) => roomId === group && what.type === 'membership' && what.who === stage.frontBot && what.now === 'leave',
    );
    const left = person.seenWhole.findLast(({ roomId, stateKey }) => roomId === group && stateKey === stage.frontBot);
    expect(left?.content['reason']).toContain('begin a direct chat');
  });
});
