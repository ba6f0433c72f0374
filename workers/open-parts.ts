// Opens what all roles share, from the settings: store, vault, words, queue. Disposed with the stack that is handed in.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { clean } from '#cleaning/clean.ts';
import { openQueue } from '#queue/bullmq-queue.ts';
import type { Chance } from '#relay/clock.ts';
import type { Log } from '#relay/log.ts';
import type { Parts } from '#relay/parts.ts';
import { limitsOf } from '#settings/limits.ts';
import type { ReadySettings } from '#settings/read-settings.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';
import type { SqliteStore } from '#store/sqlite-store.ts';
import { openRecords } from '#vault/records.ts';
import type { SystemClock } from '#vault/system-clock.ts';
import { openVault } from '#vault/vault.ts';
import { openHelplines } from '#words/helplines.ts';
import { openWords } from '#words/open-words.ts';
import { openPseudonyms } from '#words/pseudonyms.ts';
import type { Failpoint } from '#workers/kill-at.ts';
import { largestMail } from '#workers/mail-settings.ts';
import { queuePrefix } from '#workers/queue-prefix.ts';

const config = (...names: readonly string[]): string => join(import.meta.dirname, '..', 'config', ...names);

/** Longer than a text's way through the homeserver, and nothing that a person notices. */
const marksAfterMs = 300;

/** Random ids come from here; time too, so that tests can move it. */
export interface Ground {
  readonly ready: ReadySettings;
  readonly clock: SystemClock;
  readonly chance: Chance;
  readonly log: Log;
  /** `over-socket`: a trial may ask it to live later. */
  readonly clockMoves: 'by-itself' | 'over-socket';
  readonly failpoint: Failpoint;
}

export interface OpenParts {
  readonly parts: Parts;
  readonly store: SqliteStore;
}

export const openParts = async (ground: Ground, stack: AsyncDisposableStack): Promise<OpenParts> => {
  const { settings, secrets } = ground.ready;
  const { clock, chance, log } = ground;
  mkdirSync(settings.service.dataFolder, { recursive: true, mode: 0o700 });
  // First of all: it refuses a second process on the same folder.
  const store = stack.use(await openSqliteStore({ folder: settings.service.dataFolder, chance }));
  await store.dropLeases();
  const keys = { storage: secrets.storageKey, index: secrets.indexKey, delivery: secrets.deliveryKey };
  const vault = stack.use(await openVault({ keys, folder: settings.service.dataFolder }));
  const words = await openWords({ folder: config('words'), defaultLanguage: settings.service.language });
  const helplines = await openHelplines(settings.service.helplinesFile ?? config('care', 'helplines.json'), { words, clock });
  const pseudonyms = await openPseudonyms(config('care', 'pseudonyms.json'));
  const { url, user } = settings.redis;
  const queue = stack.use(
    await openQueue({
      url,
      user: user ?? null,
      password: secrets.redisPassword,
      prefix: queuePrefix(secrets.indexKey),
      leftovers: 'void',
      log,
    }),
  );
  const parts: Parts = {
    store,
    vault,
    records: openRecords({ store, vault }),
    queue,
    clock,
    chance,
    log,
    words,
    helplines,
    clean,
    limits: limitsOf(settings),
    marksAfterMs,
    drawPseudonym: (taken) => pseudonyms.draw(chance, taken),
    service: {
      language: settings.service.language,
      zone: settings.service.timezone,
      coordinators: settings.people.coordinators,
      frontUser: settings.matrix.front.user,
      deskUser: settings.matrix.desk.user,
      mailDomain: settings.mail.address.slice(settings.mail.address.indexOf('@') + 1),
      largestMail: largestMail(settings),
      automaticMailsADay: settings.limits.automaticMailsPerDay,
      unprovenCasesAnHour: settings.limits.unprovenCasesPerHour,
    },
  };
  return { parts, store };
};
