// What a requester's words do, the same by mail and in a chat. Each returns what they are told.
import type { Case } from '#domain/case/state.ts';
import type { Say, Slot } from '#domain/say.ts';
import type { Parts } from '#relay/parts.ts';
import { workWhenAwake } from '#relay/quiet-lane.ts';
import { loadRoom } from '#relay/rooms.ts';
import { wordsThatWork } from '#relay/telling.ts';
import { underOwner } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

const lines = (of: readonly string[]): Slot => ({ slot: 'block', lines: of });

/** Says something to the holder in the case room, if there is one; who rests hears it afterwards. */
export const tellHolder = async (unit: Unit, of: { readonly one: Case; readonly key: string }): Promise<void> => {
  const { state } = of.one;
  const room = state.phase === 'open' ? await loadRoom(unit, state.holding.room) : null;
  if (room !== null) await workWhenAwake(unit, room, { work: 'say', room: room.ref, says: [{ key: of.key }] });
};

/** HELP: helplines of the country they named, or the directories; then what can be said. */
export const helpSay = (
  parts: Parts,
  of: { readonly language: string; readonly country: string | null; readonly words: 'with' | 'in-first-answer' },
): Say => {
  const block = of.country === null ? null : parts.helplines.block(of.country, of.language);
  const people = lines(block ?? parts.helplines.directories(of.language));
  if (of.words === 'in-first-answer') return { key: 'requester.help-first', slots: { lines: people } };
  return { key: 'requester.help', slots: { lines: people, words: wordsThatWork } };
};

/** COUNTRY: the lines on file, and the country stays with the case for HELP. The language is never guessed from it. */
export const countrySay = (
  parts: Parts,
  of: { readonly language: string; readonly named: string },
): { readonly say: Say; readonly country: string | null } => {
  const country = parts.helplines.country(of.named);
  const block = country === null ? null : parts.helplines.block(country, of.language);
  if (country === null || block === null) return { say: { key: 'requester.country.unknown' }, country: null };
  return { say: { key: 'requester.country.known', slots: { lines: lines(block) } }, country };
};

export const keepCountry = async (unit: Unit, one: Case, country: string): Promise<void> => {
  const loaded = await unit.load('case', one.id);
  if (loaded !== null) await unit.put('case', { ...loaded, under: underOwner(one.id), value: { ...loaded.value, country } });
};
