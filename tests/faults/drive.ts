// One run: a whole stack, people who write from both sides, everything killed and wiped meanwhile, and the verdict at the end.
import { setTimeout as pause } from 'node:timers/promises';
import { startStack } from '#trial/stack.ts';
import { homeserverProxy, type HomeserverProxy } from '#tests/support/homeserver-proxy.ts';
import { seededBy, type Seeded } from '#tests/support/seeded.ts';
import { setStage, type Stage } from '#tests/support/stage.ts';
import { until } from '#tests/support/until.ts';
import { compare, type FoundFault, type Place } from './compare.ts';
import { newJournal, timeline, type Journal } from './journal.ts';
import { lateLines } from './late.ts';
import { lineText, type Way, type WrittenLine } from './lines.ts';
import { servers as serverNames, volunteerNames, type RunPlan, type ServerName } from './plan.ts';
import { killedRelay, type KilledRelay } from './relay-kills.ts';
import { chatRequester, mailRequester, type Requester } from './requesters.ts';
import { killableServers, type Servers } from './servers.ts';
import { startVolunteer, type Volunteer } from './volunteer.ts';

export interface RunResult {
  readonly seed: number;
  readonly messages: number;
  readonly seconds: number;
  readonly relayKills: number;
  readonly atPoints: Readonly<Record<string, number>>;
  readonly failedStarts: number;
  readonly longestStartMs: number;
  readonly serverKills: Readonly<Record<ServerName, number>>;
  readonly homeserverKilledInCreateRoom: number;
  readonly wipes: number;
  readonly answersCut: number;
  readonly newDevices: number;
  readonly conversations: number;
  /** SMTP's honest exception. */
  readonly sameMailAgain: number;
  readonly unsureMails: number;
  readonly late: number;
  /** ms from a line's writing to its arrival. */
  readonly median: number;
  readonly longest: number;
  readonly faults: readonly FoundFault[];
  /** A few lines for each fault. */
  readonly timelines: readonly (readonly string[])[];
}

/** The part of the lines that is written while everything is killed; the others go while Redis is away. */
const stormShare = 0.75;
const limits = { newVolunteerDays: 0, offerRestMinutes: 0, unsureAgainMinutes: 1 };
/** From when on, while Redis is away, nothing else is killed any more. */
const calmAfterMs = 22_000;
const longestAwayMs = 4_000;
const heldWithinMs = 60_000;
const answersCutOneIn = 150;
const timelinesShown = 12;

interface Conversation {
  readonly number: number;
  readonly requester: Requester;
  readonly lines: number;
}

interface World {
  readonly plan: RunPlan;
  readonly chance: Seeded;
  readonly journal: Journal;
  readonly stage: Stage;
  readonly servers: Servers;
  readonly relay: KilledRelay;
  readonly volunteers: readonly Volunteer[];
  readonly conversations: Conversation[];
  readonly written: WrittenLine[];
  readonly ending: AsyncDisposableStack;
  /** From 0 to 1: how much of the run is done. */
  progress: number;
  newDevices: number;
  /** ms since 1970: since when nothing is killed any more. */
  overAt: number | null;
}

/** `tell`: what happens, as it happens. `judged`: the result, before the servers are ended. */
export const drive = async (
  plan: RunPlan,
  of: { readonly tell?: (line: string) => void; readonly judged?: (result: RunResult) => void } = {},
): Promise<RunResult> => {
  const { tell = () => undefined } = of;
  const began = Date.now();
  await using ending = new AsyncDisposableStack();
  const chance = seededBy(plan.seed);
  const journal = newJournal(tell);
  const stack = ending.use(await startStack());
  const proxy = ending.use(await homeserverProxy(stack.addresses.matrix.baseUrl));
  const killInitAfter = [500 + chance.below(1_500), 800 + chance.below(2_500)];
  const stage = ending.use(await setStage({ stack, limits, killInitAfter, homeserverOfRelay: proxy.url }));
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const volunteers = await Promise.all(
    volunteerNames.map(async (name) => {
      const says = [
        ['!cap 3', '3'],
        ['!available', 'You are available until'],
      ] as const;
      const at = await stage.volunteer({ name, says });
      return ending.use(startVolunteer(stage, { at, ending, failed: failure.reject }));
    }),
  );
  const world: World = {
    plan,
    chance,
    journal,
    stage,
    volunteers,
    ending,
    servers: killableServers(stack, journal),
    relay: killedRelay(stage.relay, journal),
    conversations: [],
    written: [],
    progress: 0,
    newDevices: 0,
    overAt: null,
  };
  const line = watchedLine(world, proxy);
  try {
    await Promise.race([failure.promise, play(world, line)]);
  } catch (fault) {
    // Before anything else ends because of it.
    tell(`it did not come to its end: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`);
    tell(await stateOf(world));
    throw fault;
  }
  const result = await judged(world, { began, cut: line.cut(), inCreateRoom: line.inCreateRoom() });
  of.judged?.(result);
  return result;
};

/** For whoever wants to know why a run did not come to its end. */
const stateOf = async (world: World): Promise<string> => {
  const standing = world.conversations.map(
    ({ number, requester }) =>
      `conversation ${number} (${requester.channel}): written in ${countOf(world, { number, way: 'in' })}, out ${countOf(world, { number, way: 'out' })}; held by ${holderOf(world, number)?.at.name ?? 'nobody'}`,
  );
  const rooms = await Promise.all(
    world.volunteers.map(async ({ at }) => {
      const atDesk = at.person.seen.filter(({ roomId }) => roomId === at.desk).slice(-6);
      const own = await at.person.rooms().catch(() => []);
      return [
        `${at.name}: ${own.map(({ roomId, membership, name }) => `${roomId} ${membership} ${name}`).join(', ')}`,
        ...atDesk.map(({ at: when, what }) => `  at the desk ${new Date(when).toISOString()} ${JSON.stringify(what)}`),
      ].join('\n');
    }),
  );
  const status = await world.stage.relay.hearken('status');
  return [status.out, ...standing, ...rooms, ...world.stage.relay.log.slice(-60)].join('\n');
};

interface WatchedLine {
  /** The homeserver is killed within the next createRoom of the relay. */
  killInCreateRoom(): void;
  loseAnswers(often: 'now and then' | 'never'): void;
  inCreateRoom(): number;
  cut(): number;
}

/** What can be done to what goes between the relay and its homeserver. */
const watchedLine = ({ chance, servers, journal }: World, proxy: HomeserverProxy): WatchedLine => {
  let armed: 'armed' | 'off' = 'off';
  let losing: 'now and then' | 'never' = 'never';
  let [inCreateRoom, cut] = [0, 0];
  proxy.fault(({ method, path }) => {
    if (method === 'POST' && path.includes('/createRoom') && armed === 'armed') {
      armed = 'off';
      inCreateRoom += 1;
      journal.note('the relay asks for a room, and its homeserver is about to be killed');
      setTimeout(() => void servers.kill('the homeserver', 200), chance.below(120));
    }
    const changes = method === 'PUT' || path.includes('/createRoom');
    if (!changes || losing === 'never' || chance.below(answersCutOneIn) !== 0) return null;
    cut += 1;
    journal.note('an answer of the homeserver is lost');
    return 'cut';
  });
  return {
    killInCreateRoom: () => void (armed = 'armed'),
    loseAnswers: (often) => void (losing = often),
    inCreateRoom: () => inCreateRoom,
    cut: () => cut,
  };
};

const play = async (world: World, line: WatchedLine): Promise<void> => {
  const { plan, servers } = world;
  const share = Math.floor(plan.messages / 2 / (plan.conversations + plan.newcomers / 3));
  // Whose conversation begins on the way writes less.
  const newcomersLines = Math.floor(share / 3);
  const baseLines = Math.ceil((plan.messages / 2 - plan.newcomers * newcomersLines) / plan.conversations);
  const writers = Array.from({ length: plan.conversations }, (_, at) =>
    begin(world, { channel: at % 2 === 0 ? 'mail' : 'chat', lines: baseLines }),
  );
  const begun = await Promise.all(writers);
  await until('every first line at a volunteer', () => begun.every(({ number }) => holderOf(world, number) !== null), {
    deadlineMs: 90_000,
  });
  world.journal.note('all conversations have begun');

  const writing = Promise.all([
    ...begun.map((one) => writeAll(world, one)),
    ...Array.from({ length: plan.newcomers }, async (_, at) => {
      await reached(world, (stormShare * (at + 0.6)) / (plan.newcomers + 0.6));
      if (at % 2 === 0) line.killInCreateRoom();
      await writeAll(world, await begin(world, { channel: at % 2 === 0 ? 'chat' : 'mail', lines: newcomersLines }));
    }),
    newDevices(world, begun),
  ]);
  // What goes wrong in it is met where it is waited for.
  writing.catch(() => undefined);
  line.loseAnswers('now and then');
  await storm(world);
  line.loseAnswers('never');
  await withoutRedis(world);
  await servers.allBack();
  world.overAt = Date.now();
  await writing;
  const ways = (one: Conversation): readonly Way[] => (holderOf(world, one.number) === null ? ['in'] : ['in', 'out']);
  for (const one of world.conversations) await Promise.all(ways(one).map((way) => writeOne(world, { one, way })));
  world.journal.note('the last lines are written');
  // Whoever did not get all is found by the comparison.
  await until('all that was written', () => allArrived(world), { deadlineMs: 110_000 }).catch(() => undefined);
};

const begin = async (world: World, of: { readonly channel: Requester['channel']; readonly lines: number }): Promise<Conversation> => {
  const { stage, chance, ending } = world;
  const number = world.conversations.length + 1;
  const placeholder: { requester: Requester | null } = { requester: null };
  const name = `asker${number}`;
  // Its number is taken before anything is waited for.
  const entry = {
    number,
    lines: of.lines,
    get requester(): Requester {
      if (placeholder.requester === null) throw new Error('nobody there yet');
      return placeholder.requester;
    },
  };
  world.conversations.push(entry);
  placeholder.requester =
    of.channel === 'mail' ? await mailRequester(stage, { name, chance, ending }) : await chatRequester(stage, { name, ending });
  await writeOne(world, { one: entry, way: 'in' });
  return entry;
};

const holderOf = (world: World, conversation: number): Volunteer | null =>
  world.volunteers.find((volunteer) => volunteer.roomOf(conversation) !== null) ?? null;

const countOf = (world: World, of: { readonly number: number; readonly way: Way }): number =>
  world.written.filter((line) => line.conversation === of.number && line.way === of.way).length;

const writeOne = async (world: World, { one, way }: { readonly one: Conversation; readonly way: Way }): Promise<void> => {
  const name = { conversation: one.number, way, number: countOf(world, { number: one.number, way }) + 1 };
  const text = lineText(name);
  const holder = way === 'out' ? holderOf(world, one.number) : null;
  world.written.push({ ...name, text, at: Date.now() });
  if (holder === null) await one.requester.write(text);
  else await holder.write(one.number, text);
};

const reached = async (world: World, progress: number): Promise<void> => {
  await until('the run to go on', () => world.progress >= progress, { deadlineMs: 7_200_000 });
};

/** Nobody has to come while everything is being killed; but once it is over, whoever waits is found in good time, or the verdict says so. */
const isHeld = async (world: World, conversation: number): Promise<boolean> => {
  for (;;) {
    if (holderOf(world, conversation) !== null) return true;
    if (world.overAt !== null && Date.now() > world.overAt + heldWithinMs) return false;
    await pause(100);
  }
};

/** Both ways at the pace of the run, some lines in bursts; one less than all, since the last is written when all is over. */
const writeAll = async (world: World, one: Conversation): Promise<void> => {
  const from = world.progress;
  const writeWay = async (way: Way): Promise<void> => {
    if (way === 'out' && !(await isHeld(world, one.number))) return;
    let burst = 0;
    for (let count = countOf(world, { number: one.number, way }); count < one.lines - 1; count += 1) {
      if (burst === 0) {
        await reached(world, from + ((1 - from) * count) / one.lines);
        await pause(world.chance.below(700));
        burst = world.chance.below(3) === 0 ? 2 + world.chance.below(3) : 1;
      }
      await writeOne(world, { one, way });
      burst -= 1;
    }
  };
  await Promise.all([writeWay('in'), writeWay('out')]);
};

const newDevices = async (world: World, begun: readonly Conversation[]): Promise<void> => {
  const chats = begun.flatMap(({ requester }) => (requester.newDevice === null ? [] : [requester.newDevice]));
  const arrivals = [...chats.slice(0, 2), ...world.volunteers.slice(0, 1).map((volunteer) => () => volunteer.newDevice())];
  for (const [at, arrive] of arrivals.entries()) {
    await reached(world, (stormShare * (at + 0.5)) / arrivals.length);
    await arrive();
    world.newDevices += 1;
    world.journal.note('somebody goes on at a new device');
  }
};

/** Kills of the relay one after the other; beside them, spread over the same time, those of the servers, and wipes. */
const storm = async (world: World): Promise<void> => {
  const { plan, chance, servers, relay } = world;
  const kills = shuffled(
    serverNames.flatMap((server) => Array.from({ length: plan.serverKills - 1 }, () => server)),
    chance,
  );
  const relayKilling = (async () => {
    while (relay.kills() < plan.relayKills - 1) {
      await relay.killOnce(chance);
      world.progress = stormShare * Math.min(relay.kills() / (plan.relayKills - 1), 1);
    }
    // No point of the last start is left to die at.
    await relay.startPlainly();
    world.progress = stormShare;
  })();
  const serverKilling = (async () => {
    for (const [at, server] of kills.entries()) {
      await reached(world, (stormShare * at) / kills.length);
      await pause(chance.below(1_500));
      await servers.kill(server, chance.below(longestAwayMs));
    }
  })();
  const wiping = (async () => {
    while (world.progress < stormShare) {
      await pause(500 + chance.below(9_000));
      await servers.wipe();
    }
  })();
  await Promise.all([relayKilling, serverKilling, wiping]);
};

/** Each other server is killed once more, the relay as well, so that it starts without Redis; then nothing but Redis is away. */
const withoutRedis = async (world: World): Promise<void> => {
  const { plan, chance, servers, relay } = world;
  if (plan.withoutRedisMs === 0) return;
  const began = Date.now();
  const away = servers.kill('Valkey', plan.withoutRedisMs);
  const others = (async () => {
    for (const server of shuffled(
      serverNames.filter((name) => name !== 'Valkey'),
      chance,
    )) {
      await pause(500 + chance.below(2_000));
      await servers.kill(server, 500 + chance.below(longestAwayMs / 2));
      if (server === 'the SMTP server') await relay.startPlainly();
    }
  })();
  const ticking = (async () => {
    while (world.progress < 1) {
      const part = (Date.now() - began) / (plan.withoutRedisMs - calmAfterMs / 2);
      world.progress = Math.min(1, stormShare + (1 - stormShare) * part);
      await pause(100);
    }
  })();
  await Promise.all([away, others, ticking]);
};

const shuffled = <Value>(from: readonly Value[], chance: Seeded): readonly Value[] =>
  from
    .map((value) => ({ value, at: chance.below(1_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);

const allArrived = async (world: World): Promise<boolean> => {
  for (const { number, requester } of world.conversations) {
    const read = holderOf(world, number)?.readSoFar(number) ?? 0;
    if (read < countOf(world, { number, way: 'in' })) return false;
    if ((await requester.readSoFar()) < countOf(world, { number, way: 'out' })) return false;
  }
  return true;
};

const judged = async (
  world: World,
  of: { readonly began: number; readonly cut: number; readonly inCreateRoom: number },
): Promise<RunResult> => {
  const { plan, written, volunteers, conversations, relay, servers, journal, stage } = world;
  const askersPlaces = await Promise.all(conversations.map(({ requester, number }) => requester.places(number)));
  const places = [...volunteers.flatMap((volunteer) => volunteer.places()), ...askersPlaces.flat()];
  const held = new Set(conversations.flatMap(({ number }) => (holderOf(world, number) === null ? [] : [number])));
  const nowhere: readonly Place[] = conversations
    .filter(({ number }) => !held.has(number))
    .map(({ number }) => ({
      name: `no room of ${number}`,
      belongs: { conversation: number, way: 'in' },
      reads: 'all',
      sightings: [],
      unreadable: [],
    }));
  const verdict = compare(written, [...places, ...nowhere]);
  const unsure = unsureMails(world);
  const late = lateLines(written, {
    places,
    aways: [...servers.aways.filter(({ what }) => what !== 'Valkey'), ...relay.aways],
    excused: (line) => line.way === 'out' && unsure.has(line.conversation),
  });
  const doubles = await doubledOfOurOwn(world);
  const faults: readonly FoundFault[] = [
    ...verdict.faults,
    ...late.map(({ line, place, foundAt }): FoundFault => ({ kind: 'late', place, line, at: line.at, foundAt })),
    ...doubles,
  ];
  const took = tookMs(written, places);
  return {
    seed: plan.seed,
    messages: written.length,
    seconds: Math.round((Date.now() - of.began) / 1000),
    relayKills: relay.kills(),
    atPoints: Object.fromEntries([...relay.atPoints].toSorted()),
    failedStarts: relay.failedStarts(),
    longestStartMs: relay.longestStartMs(),
    serverKills: servers.kills,
    homeserverKilledInCreateRoom: of.inCreateRoom,
    wipes: servers.wipes(),
    answersCut: of.cut,
    newDevices: world.newDevices,
    conversations: conversations.length,
    sameMailAgain: verdict.sameMailAgain,
    unsureMails: unsure.size,
    late: late.length,
    median: took[Math.floor(took.length / 2)] ?? 0,
    longest: took.at(-1) ?? 0,
    faults,
    timelines: faults
      .slice(0, timelinesShown)
      .map((fault) => timeline(fault, { happenings: journal.happenings, written, log: stage.relay.log })),
  };
};

/** Conversations by mail in which a mail may or may not have been taken, which their volunteer was shown. */
const unsureMails = ({ volunteers, conversations }: World): ReadonlySet<number> =>
  new Set(
    conversations.flatMap(({ number }) =>
      volunteers.some(({ at, roomOf }) => {
        const room = roomOf(number);
        return at.person.seen.some(({ roomId, what }) => roomId === room && what.type === 'reaction' && what.symbol.startsWith('❔'));
      })
        ? [number]
        : [],
    ),
  );

const tookMs = (written: readonly WrittenLine[], places: readonly Place[]): readonly number[] => {
  const at = new Map(written.map((line) => [line.text, line.at]));
  const first = new Map<string, number>();
  for (const place of places)
    if (place.reads === 'all') for (const sighting of place.sightings) if (!first.has(sighting.text)) first.set(sighting.text, sighting.at);
  return [...first].map(([text, found]) => Math.max(0, found - (at.get(text) ?? found))).toSorted((a, b) => a - b);
};

/** What the relay itself says and makes: one first answer to each, one room and one welcome for each conversation. */
const doubledOfOurOwn = async ({ volunteers, conversations }: World): Promise<readonly FoundFault[]> => {
  const now = Date.now();
  const fault = (place: string): FoundFault => ({ kind: 'doubled', place, line: null, at: now, foundAt: null });
  const answers = await Promise.all(
    conversations.map(async ({ number, requester }) =>
      (await requester.firstAnswers()) === 1 ? [] : [fault(`first answer of ${number}`)],
    ),
  );
  const rooms = await Promise.all(
    volunteers.map(async (volunteer) => {
      const holds = conversations.filter(({ number }) => volunteer.roomOf(number) !== null).length;
      return (await volunteer.rooms()) === holds ? [] : [fault(`rooms of ${volunteer.at.name}`)];
    }),
  );
  const welcomes = volunteers.flatMap((volunteer) =>
    volunteer.doubledWelcomes() === 0 ? [] : [fault(`welcomes at ${volunteer.at.name}`)],
  );
  return [...answers.flat(), ...rooms.flat(), ...welcomes];
};
