// The process dies between any two steps, and nobody notices: every message at the other end once, in order, nothing left behind.
// And what else goes wrong with a store: leases lost in the middle, storms of conflicts, lanes swept away under one's feet, faults.
import { describe, expect, test } from 'vitest';
import { instant } from '#domain/ids.ts';
import { inUnit } from '#relay/unit.ts';
import { StoreFault } from '#store/fault.ts';
import { chatWriter, joinLatest, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { hours, minutes, relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';
import { mortalStore } from '#tests/support/mortal-store.ts';
import { until } from '#tests/support/until.ts';
import { talkByChat, talkByMail } from '#tests/support/world-talks.ts';

interface Told {
  readonly ada: readonly string[];
  readonly cy: readonly string[];
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** Two conversations with everything in them that has several steps. */
const conversations = async (world: RelayWorld): Promise<Told> => {
  const ada = mailWriter(world);
  const cy = await chatWriter(world);
  await ada.writes('By mail, one.');
  await cy.chat.says('By chat, one.');
  await cy.chat.says('By chat, two.');
  const vera = await volunteerHere(world, { name: 'vera', says: ['!alias River', '!available'] });
  // What a death has cut off is taken up again within seconds.
  await world.pass(10_000);
  const room = await vera.takes();
  await room.says('To the first.');
  const line = await room.says('To be changed.');
  await room.edits(line, 'Changed.');
  await world.pass(minutes(2));
  await ada.writes('By mail, two.', { answers: ada.last() });
  const will = await volunteerHere(world, { name: 'will', says: ['!alias Maple', '!available'] });
  await world.pass(minutes(2));
  const second = await will.takes();
  await second.says('To the second.');
  await second.says('!send');
  await world.pass(minutes(2));
  await cy.chat.says('By chat, three.');
  await ada.writes('By mail, three.', { answers: ada.last() });
  await second.says('!stepback');
  await vera.desk.says('!off');
  await world.pass(hours(2));
  return {
    ada: once(ada.got().map((each) => [each.mail.messageId, each.mail.text] as const)),
    cy: await cy.chat.hears(),
    first: await room.hears(),
    second: await second.hears(),
  };
};

/** SMTP can deliver twice; the same Message-ID is the same mail. */
const once = (mails: readonly (readonly [string, string])[]): readonly string[] => [...new Map(mails).values()];

/** Ids and codes differ from run to run; a pseudonym is drawn. */
const plain = (told: Told): Told => {
  const each = (texts: readonly string[]): readonly string[] =>
    texts.map((text) => text.replace(/This is [A-Z][a-z]+ [A-Z][a-z]+\./u, 'This is somebody.'));
  return { ada: each(told.ada), cy: each(told.cy), first: each(told.first), second: each(told.second) };
};

describe('killed between two steps', { timeout: 30_000 }, () => {
  const stride = 11;
  test.each(['before', 'after'] as const)('%s each commit', async (when) => {
    const untouched = plain(await conversations(await relayWorld()));
    expect(untouched.ada).toContainEqual(expect.stringContaining('Changed.'));
    expect(untouched.cy).toContain('To the second.');
    expect(untouched.second).toContain('By chat, three.');
    let deaths = 0;
    for (let offset = 0; offset < stride; offset += 1) {
      const mortal = mortalStore({ dies: (commit) => (commit % stride === offset ? when : 'lives') });
      const world = await relayWorld({ store: mortal.wrap, restart: mortal.restart });
      expect(plain(await conversations(world)), `dead ${when} every ${stride}th commit from ${offset}`).toEqual(untouched);
      world.faults();
      deaths += mortal.deaths();
    }
    expect(deaths).toBeGreaterThan(100);
  });
});

describe('a lease', () => {
  test('that is lost in the middle of a sending: who has the lane now sends, and it arrives once', async () => {
    const { world, cy, room } = await talkByChat();
    const post = world.front.post;
    let taken = 0;
    world.front.post = async (op) => {
      const outcome = await post(op);
      if (op.body === 'Once.' && taken === 0) {
        taken += 1;
        await world.store.dropLeases();
      }
      return outcome;
    };
    const line = await room.says('Once.');
    await world.pass(minutes(5));
    expect(taken).toBe(1);
    expect((await cy.chat.hears()).filter((heard) => heard === 'Once.')).toHaveLength(1);
    expect((await room.marks(line)).at(-1)).toBe('✅');
  });

  test('that is lost while a message is placed: it is placed once', async () => {
    const lost = { times: 0 };
    const world = await relayWorld({
      store: (store) => ({
        ...store,
        async commit(plan) {
          if (lost.times > 0 && plan.lease !== undefined && plan.writes.some((write) => write.write === 'inbox-change')) {
            lost.times -= 1;
            await store.dropLeases();
          }
          return store.commit(plan);
        },
      }),
    });
    const ada = mailWriter(world);
    lost.times = 1;
    await ada.writes('Hello.');
    expect(await world.parts.records.find({ kind: 'message' })).toHaveLength(1);
    expect(ada.got()).toHaveLength(1);
    expect(world.faults()).toEqual([]);
  });

  test('is renewed as long as a server takes its time', async () => {
    const { holdLane } = await import('#relay/hold-lane.ts');
    const world = await relayWorld();
    await mailWriter(world).writes('Hello.', { then: 'wait' });
    const [lane] = await world.due('core');
    if (lane === undefined) throw new Error('nothing is due');
    const began = world.now();
    await holdLane(world.parts, { lane, holder: 'one', leaseMs: 60 }, async () => {
      world.at(began + 50);
      // Without a renewal it would be anybody's from 60 on.
      await until('it is renewed', async () => (await world.store.dueLanes('core', instant(began + 100), 10)).length === 0, {
        deadlineMs: 3_000,
      });
    });
    expect(await world.due('core')).toEqual([lane]);
  });
});

describe('a storm of conflicts', () => {
  test('ends with everything done once', async () => {
    const storm = { left: 0 };
    const world = await relayWorld({
      store: (store) => ({
        ...store,
        async commit(plan) {
          const hit = storm.left > 0 && plan.writes.length > 0;
          if (hit) storm.left -= 1;
          return hit ? { outcome: 'conflict' } : store.commit(plan);
        },
      }),
    });
    const ada = mailWriter(world);
    storm.left = 40;
    await ada.writes('Through a storm.');
    expect(storm.left).toBe(0);
    expect(ada.got()).toHaveLength(1);
    expect(await world.parts.records.find({ kind: 'message' })).toHaveLength(1);
  });

  test('over something that one takes away and another adds to: nothing that was added is lost', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('Hello.');
    await ada.writes('Held.', { proof: 'nothing none' });
    const [question] = await world.parts.records.find({ kind: 'question' });
    if (question === undefined) throw new Error('nothing is asked');
    let seen: readonly string[] = [];
    let attempts = 0;
    await inUnit(world.parts, {}, async (unit) => {
      const loaded = await unit.load('question', question.id);
      attempts += 1;
      if (attempts === 1) {
        await inUnit(world.parts, {}, async (other) =>
          other.put('question', { ...question, value: { ...question.value, held: [...question.value.held, 'one more'] } }),
        );
      }
      seen = loaded?.value.held ?? [];
      unit.drop('question', question.id);
    });
    expect(seen).toContain('one more');
  });

  test('of many writers to one case: each message is kept, in each one’s order', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('Zero.');
    const token = ada.last();
    // From the same person's many addresses, say: each is a lane of its own and all go to one case.
    const lanes = Array.from({ length: 30 }, (_, at) => `m${at}`);
    for (const name of lanes)
      await ada.writes(`From ${name}.`, { answers: token, from: 'ada@writers.example', headers: [`X-Lane: ${name}`], then: 'wait' });
    await Promise.all((await world.due('core')).flatMap((lane) => [world.drain('core', lane), world.drain('core', lane)]));
    await world.settle();
    const [one] = await world.parts.records.find({ kind: 'case' });
    expect(one?.value.unshown).toHaveLength(31);
  });

  test('a lane that was swept away under one’s feet is made anew', async () => {
    const gone = { times: 0 };
    const world = await relayWorld({
      store: (store) => ({
        ...store,
        async commit(plan) {
          if (gone.times > 0 && plan.writes.some((write) => write.write === 'outbox-add' || write.write === 'inbox-add')) {
            gone.times -= 1;
            throw new StoreFault('unknown-lane');
          }
          return store.commit(plan);
        },
      }),
    });
    const ada = mailWriter(world);
    gone.times = 2;
    await ada.writes('Hello.');
    expect(gone.times).toBe(0);
    expect(ada.got()).toHaveLength(1);
    expect(world.faults()).toEqual([]);
  });
});

describe('a fault of ours', () => {
  test('on one message: tried again, then set aside, and its sender is told; what comes after goes on', async () => {
    const world = await relayWorld();
    const clean = world.parts.clean;
    const breaking = {
      ...world.parts,
      clean: ((request) => (request.text.includes('poison') ? broken() : clean(request))) satisfies typeof clean,
    };
    Object.assign(world.parts, { clean: breaking.clean });
    const ada = mailWriter(world);
    await ada.writes('This is poison.');
    await ada.writes('This is not.', { subject: 'another' });
    await world.pass(minutes(10));
    expect(world.faults()).toHaveLength(6);
    expect(ada.texts()).toContainEqual(expect.stringContaining('Something broke on our side'));
    expect(await world.parts.records.find({ kind: 'message' })).toHaveLength(1);
    expect((await world.store.counts(world.now())).inboxByState).toMatchObject({ quarantined: 1, received: 0 });
  });

  test('on one row that goes out: it pauses its own lane alone, and after a day its author is told', async () => {
    const { world, cy, room } = await talkByChat();
    const post = world.front.post;
    world.front.post = async (op) => (op.body === 'Poison.' ? broken() : post(op));
    await room.says('Poison.');
    await room.says('After it.');
    await world.pass(minutes(10));
    expect(await cy.chat.hears()).not.toContain('After it.');
    await world.pass(hours(25));
    expect(world.faults().length).toBeLessThan(400);
    expect(await cy.chat.hears()).toContain('After it.');
    expect(await room.hears()).toContainEqual(expect.stringContaining('could not be delivered'));
  });

  test('in a timer: it is tried again later and holds up no other', async () => {
    const broke = { timer: true };
    const world = await relayWorld({
      store: (store) => ({
        ...store,
        async commit(plan) {
          const runs = plan.writes.some((write) => write.write === 'timer-drop' && write.id.startsWith('case-wait-note'));
          return broke.timer && runs ? broken() : store.commit(plan);
        },
      }),
    });
    const [ada, bea] = [mailWriter(world), mailWriter(world, 'bea@writers.example')];
    await ada.writes('One.');
    await bea.writes('Two.');
    await world.pass(hours(24));
    broke.timer = false;
    expect(world.faults().length).toBeGreaterThan(0);
    await world.pass(minutes(5));
    for (const writer of [ada, bea]) expect(writer.texts().filter((text) => text.includes('We have not forgotten you'))).toHaveLength(1);
  });
});

const broken = (): never => {
  throw new Error('broken');
};

test('a homeserver that is away delays its own rooms alone, and nothing is lost', async () => {
  const world = await relayWorld();
  const [ada, cy] = [mailWriter(world), await chatWriter(world)];
  await ada.writes('By mail.');
  const vera = await volunteerHere(world);
  const room = await vera.takes();
  await room.says('Hello.');
  world.desk.goAway('unreachable');
  world.front.goAway('unreachable');
  await cy.chat.says('By chat.');
  await world.pass(minutes(30));
  expect(ada.texts().at(-1)).toContain('Hello.');
  expect(await cy.chat.hears()).toEqual([]);
  await ada.writes('While it is away.', { answers: ada.last() });
  world.desk.comeBack();
  world.front.comeBack();
  await world.pass(minutes(10));
  expect((await room.hears()).at(-1)).toBe('While it is away.');
  expect((await cy.chat.hears()).at(-1)).toContain('Thank you for writing');
});

test('a mail server that is away, then unsure, then well again', async () => {
  const { world, ada, vera, room } = await talkByMail();
  world.sender.stuck({ outcome: 'later', code: 'unreachable' });
  const line = await room.says('Take your time.');
  await world.pass(hours(1));
  world.sender.stuck(null);
  world.sender.next({ outcome: 'unsure', code: 'lost' });
  await world.pass(minutes(10));
  expect((await room.marks(line)).at(-1)).toBe('❔');
  expect((await room.hears()).at(-1)).toContain('I cannot tell whether');
  await world.pass(minutes(15));
  expect((await room.marks(line)).at(-1)).toBe('✅');
  const sent = ada.got().filter((each) => each.mail.text.includes('Take your time'));
  expect(new Set(sent.map((each) => each.mail.messageId)).size).toBe(1);
  expect(sent).toHaveLength(2);
  await joinLatest(world, vera.person);
});
