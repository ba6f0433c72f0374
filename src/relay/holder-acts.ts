// What the holder of a case does with it: opens it, writes, steps back, closes.
import type { Case } from '#domain/case/state.ts';
import { brandId } from '#domain/ids.ts';
import type { CaseId, Instant, MessageId, QuestionId } from '#domain/ids.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import type { Actor } from '#relay/actor.ts';
import { applyCase } from '#relay/apply-case.ts';
import { gather, loadOut } from '#relay/outgoing.ts';
import { askInRoom, ownQuestionMs } from '#relay/questions.ts';
import { loadRoom } from '#relay/rooms.ts';
import { later } from '#relay/unit.ts';

const say = (key: string): readonly Say[] => [{ key }];

export const open = async (actor: Actor, caseId: CaseId): Promise<readonly Say[]> => {
  const opened = await applyCase(actor.unit, actor.parts, { case: caseId, command: { type: 'open', by: actor.by } });
  return opened.ok ? [] : say('case.nothing-yet');
};

/** Out at once, without a question and without a reason. The answer comes at the desk, since the room is left. */
export const stepBack = async (actor: Actor, caseId: CaseId): Promise<boolean> =>
  (await applyCase(actor.unit, actor.parts, { case: caseId, command: { type: 'step-back', by: actor.by } })).ok;

/** What a question about a line is about: a further line, or an edit of this one, is never sent by its answer. */
export const aboutLine = (event: string): string => `slip:${event}`;

/** Asks whether this text is to go to the requester, as what was said in this event. */
export const askBeforeLine = (
  actor: Actor,
  of: { readonly room: Room; readonly case: CaseId; readonly event: string; readonly text: string; readonly asks: Say },
): Promise<QuestionId> =>
  askInRoom(actor.unit, actor.parts, {
    room: of.room,
    turn: 'now',
    ask: {
      about: aboutLine(of.event),
      asks: of.asks,
      answers: [
        { word: '1', also: [], act: { act: 'send-line', case: of.case, event: of.event, text: of.text } },
        { word: '2', also: [], act: { act: 'leave-line' } },
      ],
      silence: { act: 'nothing' },
      deadline: later(actor.unit.now, ownQuestionMs),
    },
  });

export const askToClose = async (actor: Actor, one: Case): Promise<void> => {
  const room = one.state.phase === 'open' ? await loadRoom(actor.unit, one.state.holding.room) : null;
  if (room === null) return;
  await askInRoom(actor.unit, actor.parts, {
    room,
    turn: 'now',
    ask: {
      about: `close:${one.id}`,
      asks: {
        key: 'case.close.ask',
        slots: {
          pseudonym: { slot: 'pseudonym', value: one.pseudonym },
          reopen: { slot: 'span', ms: actor.parts.limits.reopenMs },
        },
      },
      answers: [
        { word: '1', also: ['close it'], act: { act: 'close', case: one.id } },
        { word: '2', also: ['go on'], act: { act: 'stay', case: one.id } },
      ],
      silence: { act: 'nothing' },
      deadline: later(actor.unit.now, ownQuestionMs),
    },
  });
};

/** The holder writes to the requester: the case notes that it is alive, the line is gathered. */
export const write = async (
  actor: Actor,
  line: { readonly case: CaseId; readonly event: string; readonly text: string; readonly corrects?: Instant | null },
): Promise<readonly Say[]> => {
  const { unit, parts, by } = actor;
  const answered = await applyCase(unit, parts, { case: line.case, command: { type: 'answer', by } });
  if (!answered.ok || answered.value.state.phase !== 'open') return say('case.over');
  const written = { one: answered.value, room: answered.value.state.holding.room, event: line.event, text: line.text };
  const gathered = await gather(unit, parts, { written, corrects: line.corrects ?? null });
  return gathered === 'gathered' ? [] : say('case.way-gone');
};

/** When the line of this event first left, for what corrects it. */
export const writtenAt = async (actor: Actor, event: string): Promise<Instant> => {
  const [entry] = await actor.parts.store.lookup('event', actor.parts.vault.hash('event', event).hash);
  const message = entry === undefined ? null : await loadOut(actor.unit, brandId<MessageId>(entry.ref.slice('message:'.length)));
  return message?.at ?? actor.unit.now;
};
