// A whole relay in memory, with people at both ends: real vault, reader, cleaning, words and rules; store, homeserver and mail server
// are the fakes that pass the same contracts as the real ones. Time stands still until a test moves it.
import { setImmediate as turn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { clean } from '#cleaning/clean.ts';
import { commands } from '#commands/table.ts';
import { instant } from '#domain/ids.ts';
import type { Instant, LaneId } from '#domain/ids.ts';
import { defaultLimits, spans } from '#domain/limits.ts';
import type { Limits } from '#domain/limits.ts';
import { mailKey } from '#mail/mail-key.ts';
import { readHead } from '#mail/reading/head.ts';
import { readMail } from '#mail/reading/read-mail.ts';
import { turnName } from '#mail/turn-name.ts';
import type { Chance } from '#relay/clock.ts';
import { mailChannel } from '#relay/deliver-mail.ts';
import { roomChannel } from '#relay/deliver-room.ts';
import { drainInbox } from '#relay/drain-inbox.ts';
import { drainOutbox } from '#relay/drain-outbox.ts';
import type { LogEvent } from '#relay/log.ts';
import type { MailAddress, MailEvidence, MailReader, RawMail } from '#relay/mail-port.ts';
import type { RoomEvent } from '#relay/matrix-port.ts';
import type { Parts } from '#relay/parts.ts';
import type { Role } from '#relay/queue-port.ts';
import { receiveMail, receiveRoomEvent } from '#relay/receive.ts';
import { runTimers } from '#relay/run-timers.ts';
import type { Store } from '#relay/store-port.ts';
import { ensureCoordinators } from '#relay/volunteers.ts';
import { openRecords } from '#vault/records.ts';
import { openVault } from '#vault/vault.ts';
import { openHelplines } from '#words/helplines.ts';
import { openWords } from '#words/open-words.ts';
import { openPseudonyms } from '#words/pseudonyms.ts';
import { newFakeMailSender } from '#tests/support/fake-mail.ts';
import type { FakeMailSender } from '#tests/support/fake-mail.ts';
import { fakeMatrix } from '#tests/support/fake-matrix.ts';
import type { FakeAccount, FakeMatrix, FakePerson } from '#tests/support/fake-matrix.ts';
import { memoryStore } from '#tests/support/memory-store.ts';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';
import { testKeys } from '#tests/support/vault-keys.ts';

export const support = { local: 'help', domain: 'relay.example' } as const;

/** A Wednesday, noon UTC. */
export const noon = instant(Date.UTC(2026, 2, 11, 12));

/** What a mail of a test says about its proof; the reader itself is the real one, without a DNS. */
export const evidenceHeader = 'X-Test-Evidence';

export interface WorldOptions {
  readonly limits?: Partial<Limits>;
  readonly service?: Partial<Parts['service']>;
  /** Default: 0, so that marks are there when everything has come to rest. */
  readonly marksAfterMs?: number;
  /** Puts itself before the store, for faults and races. */
  readonly store?: (store: Store) => Store;
  /** What a drain, a timer or a receiver throws ends the process; this starts it anew. Default: it is thrown. */
  readonly restart?: (fault: unknown) => Promise<void>;
  /** Another address than `support`, for a second relay. */
  readonly support?: MailAddress;
  /** Reads the mails, all but what they say about their proof. Default: the same reading, without a process of its own. */
  readonly reader?: MailReader;
  /** Takes what is to be done in the end. Default: the end of the test. */
  readonly end?: (undo: () => Promise<void> | void) => void;
}

export interface MadeRoom {
  readonly roomId: string;
  readonly invited: readonly string[];
  readonly name: string;
  readonly topic: string;
}

type Changeable<Thing> = { -readonly [Name in keyof Thing]: Thing[Name] };

export interface RelayWorld {
  readonly parts: Parts;
  readonly store: Store;
  readonly matrix: FakeMatrix;
  /** A test may put its own in the place of one of their methods. */
  readonly front: Changeable<FakeAccount>;
  readonly desk: Changeable<FakeAccount>;
  readonly sender: FakeMailSender;
  /** Rooms that the bots made, in order. */
  readonly rooms: readonly MadeRoom[];
  readonly log: readonly LogEvent[];
  readonly coordinator: string;
  readonly coordinatorPerson: FakePerson;
  now(): Instant;
  /** Works off all that is due now. */
  settle(): Promise<void>;
  /** Sets the time, and nothing happens yet. */
  at(ms: number): void;
  /** Time goes on; everything that becomes due happens at its own moment. */
  pass(ms: number): Promise<void>;
  takeMail(text: string): Promise<'kept' | 'known'>;
  /** The same with bytes as they lie in a mailbox; of a mail above the largest, the head alone is fetched. */
  takeBytes(bytes: Uint8Array): Promise<'kept' | 'known'>;
  /** Runs one lane's drain of this role, as a worker does. */
  drain(role: Role, lane: LaneId): Promise<void>;
  /** Lanes that are due now. */
  due(role: Role): Promise<readonly LaneId[]>;
  /** Faults in the log up to now; asking takes them as expected. */
  faults(): readonly LogEvent[];
}

const draining = ['core', 'mail-out', 'front-bot', 'desk-bot'] as const;
type Draining = (typeof draining)[number];
const mostRounds = 2_000;

const words = await openWords({ folder: 'config/words', defaultLanguage: 'en' });
const helplines = await openHelplines('config/care/helplines.json', { words, clock: { now: () => noon } });
const pseudonyms = await openPseudonyms('config/care/pseudonyms.json');

/** Ids of the shape that real ones have; draws that differ, the same in each run. */
const worldChance = (): Chance => {
  let count = 0;
  let state = 12_345;
  return {
    id: () => `t${String((count += 1)).padStart(25, '0')}`,
    below: (below) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    },
    bytes: (length) => new Uint8Array(length).fill(7),
  };
};

const evidenceOf = (bytes: Uint8Array): MailEvidence => {
  const named = new RegExp(`^${evidenceHeader}: (pass|fail|nothing|away) (none|quarantine|reject)\\r?$`, 'mu').exec(
    Buffer.from(bytes).toString('latin1'),
  );
  const [, verdict = 'pass', policy = 'none'] = named ?? [];
  return { verdict: verdict as MailEvidence['verdict'], policy: policy as MailEvidence['policy'] };
};

/** How mails are read here; there is no DNS to ask. */
export const readingSettings = {
  support,
  trusted: { authservIds: [], receivedAbove: 1 },
  dns: { dns: 'servers', servers: [] },
  dnsMs: 100,
} as const;

const readHere = (ours: MailAddress): MailReader => ({
  read: (mail) => readMail({ bytes: mail.bytes, look: mail.extent === 'whole' ? 'whole' : 'head' }, { ...readingSettings, support: ours }),
  [Symbol.asyncDispose]: async () => undefined,
});

const withEvidence = (reader: MailReader): MailReader => ({
  ...reader,
  read: async (mail) => ({ ...(await reader.read(mail)), evidence: evidenceOf(mail.bytes) }),
});

export const relayWorld = async (options: WorldOptions = {}): Promise<RelayWorld> => {
  let now = noon;
  const clock = { now: () => now };
  const chance = worldChance();
  const log: LogEvent[] = [];
  let seenFaults = 0;
  const end = options.end ?? onTestFinished;
  const ours = options.support ?? support;
  const vault = await openVault({ keys: testKeys, folder: temporaryFolder(end) });
  end(async () => vault[Symbol.asyncDispose]());
  const memory = memoryStore({ chance });
  const store = options.store?.(memory) ?? memory;
  const matrix = fakeMatrix(clock);
  const rooms: MadeRoom[] = [];
  const coordinator = await matrix.person('coordinator');
  const parts = (frontUser: string, deskUser: string): Parts => ({
    store,
    vault,
    records: openRecords({ store, vault }),
    queue: {
      wake: () => undefined,
      serve: () => undefined,
      state: () => 'away',
      refused: () => null,
      [Symbol.asyncDispose]: async () => undefined,
    },
    clock,
    chance,
    log: (event) => void log.push(event),
    words,
    helplines,
    clean,
    limits: { ...defaultLimits, ...options.limits },
    marksAfterMs: options.marksAfterMs ?? 0,
    drawPseudonym: (taken) => pseudonyms.draw(chance, taken),
    service: {
      language: 'en',
      zone: 'UTC',
      coordinators: [coordinator.userId],
      frontUser,
      deskUser,
      mailDomain: ours.domain,
      largestMail: 5_000_000,
      automaticMailsADay: 20,
      unprovenCasesAnHour: 30,
      ...options.service,
    },
  });
  const restart = async (fault: unknown): Promise<void> => {
    if (options.restart === undefined) throw fault;
    await options.restart(fault);
  };
  const take = (bot: 'front' | 'desk') => async (event: RoomEvent) => {
    try {
      await receiveRoomEvent(whole, { bot, event });
    } catch (fault) {
      await restart(fault);
      throw fault;
    }
  };
  const front = watched(await matrix.account('front', take('front')), rooms);
  const desk = watched(await matrix.account('desk', take('desk')), rooms);
  const whole = parts(front.userId, desk.userId);
  const sender = newFakeMailSender({ support: ours });
  const core = { parts: whole, reader: withEvidence(options.reader ?? readHere(ours)), commands, holder: 'core' };
  const channels = {
    'mail-out': mailChannel(whole, { sender, holder: 'mail-out' }),
    'front-bot': roomChannel({ parts: whole, account: front, federate: 'anywhere' }, { role: 'front-bot', holder: 'front' }),
    'desk-bot': roomChannel({ parts: whole, account: desk, federate: 'anywhere' }, { role: 'desk-bot', holder: 'desk' }),
  } as const;

  const drain = (role: Role, lane: LaneId): Promise<void> => {
    if (role === 'core') return drainInbox(core, lane);
    const channel = role === 'mail-out' || role === 'front-bot' || role === 'desk-bot' ? channels[role] : null;
    return channel === null ? Promise.resolve() : drainOutbox(whole, { lane, channel });
  };

  const dueOf = (role: Draining): Promise<readonly LaneId[]> => store.dueLanes(role, now, 1_000);

  /** One look at everything that is due; says whether there was anything. */
  const round = async (): Promise<'busy' | 'idle'> => {
    await front.settled();
    await desk.settled();
    let busy: 'busy' | 'idle' = 'idle';
    for (const role of draining) {
      for (const lane of await dueOf(role)) {
        busy = 'busy';
        await drain(role, lane).catch(restart);
      }
    }
    if ((await store.dueTimers(now, 1)).length > 0) {
      busy = 'busy';
      await runTimers(whole).catch(restart);
    }
    await turn();
    return busy;
  };

  const settle = async (): Promise<void> => {
    for (let rounds = 0; rounds < mostRounds; rounds += 1) {
      if ((await round()) === 'idle') return;
    }
    throw new Error('it never comes to rest');
  };

  const nextMoment = async (until: Instant): Promise<Instant> => {
    const lanes = await Promise.all(draining.map((role) => store.nextDue(role)));
    const [timer] = await store.dueTimers(until, 1);
    const moments = [...lanes, timer?.dueAt ?? null].filter((at): at is Instant => at !== null && at > now && at <= until);
    return instant(Math.min(until, ...moments));
  };

  const takeBytes = async (bytes: Uint8Array): Promise<'kept' | 'known'> => {
    const raw = fetched(bytes, whole.service.largestMail);
    // The source keeps a mail until it was taken.
    for (let tries = 0; tries < mostRounds; tries += 1) {
      try {
        return await receiveMail(whole, { raw, key: mailKey(raw.bytes), laneName: turnName(raw.bytes) });
      } catch (fault) {
        await restart(fault);
      }
    }
    throw new Error('a mail is never taken');
  };

  const faults = (): readonly LogEvent[] => {
    const all = log.filter((event) => event.event === 'fault');
    const fresh = all.slice(seenFaults);
    seenFaults = all.length;
    return fresh;
  };
  end(() => {
    const unexpected = faults();
    if (unexpected.length > 0) throw new Error(`faults that the test did not expect: ${JSON.stringify(unexpected)}`);
  });

  await ensureCoordinators(whole).catch(async (fault: unknown) => {
    await restart(fault);
    await ensureCoordinators(whole);
  });
  await settle();
  const deskOfCoordinator = rooms.find((room) => room.invited.includes(coordinator.userId));
  if (deskOfCoordinator !== undefined) await coordinator.join(deskOfCoordinator.roomId);
  await settle();

  return {
    parts: whole,
    store,
    matrix,
    front,
    desk,
    sender,
    rooms,
    log,
    coordinator: coordinator.userId,
    coordinatorPerson: coordinator,
    now: () => now,
    settle,
    at: (ms) => {
      now = instant(ms);
    },
    async pass(ms) {
      const until = instant(now + ms);
      await settle();
      while (now < until) {
        now = await nextMoment(until);
        await settle();
      }
    },
    takeMail: (text) => takeBytes(new TextEncoder().encode(text.replaceAll('\n', '\r\n'))),
    takeBytes,
    drain,
    due: async (role) => store.dueLanes(role, now, 1_000),
    faults,
  };
};

/** As the source brings it. */
const fetched = (bytes: Uint8Array, largest: number): RawMail => {
  if (bytes.length <= largest) return { extent: 'whole', bytes, size: bytes.length };
  return { extent: 'headers-only', bytes: bytes.subarray(0, readHead(bytes).bodyAt), size: bytes.length };
};

/** Notes the rooms that a bot makes, so that people find what they are invited to. */
const watched = (account: FakeAccount, rooms: MadeRoom[]): Changeable<FakeAccount> => ({
  ...account,
  async createRoom(op) {
    const outcome = await account.createRoom(op);
    if (outcome.outcome === 'made' && rooms.every((room) => room.roomId !== outcome.roomId))
      rooms.push({ roomId: outcome.roomId, invited: op.invite, name: op.name ?? '', topic: op.topic ?? '' });
    return outcome;
  },
});

export const minutes = (n: number): number => n * spans.minute;
export const hours = (n: number): number => n * spans.hour;
export const days = (n: number): number => n * spans.day;
