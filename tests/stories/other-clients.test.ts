// Another implementation of Matrix at both ends, and a requester who never verified a device.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { atTheDesk, inCaseRoom, openChat, seesMark, takeNext } from '#tests/support/steps.ts';

describe('with other Matrix clients', { timeout: 60_000 }, () => {
  let stage: Stage;
  let nio: AtDesk;
  let asks: MatrixPerson;
  let chat: string;
  let held: Holding;

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    [nio, asks] = await Promise.all([
      stage.volunteer({ name: 'ada', client: 'nio' }),
      stage.matrixPerson('yrsa', { client: 'nio', device: 'unsigned' }),
    ]);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('a requester who never verified anything is answered and heard', async () => {
    chat = await openChat(stage, asks);
    const event = await asks.say(chat, 'I only have this old client.');
    await asks.waitForText(chat, 'Thank you for writing');
    await seesMark(asks, { event, symbol: '✅' });
  });

  it('a volunteer with matrix-nio takes the offer, opens it, and talks', async () => {
    held = await takeNext(stage, nio, { expects: 'I only have this old client.' });
    const line = await nio.person.say(held.room, 'It works, I can read you.');
    const heard = await asks.waitForText(chat, 'It works, I can read you.');
    expect(heard.encrypted).toBe('yes');
    await seesMark(nio.person, { event: line, symbol: '✅' });
    const answer = await asks.say(chat, 'Then I go on.');
    const seen = await nio.person.waitForText(held.room, 'Then I go on.');
    expect(seen.encrypted).toBe('yes');
    await asks.edit(chat, answer, 'Then I shall go on.');
    await nio.person.waitFor(({ what }) => what.type === 'edit' && what.of === seen.eventId && what.body === 'Then I shall go on.');
    await nio.person.edit(held.room, line, 'It works: I can read you.');
    await asks.waitFor(({ what }) => what.type === 'edit' && what.of === heard.eventId);
    await asks.remove(chat, answer);
    await nio.person.waitFor(({ what }) => what.type === 'removal' && what.of === seen.eventId);
  });

  it('commands and their answers work there as well', async () => {
    await inCaseRoom(held, { says: '!note the old client matters to them', hears: 'Kept here' });
    expect(await atTheDesk(nio, { says: '!me', hears: 'Only you see this' })).toContain('One open conversation');
    await inCaseRoom(held, { says: '!close', hears: '1 close it' });
    await inCaseRoom(held, { says: '1', hears: 'It is closed' });
    await asks.waitForText(chat, 'come to its end');
  });
});
