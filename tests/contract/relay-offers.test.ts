// How a case finds its volunteer: offers, their ends, rest, caps, and what holds when two things happen at the same moment.
import { describe, expect, test } from 'vitest';
import type { LaneId } from '#domain/ids.ts';
import { receiveRoomEvent } from '#relay/receive.ts';
import type { FakePerson } from '#tests/support/fake-matrix.ts';
import { chatWriter, coordinatorHere, inRoom, joinLatest, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import type { VolunteerHere } from '#tests/support/world-people.ts';
import { days, hours, minutes, relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';
import { casesOf } from '#tests/support/world-talks.ts';

const phases = async (world: RelayWorld): Promise<readonly string[]> => (await casesOf(world)).map((one) => one.state.phase).toSorted();
const lastHeard = async (vera: VolunteerHere): Promise<string> => (await vera.desk.hears()).at(-1) ?? '';

const asked = async (options: Parameters<typeof relayWorld>[0] = {}) => {
  const world = await relayWorld(options);
  const ada = mailWriter(world);
  await ada.writes('Is anybody there?');
  return { world, ada };
};

describe('an offer', () => {
  test('is passed without a trace, and goes on', async () => {
    const { world } = await asked();
    const vera = await volunteerHere(world, { name: 'vera' });
    const will = await volunteerHere(world, { name: 'will' });
    await vera.desk.says('2');
    expect(await vera.desk.hears()).toContainEqual('All right. Take care of yourself.');
    expect(await lastHeard(will)).toContain('Someone has been waiting');
    expect(await vera.desk.hears()).not.toContainEqual(expect.stringContaining('Someone has been waiting'));
  });

  test('lapses, and is made to the same person again only after they say that they are available', async () => {
    const { world } = await asked();
    const vera = await volunteerHere(world);
    await world.pass(minutes(91));
    expect(await phases(world)).toEqual(['waiting']);
    expect(await lastHeard(vera)).toContain('gone on to someone else');
    await world.pass(hours(2));
    expect(await lastHeard(vera)).toContain('gone on to someone else');
    await vera.desk.says('!available');
    expect(await phases(world)).toEqual(['offered']);
  });

  test('that has lapsed cannot be taken any more, and is answered kindly', async () => {
    const { world } = await asked();
    const vera = await volunteerHere(world);
    const will = await volunteerHere(world, { name: 'will', says: ['!available'] });
    await world.pass(minutes(91));
    await vera.desk.says('1');
    await vera.desk.says('!accept');
    expect((await vera.desk.hears()).slice(-2)).toEqual([
      'There is no question open at this moment.',
      'There is no offer open at this moment.',
    ]);
    await will.desk.says('1');
    expect(await phases(world)).toEqual(['open']);
  });

  test('can be taken by a keycap on it, by the number in reply to it, and by the word', async () => {
    for (const way of ['keycap', 'reply', 'word'] as const) {
      const { world } = await asked();
      const vera = await volunteerHere(world);
      const offer = (await vera.desk.sees()).findLast((seen) => seen.body.includes('Someone has been waiting'))?.eventId ?? '';
      if (way === 'keycap') await vera.desk.reacts(offer, '1️⃣');
      else await vera.desk.says(way === 'reply' ? '1' : 'Accept.', way === 'reply' ? { replyTo: offer } : {});
      expect(await phases(world), way).toEqual(['open']);
    }
  });

  test('is not taken by a number that answers something else', async () => {
    const { world } = await asked();
    const vera = await volunteerHere(world);
    const other = (await vera.desk.sees()).find((seen) => seen.body.includes('Welcome'))?.eventId ?? '';
    await vera.desk.says('1', { replyTo: other });
    expect(await phases(world)).toEqual(['offered']);
  });

  test('leaves the desk with its answer once it is settled', async () => {
    const { world } = await asked();
    const vera = await volunteerHere(world);
    await vera.desk.says('1');
    const seen = await vera.desk.sees();
    expect(seen.filter((each) => each.removed === 'no').map((each) => each.body)).not.toContain('1');
    expect(seen.filter((each) => each.removed === 'no' && each.body.includes('Someone has been waiting'))).toEqual([]);
  });

  test('goes on when they turn off, and when they rest', async () => {
    for (const word of ['!off', '!rest 2d', '!rest']) {
      const { world } = await asked();
      const vera = await volunteerHere(world);
      await vera.desk.says(word);
      expect(await phases(world), word).toEqual(['waiting']);
      await world.pass(hours(3));
      expect(await phases(world), word).toEqual(['waiting']);
    }
  });

  test('ends when they leave their desk; back there they are asked again', async () => {
    const { world } = await asked();
    const vera = await volunteerHere(world);
    await vera.desk.leaves();
    expect(await phases(world)).toEqual(['waiting']);
    const coordinator = await coordinatorHere(world);
    await coordinator.says(`!invite ${vera.person.userId}`);
    expect((await coordinator.hears()).at(-1)).toContain('once more');
    await vera.person.join(vera.desk.roomId);
    await world.settle();
    await world.pass(hours(1));
    await vera.desk.says('!available');
    expect(await lastHeard(vera)).toContain('Someone has been waiting');
    await vera.desk.says('1');
    expect(await phases(world)).toEqual(['open']);
  });

  test('is not made outside what was said: nobody available, wrong language, at the cap', async () => {
    const { world } = await asked();
    const vera = await volunteerHere(world, { says: [] });
    expect(await phases(world)).toEqual(['waiting']);
    await vera.desk.says('!languages de');
    await vera.desk.says('!available');
    expect(await phases(world)).toEqual(['waiting']);
    await vera.desk.says('!languages en de');
    expect(await phases(world)).toEqual(['offered']);
    await vera.takes();
    await mailWriter(world, 'second@writers.example').writes('And me?');
    await world.pass(hours(2));
    expect(await phases(world)).toEqual(['open', 'waiting']);
  });
});

/** Drains these lanes at the same time, as workers do. */
const atOnce = async (world: RelayWorld, lanes: readonly LaneId[], times = 1): Promise<void> => {
  const drains = lanes.flatMap((lane) => Array.from({ length: times }, () => world.drain('core', lane)));
  await Promise.all(drains);
};

describe('at the same moment', () => {
  test('two accept one case: it has exactly one holder', async () => {
    const { world } = await asked();
    const vera = await volunteerHere(world, { name: 'vera' });
    // The offer stands at one desk; the other one answers an offer that lapsed a moment ago.
    const will = await volunteerHere(world, { name: 'will' });
    await world.pass(minutes(91));
    expect(await lastHeard(will)).toContain('Someone has been waiting');
    await vera.person.say(vera.desk.roomId, '!accept');
    await will.person.say(will.desk.roomId, '1');
    await world.desk.settled();
    await atOnce(world, await world.due('core'), 2);
    await world.settle();
    const [one] = await casesOf(world);
    expect(one?.state.phase).toBe('open');
    expect(world.rooms.filter((room) => room.name === one?.pseudonym)).toHaveLength(1);
  });

  test('they accept and the requester ends it: one of the two happened, whole', async () => {
    const { world, ada } = await asked();
    const vera = await volunteerHere(world);
    await vera.person.say(vera.desk.roomId, '1');
    await ada.writes('STOP', { answers: ada.last(), then: 'wait' });
    await world.desk.settled();
    await atOnce(world, await world.due('core'), 2);
    await world.settle();
    expect(await phases(world)).toEqual(['closed']);
    expect(ada.last().mail.text).toContain('This conversation has ended, as you wished');
  });

  test('a hundred acceptances of two cases with one free place: one is theirs, the other waits', async () => {
    const { world } = await asked();
    const vera = await volunteerHere(world);
    await mailWriter(world, 'second@writers.example').writes('And me?');
    const cases = await casesOf(world);
    const { accept } = await import('#relay/answer-offer.ts');
    const { applyCase } = await import('#relay/apply-case.ts');
    const { inUnit } = await import('#relay/unit.ts');
    const record = (await world.parts.records.find({ kind: 'volunteer' })).find((each) => each.value.userId === vera.person.userId);
    const by = record?.value.volunteer.id;
    if (by === undefined) throw new Error('no such volunteer');
    // Both stand as offered to the same person, which matching itself never does.
    for (const one of cases) {
      await inUnit(world.parts, {}, async (unit) => {
        await applyCase(unit, world.parts, { case: one.id, command: { type: 'offer', to: by, availableUntil: null } });
      });
    }
    expect(await phases(world)).toEqual(['offered', 'offered']);
    await Promise.all(
      Array.from({ length: 100 }, (_, at) => {
        const one = cases[at % 2];
        return one === undefined
          ? Promise.resolve([])
          : inUnit(world.parts, {}, (unit) => accept({ unit, parts: world.parts, by }, one.id));
      }),
    );
    await world.settle();
    expect((await phases(world)).filter((phase) => phase === 'open')).toHaveLength(1);
  });

  test('two coordinators invite the same person: they get one desk', async () => {
    const world = await relayWorld();
    const { inviteVolunteer } = await import('#relay/volunteers.ts');
    const { inUnit } = await import('#relay/unit.ts');
    await Promise.all(
      Array.from({ length: 5 }, () => inUnit(world.parts, {}, (unit) => inviteVolunteer(unit, world.parts, '@new:fake.example'))),
    );
    await world.settle();
    expect(world.rooms.filter((room) => room.invited.includes('@new:fake.example'))).toHaveLength(1);
  });

  test('two timers of one kind run: the requester gets one note', async () => {
    const { world, ada } = await asked();
    const { runTimers } = await import('#relay/run-timers.ts');
    await world.pass(hours(24) - 1);
    const before = ada.got().length;
    const moved = world.now() + 1;
    world.at(moved);
    await Promise.all([runTimers(world.parts), runTimers(world.parts), runTimers(world.parts)]);
    await world.settle();
    expect(ada.got().length - before).toBe(1);
    expect(ada.last().mail.text).toContain('We have not forgotten you');
  });
});

describe('waiting', () => {
  test('one honest note after a day, one after each further week, and an end after eight weeks', async () => {
    const { world, ada } = await asked();
    await world.pass(days(1));
    expect(ada.texts().at(-1)).toContain('We have not forgotten you');
    await world.pass(days(14));
    expect(ada.texts().filter((text) => text.includes('We are sorry that it takes this long'))).toHaveLength(2);
    await world.pass(days(45));
    expect(ada.texts().at(-1)).toContain('We end the waiting here');
    expect(await phases(world)).toEqual(['closed']);
  });

  test('a coordinator sees that nobody is free, and never for whom', async () => {
    const { world } = await asked();
    const coordinator = await coordinatorHere(world);
    await world.pass(days(1));
    const heard = (await coordinator.hears()).at(-1) ?? '';
    expect(heard).toContain('no free match');
    const [one] = await casesOf(world);
    expect(heard).not.toContain(one?.pseudonym);
  });

  test('a coordinator who rests is left in peace', async () => {
    const { world } = await asked();
    const coordinator = await coordinatorHere(world);
    await coordinator.says('!rest');
    const before = (await coordinator.hears()).length;
    await world.pass(days(2));
    expect(await coordinator.hears()).toHaveLength(before);
  });
});

describe('a desk', () => {
  test('that cannot be made is told to whoever invited, and can be tried again', async () => {
    const world = await relayWorld();
    const coordinator = await coordinatorHere(world);
    const person = await world.matrix.person('late');
    const create = world.desk.createRoom;
    world.desk.createRoom = async () => ({ outcome: 'refused', code: 'M_FORBIDDEN' });
    await coordinator.says(`!invite ${person.userId}`);
    expect(await coordinator.hears()).toContainEqual(expect.stringContaining('I could not invite them'));
    world.faults();
    world.desk.createRoom = create;
    await coordinator.says(`!invite ${person.userId}`);
    const desk = await joinLatest(world, person);
    expect(await desk.hears()).toContainEqual(expect.stringContaining('Welcome'));
    await desk.says('!available');
    expect((await desk.hears()).at(-1)).toContain('You are available until');
  });

  test('somebody who is in it before the relay knows its id is welcomed all the same', async () => {
    const world = await relayWorld();
    const person = await world.matrix.person('quick');
    const coordinator = await coordinatorHere(world);
    const create = world.desk.createRoom.bind(world.desk);
    // The room is there and they have joined and written, before the bot has its answer.
    let roomId = '';
    world.desk.createRoom = async (op) => {
      const made = await create(op);
      if (made.outcome === 'made' && roomId === '') {
        ({ roomId } = made);
        await person.join(roomId);
        await person.say(roomId, '!available');
        await world.desk.settled();
        for (const lane of await world.due('core')) await world.drain('core', lane);
      }
      return made;
    };
    await coordinator.says(`!invite ${person.userId}`);
    await world.pass(minutes(1));
    const heard = await inRoom(world, { person, roomId }).hears();
    expect(heard).toContainEqual(expect.stringContaining('Welcome'));
    expect(heard).toContainEqual(expect.stringContaining('You are available until'));
  });

  test('somebody whose coming was never seen is found there', async () => {
    const world = await relayWorld();
    const person = await world.matrix.person('unseen');
    const coordinator = await coordinatorHere(world);
    const create = world.desk.createRoom;
    let roomId = '';
    world.desk.createRoom = async (op) => {
      const made = await create(op);
      if (made.outcome === 'made' && roomId === '') {
        ({ roomId } = made);
        await person.join(roomId);
        await world.desk.settled();
        // The answer takes longer than anybody looks for the room of what was seen.
        world.at(world.now() + minutes(11));
        for (const lane of await world.due('core')) await world.drain('core', lane);
      }
      return made;
    };
    await coordinator.says(`!invite ${person.userId}`);
    await world.pass(minutes(1));
    expect(await inRoom(world, { person, roomId }).hears()).toContainEqual(expect.stringContaining('Welcome'));
  });
});

describe('a volunteer’s unsigned device', () => {
  test('keeps a person’s words back, is told of, and is noticed when it is mended', async () => {
    const { world, ada } = await asked();
    const vera = await volunteerHere(world);
    const room = await vera.takes();
    vera.person.addDevice();
    await ada.writes('Not for every device.', { answers: ada.last() });
    await world.pass(minutes(1));
    expect(await room.hears()).not.toContain('Not for every device.');
    expect((await room.hears()).at(-1)).toContain('One of your devices is not verified');
    expect((await vera.desk.hears()).some((heard) => heard.includes('All your devices are verified'))).toBe(false);
    await mailWriter(world, 'second@writers.example').writes('And me?');
    await vera.desk.says('!available');
    expect(await lastHeard(vera)).toContain('not verified');
    vera.person.verifyDevice();
    await world.pass(minutes(6));
    expect(await room.hears()).toContain('Not for every device.');
    expect(await lastHeard(vera)).toContain('All your devices are verified now');
    await vera.desk.says('!available');
    expect(await lastHeard(vera)).toContain('You are available until');
  });

  const saysFromUnsigned = async (
    world: RelayWorld,
    { person, roomId, key }: { readonly person: FakePerson; readonly roomId: string; readonly key: string },
  ): Promise<void> => {
    await receiveRoomEvent(world.parts, {
      bot: 'desk',
      event: {
        key,
        roomId,
        sender: person.userId,
        senderName: null,
        at: world.now(),
        device: 'unsigned',
        what: { type: 'unreadable', eventId: `$${key}`, why: 'unsigned-device' },
      },
    });
    await world.settle();
  };

  test('that is their only one: the desk’s topic says what to do; once it is signed, one word says that all is well', async () => {
    const world = await relayWorld();
    const coordinator = await coordinatorHere(world);
    const person = await world.matrix.person('uwe', 'unsigned');
    await coordinator.says(`!invite ${person.userId}`);
    const desk = await joinLatest(world, person);
    expect(world.rooms.find(({ roomId }) => roomId === desk.roomId)?.topic).toMatch(/If it stays silent, your device is not verified yet/u);
    await saysFromUnsigned(world, { person, roomId: desk.roomId, key: 'u:1' });
    expect(await desk.hears()).toEqual([]);
    person.verifyDevice();
    await world.pass(minutes(6));
    const told = (await desk.hears()).filter((heard) => heard.includes('verified'));
    expect(told).toEqual([expect.stringMatching(/All your devices are verified now.*please say it again/u)]);
  });

  test('that they write with is not read; each time they are told so on the signed ones, and what to do', async () => {
    const world = await relayWorld();
    const vera = await volunteerHere(world, { says: [] });
    const saysFromIt = (key: string): Promise<void> => saysFromUnsigned(world, { person: vera.person, roomId: vera.desk.roomId, key });
    const answers = async () => (await vera.desk.hears()).filter((heard) => heard.includes('so I did not use it'));
    vera.person.addDevice();
    await saysFromIt('u:1');
    expect(await lastHeard(vera)).toContain('verify that device or remove it. Then please say it again.');
    await saysFromIt('u:2');
    expect(await answers()).toHaveLength(2);
    vera.person.verifyDevice();
    await world.pass(minutes(6));
    expect(await lastHeard(vera)).toContain('All your devices are verified now');
  });
});

test('a volunteer who asks for support themselves is never offered their own case', async () => {
  const world = await relayWorld();
  const vera = await volunteerHere(world, { says: ['!available'] });
  const roomId = await vera.person.chatWith(world.front.userId, 'encrypted');
  await world.settle();
  await inRoom(world, { person: vera.person, roomId }).says('Now it is me who needs somebody.');
  await world.pass(hours(3));
  expect(await phases(world)).toEqual(['waiting']);
  const will = await volunteerHere(world, { name: 'will' });
  expect(await lastHeard(will)).toContain('Someone has been waiting');
});

describe('an answer that points at a question whose id nobody here knows yet', () => {
  /** The homeserver takes the offer, and what it says of it is lost once: the next try gets the same event. */
  const loseAnswerToOffer = (world: RelayWorld): void => {
    const { post } = world.desk;
    let lost = 0;
    world.desk.post = async (op) => {
      const outcome = await post(op);
      if (lost > 0 || !op.body.includes('Someone has been waiting')) return outcome;
      lost += 1;
      return { outcome: 'later', afterMs: 20_000, code: 'unreachable' };
    };
  };

  test.each(['reaction', 'reply'] as const)('counts all the same (%s)', async (how) => {
    const world = await relayWorld();
    const vera = await volunteerHere(world);
    loseAnswerToOffer(world);
    const cy = await chatWriter(world);
    await cy.chat.says('Hello.');
    const offer = (await vera.desk.sees()).find((seen) => seen.body.includes('Someone has been waiting'));
    if (offer === undefined) throw new Error('nothing was offered');
    const rooms = world.rooms.length;
    if (how === 'reaction') await vera.desk.reacts(offer.eventId, '1️⃣');
    else await vera.desk.says('1', { replyTo: offer.eventId });
    expect(world.rooms.length).toBe(rooms);
    await world.pass(minutes(1));
    expect(world.rooms.length).toBe(rooms + 1);
    expect(await vera.desk.hears()).toContainEqual(expect.stringContaining('opens now'));
  });
});
