// Cases, volunteers and times as the domain's tests speak of them: only what a test names differs from the plainest one.
import type { Case, Holding } from '#domain/case/state.ts';
import type { CaseId, ContactId, Instant, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';
import { brandId, instant } from '#domain/ids.ts';
import { defaultLimits, spans } from '#domain/limits.ts';
import type { Candidate } from '#domain/matching.ts';
import type { Volunteer } from '#domain/volunteer.ts';

export const limits = defaultLimits;

/** The moment in which most tests stand: a Wednesday, noon UTC. */
export const now = instant(Date.UTC(2026, 2, 11, 12));
export const after = (ms: number, from: Instant = now): Instant => instant(from + ms);
export const before = (ms: number, from: Instant = now): Instant => instant(from - ms);
export const minutes = (n: number): number => n * spans.minute;
export const hours = (n: number): number => n * spans.hour;
export const days = (n: number): number => n * spans.day;

export const [anna, bela, cora] = ['anna', 'bela', 'cora'].map((name) => brandId<VolunteerId>(name)) as [
  VolunteerId,
  VolunteerId,
  VolunteerId,
];
export const [first, second, third] = ['first', 'second', 'third'].map((name) => brandId<MessageId>(name)) as [
  MessageId,
  MessageId,
  MessageId,
];
export const room = brandId<RoomRef>('room');
export const theCase = brandId<CaseId>('quiet-heron');

const plain: Case = {
  id: theCase,
  contact: brandId<ContactId>('contact'),
  channel: 'mail',
  language: 'en',
  pseudonym: 'Quiet Heron',
  level: 1,
  automatic: 'yes',
  openedAt: before(days(10)),
  waitingSince: before(hours(1)),
  state: { phase: 'waiting' },
  passed: [],
  left: [],
  former: null,
  own: null,
  unshown: [],
  promise: '1',
  country: null,
};

type Details = Partial<Omit<Case, 'state'>>;

export const waiting = (details: Details = {}): Case => ({ ...plain, unshown: [first], ...details });

export const offeredTo = (to: VolunteerId, details: Details & { readonly until?: Instant } = {}): Case => {
  const { until = after(minutes(90)), ...rest } = details;
  return { ...waiting(rest), state: { phase: 'offered', offer: { to, until } } };
};

/** Open, with its messages shown, written to an hour ago. */
export const heldBy = (holder: VolunteerId, details: Details & Partial<Omit<Holding, 'holder'>> = {}): Case => {
  const {
    room: where = room,
    since = before(hours(2)),
    content = 'shown',
    begun = 'yes',
    announced = 'no',
    formerThen = null,
    restTold = 'not-told',
    lastWrittenAt = before(hours(1)),
    ...ofCase
  } = details;
  return {
    ...plain,
    ...ofCase,
    state: { phase: 'open', holding: { holder, room: where, since, content, begun, announced, formerThen, restTold, lastWrittenAt } },
  };
};

/** Accepted, and not opened yet: one message waits. */
export const sealedWith = (holder: VolunteerId, details: Parameters<typeof heldBy>[1] = {}): Case =>
  heldBy(holder, { content: 'sealed', begun: 'not-yet', unshown: [first], ...details });

/** Closed an hour ago by anna, who held it. */
export const closed = (
  details: Details & { readonly at?: Instant; readonly by?: 'requester' | 'holder' | 'time'; readonly again?: 'asked' | 'not-asked' } = {},
): Case => {
  const { at = before(hours(1)), by = 'holder', again = 'not-asked', ...rest } = details;
  return { ...plain, former: anna, ...rest, state: { phase: 'closed', at, by, again } };
};

export const volunteer = (id: VolunteerId, details: Partial<Volunteer> = {}): Volunteer => ({
  id,
  state: 'available',
  until: after(hours(6)),
  alias: null,
  zone: 'Europe/Berlin',
  cap: null,
  languages: ['en'],
  desk: brandId<RoomRef>(`desk-of-${id}`),
  joinedAt: before(days(365)),
  lastCaseAt: null,
  lastOfferAt: null,
  lapsed: [],
  ...details,
});

/** Free, available, with nothing against them. */
export const candidate = (id: VolunteerId, details: Partial<Volunteer> & Partial<Omit<Candidate, 'volunteer'>> = {}): Candidate => {
  const { holding = 0, asked = 'free', devices = 'all-signed', ...rest } = details;
  return { volunteer: volunteer(id, rest), holding, asked, devices };
};
