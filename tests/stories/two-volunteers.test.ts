// An offer goes from one volunteer to the next, whoever answers when, and never ends in two rooms.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextOffer, type AtDesk, type Offered } from '#trial/conversation.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { atTheDesk, mark, spans, textsIn } from '#tests/support/steps.ts';

const asking = 'Someone has been waiting';

describe('two volunteers are free', { timeout: 60_000 }, () => {
  let stage: Stage;
  let desks: readonly [AtDesk, AtDesk];
  let first: Offered;
  let second: AtDesk;

  const offersAt = (at: AtDesk): number => textsIn(at.person, at.desk).filter((text) => text.startsWith(asking)).length;
  const caseRoomsOf = async (at: AtDesk): Promise<number> => (await at.person.rooms()).filter((room) => room.roomId !== at.desk).length;
  /** Somebody else writes. Resolves to the first answer. */
  const write = async (name: string): Promise<string> => {
    const person = await stage.mailPerson(name);
    await person.write({ to: stage.supportAddress, subject: 'tired', text: 'I am at my end with this project.' });
    return (await person.nextMail()).text;
  };

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    desks = await Promise.all([stage.volunteer({ name: 'ada' }), stage.volunteer({ name: 'bea' })]);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('asks one of them, and the other when no answer came in time', async () => {
    expect(await write('ines')).toContain('That can take a day or more.');
    first = await nextOffer(desks);
    second = desks[0] === first.at ? desks[1] : desks[0];
    expect(offersAt(second)).toBe(0);
    expect(await atTheDesk(stage.coordinator, { says: '!board', hears: 'Waiting' })).toBe('Waiting for a minute or so, being offered');
    await stage.later(91 * spans.minute);
    await second.person.waitForText(second.desk, asking);
    await first.at.person.waitForText(first.at.desk, 'The offer has gone on to someone else');
  });

  it('makes one room when both say yes at once, and tells the other kindly', async () => {
    const offer = await second.person.waitForText(second.desk, asking);
    const from = mark(first.at.person);
    await Promise.all([
      first.at.person.react(first.at.desk, first.offer.eventId, '1️⃣'),
      first.at.person.say(first.at.desk, '!accept'),
      second.person.react(second.desk, offer.eventId, '1️⃣'),
      second.person.say(second.desk, '!accept'),
    ]);
    const room = await second.person.waitForRoom((one) => one.membership === 'invite');
    await second.person.join(room.roomId);
    await second.person.waitForText(room.roomId, 'Read it when you are ready');
    await first.at.person.waitForText(first.at.desk, 'There is no offer open at this moment', from);
    expect(await atTheDesk(stage.coordinator, { says: '!board', hears: 'open' })).toBe('Nobody is waiting.\nOne conversation is open');
    expect(await caseRoomsOf(second)).toBe(1);
    expect(await caseRoomsOf(first.at)).toBe(0);
  });

  it('lets an offer go when availability ends, and asks again after the next !available and an hour', async () => {
    const { at } = first;
    await write('jana');
    await at.person.waitForText(at.desk, asking, { after: first.offer });
    await atTheDesk(at, { says: '!available until in 30 minutes', hears: 'You are available until' });
    const from = mark(at.person);
    await stage.later(31 * spans.minute);
    await at.person.waitForText(at.desk, 'The offer has gone on to someone else', from);
    expect(await atTheDesk(stage.coordinator, { says: '!board', hears: 'Waiting' })).toContain('Nobody is available at this moment.');
    await atTheDesk(at, { says: '!available', hears: 'You are available until' });
    const again = mark(at.person);
    await stage.later(31 * spans.minute);
    await at.person.waitForText(at.desk, asking, again);
  });

  it('lets it go with !off, and with !rest', async () => {
    const { at } = first;
    for (const [says, hears] of [
      ['!off', 'You are off. The offer goes on to someone else.'],
      ['!rest 2d', 'Nothing comes through until'],
    ] as const) {
      const offers = offersAt(at);
      const before = at.person.seen.length;
      await atTheDesk(at, { says, hears });
      await atTheDesk(at, { says: '!available', hears: 'You are available until' });
      // One act, one answer.
      const said = at.person.seen.slice(before).filter(({ what }) => what.type === 'text');
      expect(said).toHaveLength(2);
      await stage.later(spans.hour);
      await at.person.waitFor(() => offersAt(at) === offers + 1);
    }
  });

  it('takes !pass without a reason, and never asks about that one again', async () => {
    const { at } = first;
    await atTheDesk(at, { says: 'pass', hears: 'All right. Take care of yourself.' });
    const offers = offersAt(at);
    await stage.later(spans.hour);
    await atTheDesk(at, { says: '!available', hears: 'You are available until' });
    const from = mark(at.person);
    await write('kira');
    const offer = await at.person.waitForText(at.desk, asking, from);
    await at.person.react(at.desk, offer.eventId, '1️⃣');
    await at.person.waitForRoom((room) => room.membership === 'invite');
    expect(offersAt(at)).toBe(offers + 1);
    expect(await atTheDesk(stage.coordinator, { says: '!board', hears: 'open' })).toMatch(
      /^Waiting since .*\n2 conversations are open\nNobody is available/,
    );
  });

  it('tells whoever writes then that nobody is free, since both hold as many conversations as fit', async () => {
    expect(await write('lina')).toContain('At this moment nobody is free.');
  });
});
