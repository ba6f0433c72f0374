// A volunteer takes up a conversation again that was closed: found, asked once, done, or kindly refused.
import { decide } from '#domain/case/decide.ts';
import type { CaseRefusal } from '#domain/case/decide.ts';
import type { Case } from '#domain/case/state.ts';
import type { CaseId, RoomRef } from '#domain/ids.ts';
import { mayTakeUp } from '#domain/matching.ts';
import type { NotEligible } from '#domain/matching.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import type { Actor } from '#relay/actor.ts';
import { applyCase } from '#relay/apply-case.ts';
import { candidateOf } from '#relay/candidates.ts';
import { askInRoom, ownQuestionMs } from '#relay/questions.ts';
import { later, newId } from '#relay/unit.ts';

const plain = (name: string): string => name.trim().toLowerCase().replace(/\s+/gu, ' ');

/** Theirs by this pseudonym, latest closed first: a name may be drawn again once nobody has it any more. */
export const closedByName = async (actor: Actor, name: string): Promise<Case | null> => {
  const found: Case[] = [];
  for (const row of await actor.parts.records.find({ kind: 'case', states: ['closed'] })) {
    const one = (await actor.unit.load('case', row.id))?.value ?? null;
    if (one !== null && one.former === actor.by && plain(one.pseudonym) === plain(name)) found.push(one);
  }
  const closedAt = (one: Case): number => (one.state.phase === 'closed' ? one.state.at : 0);
  return found.toSorted((a, b) => closedAt(b) - closedAt(a))[0] ?? null;
};

const eligible = async (actor: Actor): Promise<'yes' | NotEligible> => {
  const { unit, parts, by } = actor;
  const record = await unit.load('volunteer', by);
  return record === null ? 'not-available' : mayTakeUp(await candidateOf(parts, record), { now: unit.now, limits: parts.limits });
};

const refusals: Partial<Record<CaseRefusal, string>> = {
  'ended-by-requester': 'volunteer.reopen.theirs',
  'being-asked': 'volunteer.reopen.being-asked',
  'at-cap': 'volunteer.reopen.at-cap',
  'unsigned-device': 'volunteer.reopen.unsigned',
};

const refused = (why: CaseRefusal | 'gone'): readonly Say[] => [
  { key: (why === 'gone' ? null : refusals[why]) ?? 'volunteer.reopen.none' },
];

/** Asks once, where they said it; what cannot be is said at once. */
export const askToTakeUp = async (actor: Actor, of: { readonly one: Case; readonly room: Room }): Promise<readonly Say[]> => {
  const { unit, parts, by } = actor;
  const { one } = of;
  const command = { type: 'take-up', by, room: newId<RoomRef>(parts), eligible: await eligible(actor) } as const;
  const could = decide(one, command, { now: unit.now, limits: parts.limits, holder: 'reachable' });
  if (!could.ok) return refused(could.why);
  await askInRoom(unit, parts, {
    room: of.room,
    turn: 'now',
    ask: {
      about: `reopen:${one.id}`,
      asks: { key: 'volunteer.reopen.ask', slots: { pseudonym: { slot: 'pseudonym', value: one.pseudonym } } },
      answers: [
        { word: '1', also: ['take it up'], act: { act: 'take-up', case: one.id } },
        { word: '2', also: ['leave it'], act: { act: 'leave-closed' } },
      ],
      silence: { act: 'nothing' },
      deadline: later(unit.now, ownQuestionMs),
    },
  });
  return [];
};

/** Looked at again: much can have happened since they were asked. */
export const takeUp = async (actor: Actor, id: CaseId): Promise<readonly Say[]> => {
  const { unit, parts, by } = actor;
  const command = { type: 'take-up', by, room: newId<RoomRef>(parts), eligible: await eligible(actor) } as const;
  const taken = await applyCase(unit, parts, { case: id, command });
  if (!taken.ok) return refused(taken.why);
  return [{ key: 'volunteer.reopen.done', slots: { pseudonym: { slot: 'pseudonym', value: taken.value.pseudonym } } }];
};
