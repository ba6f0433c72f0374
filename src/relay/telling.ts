// From what is told (domain) to the words and their slots.
import type { HolderTold, RequesterTold } from '#domain/case/effects.ts';
import type { Case } from '#domain/case/state.ts';
import { holderOf } from '#domain/case/state.ts';
import type { Instant } from '#domain/ids.ts';
import type { Say, Slot } from '#domain/say.ts';
import { restInWords } from '#domain/volunteer.ts';
import { anybodyFree } from '#relay/candidates.ts';
import type { Parts } from '#relay/parts.ts';
import { later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

/** The requester's words that work now, one line each; the first answer and HELP list exactly these. */
export const wordsThatWork: Slot = {
  slot: 'says',
  says: ['stop', 'help', 'country', 'new', 'yes-no'].map((word) => ({ key: `requester.words.${word}` })),
};

export const freeKeys: readonly string[] = ['somebody', 'nobody', 'no-volunteers'].map((free) => `requester.free.${free}`);

/** How things stand with the volunteers, as one of `requester.free.*`. Says nothing about any of them. */
export const freeKey = async (parts: Parts, now: Instant): Promise<string> => `requester.free.${await anybodyFree(parts, now)}`;

/** The holder's chosen alias, or null. */
export const holderAlias = async (unit: Unit, one: Case): Promise<string | null> => {
  const holder = holderOf(one);
  const record = holder === null ? null : await unit.load('volunteer', holder);
  return record?.value.volunteer.alias ?? null;
};

export const aliasSlotOf = (alias: string | null): Slot =>
  alias === null ? { slot: 'word', key: 'names.volunteer' } : { slot: 'alias', value: alias };

/** The holder's alias as a slot: chosen, or the fixed word for a volunteer. */
export const aliasSlot = async (unit: Unit, one: Case): Promise<Slot> => aliasSlotOf(await holderAlias(unit, one));

const span = (ms: number): Slot => ({ slot: 'span', ms });

const awayKey = async (unit: Unit, one: Case): Promise<string> => {
  const holder = holderOf(one);
  const record = holder === null ? null : await unit.load('volunteer', holder);
  return `requester.away.${restInWords(unit.now, record?.value.volunteer.until ?? null)}`;
};

const requesterSay = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly told: RequesterTold }): Promise<Say> => {
  const { one } = of;
  const reopen = span(parts.limits.reopenMs);
  const waited = span(Math.max(unit.now - one.waitingSince, 0));
  const again = span(parts.limits.waitNoteAgainMs);
  const free = async (): Promise<Slot> => ({ slot: 'word', key: await freeKey(parts, unit.now) });
  switch (of.told) {
    case 'stopped':
      return { key: 'requester.closed.by-stop', slots: { reopen } };
    case 'closed-by-volunteer':
      return { key: 'requester.closed.by-volunteer', slots: { reopen } };
    case 'closed-by-quiet':
      return { key: 'requester.closed.by-quiet', slots: { reopen } };
    case 'wait-note-first':
      return { key: 'requester.wait-note.first', slots: { waited, again } };
    case 'wait-note-again':
      return { key: 'requester.wait-note.again', slots: { waited, again } };
    case 'wait-over':
      return { key: 'requester.wait-note.over', slots: { waited, reopen } };
    case 'stepped-back':
      return { key: 'requester.step-back' };
    case 'taken-over':
      return { key: 'requester.taken-over', slots: { alias: await aliasSlot(unit, one) } };
    case 'taken-up':
      return { key: 'requester.taken-up', slots: { alias: await aliasSlot(unit, one) } };
    case 'away':
      return { key: await awayKey(unit, one) };
    case 'again-yes':
      return { key: 'requester.again.yes', slots: { free: await free() } };
    case 'again-no':
      return { key: 'requester.again.no' };
    case 'reopened':
      return { key: 'requester.again.reopened', slots: { free: await free() } };
  }
};

/** What ends with something unread says so: nobody is left to wait for an answer to it. */
export const requesterSays = async (
  unit: Unit,
  parts: Parts,
  of: { readonly one: Case; readonly told: RequesterTold },
): Promise<readonly Say[]> => {
  const ends = of.told === 'stopped' || of.told === 'closed-by-volunteer' || of.told === 'closed-by-quiet';
  const unread = ends && of.one.unshown.length > 0 ? [{ key: 'requester.closed.unread' }] : [];
  return [await requesterSay(unit, parts, of), ...unread];
};

export const holderSay = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly told: HolderTold }): Promise<Say> => {
  const record = of.one.former === null ? null : await unit.load('volunteer', of.one.former);
  const zone = record?.value.volunteer.zone ?? parts.service.zone;
  const until: Slot = { slot: 'time', value: later(unit.now, parts.limits.roomLeaveMs), zone, form: 'day-and-clock' };
  const key = { closed: 'case.close.done', 'closed-by-requester': 'case.close.by-requester', 'closed-by-quiet': 'case.close.by-quiet' }[
    of.told
  ];
  return { key, slots: { until } };
};
