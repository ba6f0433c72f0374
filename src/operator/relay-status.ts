// How things stand, on one screen: states, codes and counts. Must never hold an identity, a pseudonym or a room.
import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '#domain/ids.ts';
import type { Clock } from '#relay/clock.ts';
import type { MailSource } from '#relay/mail-port.ts';
import type { MatrixAccount } from '#relay/matrix-port.ts';
import type { Queue, Role } from '#relay/queue-port.ts';
import type { Store, StoreCounts } from '#relay/store-port.ts';
import type { OperatorAnswer } from '#operator/operator-line.ts';
import { trouble } from '#operator/operator-texts.ts';
import { longSpan } from '#operator/long-span.ts';

export interface StatusSources {
  readonly store: Pick<Store, 'counts'>;
  readonly queue: Pick<Queue, 'state' | 'refused'>;
  readonly mailSource: Pick<MailSource, 'state'>;
  /** As `MailSender.check`; not asked at each status (see `askedSeldom`). */
  readonly mailSender: () => Promise<'ok' | { readonly code: string }>;
  readonly accounts: readonly Pick<MatrixAccount, 'bot' | 'state'>[];
  readonly clock: Clock;
  readonly upSince: Instant;
  readonly roles: readonly Role[];
}

/** Work that is due for longer than this means that something does not go on by itself. */
const lateMs = 5 * 60_000;

type Part = { readonly name: string; readonly state: string; readonly advice: string | null };

export async function relayStatus(sources: StatusSources): Promise<OperatorAnswer> {
  const now = sources.clock.now();
  const [counts, mailOut] = await Promise.all([sources.store.counts(now), inTime(sources.mailSender())]);
  const parts = [mailInPart(sources), mailOutPart(mailOut), ...sources.accounts.map(botPart), queuePart(sources)];
  const advice = [...parts.flatMap((part) => part.advice ?? []), ...workAdvice(counts)];
  return {
    health: parts.some((part) => part.advice !== null) || counts.oldestDueMs > lateMs ? 'attention' : 'well',
    lines: [
      `Hearken has been running for ${longSpan(now - sources.upSince)}: ${sources.roles.join(', ')}.`,
      '',
      ...parts.map(({ name, state }) => row(name, state)),
      '',
      row('Conversations', stateCounts(counts, 'case')),
      row('Volunteers', stateCounts(counts, 'volunteer')),
      row('To do', work(counts)),
      row('Set aside', `${counts.inboxByState.held} held until their sender answers, ${counts.inboxByState.quarantined} in quarantine`),
      '',
      ...(advice.length === 0 ? ['All is well.'] : advice),
    ],
  };
}

/** Well within the time that the asking side waits; the check itself may take much longer. */
const checkMs = 8_000;

async function inTime(check: ReturnType<StatusSources['mailSender']>): ReturnType<StatusSources['mailSender']> {
  const done = new AbortController();
  const late = pause(checkMs, { code: 'timeout' }, { signal: done.signal, ref: false }).catch(() => ({ code: 'timeout' }));
  try {
    return await Promise.race([check, late]);
  } finally {
    done.abort();
  }
}

const row = (name: string, value: string): string => `${name.padEnd(15)}${value}`;

function mailInPart({ mailSource }: StatusSources): Part {
  const state = mailSource.state();
  return state.state === 'connected'
    ? { name: 'Mail in', state: 'connected', advice: null }
    : away(
        'Mail in',
        state.code,
        'Mail waits in the mailbox meanwhile, and it is tried again by itself. If it stays away, check mail.imap and its password.',
      );
}

function mailOutPart(checked: 'ok' | { readonly code: string }): Part {
  return checked === 'ok'
    ? { name: 'Mail out', state: 'ready', advice: null }
    : away('Mail out', checked.code, 'Answers wait and are sent when it is back. If it stays away, check mail.smtp and its password.');
}

function botPart(account: Pick<MatrixAccount, 'bot' | 'state'>): Part {
  const name = account.bot === 'front' ? 'Front bot' : 'Desk bot';
  const state = account.state();
  return state.state === 'ready'
    ? { name, state: 'ready', advice: null }
    : away(
        name,
        state.code,
        `Messages wait meanwhile. If it stays away, see whether the homeserver is up and the account still logged in.`,
      );
}

function queuePart({ queue }: StatusSources): Part {
  if (queue.state() === 'ready') return { name: 'Queue', state: 'ready', advice: null };
  const code = queue.refused();
  const goesOn = 'Everything goes on meanwhile, a few seconds later than usual.';
  return code === null
    ? { name: 'Queue', state: 'away', advice: `Queue: away. ${goesOn} See whether Redis or Valkey is up.` }
    : { name: 'Queue', state: `not used (${code})`, advice: `${trouble('Queue: Redis is there, and is not used', code)} ${goesOn}` };
}

function away(name: string, code: string, what: string): Part {
  const plain = /^[\w.-]{1,40}$/.test(code) ? code : 'unknown';
  return { name, state: `away (${plain})`, advice: `${name}: away (${plain}). ${what}` };
}

function stateCounts({ recordsByState }: StoreCounts, kind: string): string {
  const found = Object.entries(recordsByState)
    .filter(([name, count]) => name.startsWith(`${kind}.`) && count > 0)
    .map(([name, count]) => `${count} ${name.slice(kind.length + 1)}`);
  return found.length === 0 ? 'none' : found.toSorted().join(', ');
}

function work(counts: StoreCounts): string {
  const amount = `${counts.inboxByState.received} to read, ${counts.outbox} to send`;
  return counts.oldestDueMs === 0 ? amount : `${amount}; the oldest that is due has waited ${longSpan(counts.oldestDueMs)}`;
}

function workAdvice(counts: StoreCounts): readonly string[] {
  const late =
    counts.oldestDueMs > lateMs ? ['Work is late. If nothing above is away, the log says what holds it up (lane.blocked, fault).'] : [];
  const quarantined =
    counts.inboxByState.quarantined > 0
      ? [
          'Quarantine: no sender could be made out, or none that may be answered, so nobody could be told. Most are mails of robots. They lie in the processed folder of the mailbox for 7 days.',
        ]
      : [];
  return [...late, ...quarantined];
}
