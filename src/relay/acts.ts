// What the answer to a question does, for a volunteer; each act stands where it belongs.
import type { Act } from '#domain/question.ts';
import type { Say } from '#domain/say.ts';
import type { Actor } from '#relay/actor.ts';
import { accept, pass } from '#relay/answer-offer.ts';
import { applyCase } from '#relay/apply-case.ts';
import { open, write, writtenAt } from '#relay/holder-acts.ts';
import { stepBackFromAll } from '#relay/resting.ts';
import { takeUp } from '#relay/take-up.ts';

const say = (key: string): readonly Say[] => [{ key }];

/** Carries out an answer's act of a volunteer. Returns what they are told in the room where they answered. */
export const actForVolunteer = async (actor: Actor, act: Act): Promise<readonly Say[]> => {
  switch (act.act) {
    case 'accept':
      return accept(actor, act.case);
    case 'pass':
      return pass(actor, act.case);
    case 'open':
      return open(actor, act.case);
    case 'close':
      await applyCase(actor.unit, actor.parts, { case: act.case, command: { type: 'close', by: actor.by } });
      return [];
    case 'stay':
      await applyCase(actor.unit, actor.parts, { case: act.case, command: { type: 'stay', by: actor.by } });
      return say('case.close.no');
    case 'give-back': {
      const given = await applyCase(actor.unit, actor.parts, { case: act.case, command: { type: 'give-back', by: actor.by, why: 'own' } });
      return say(given.ok ? 'desk.begin.given-back' : 'volunteer.question-over');
    }
    case 'take-up':
      return takeUp(actor, act.case);
    case 'leave-closed':
      return say('volunteer.reopen.no');
    case 'rest-keep':
      return say('desk.rest.quiet');
    case 'rest-step-back':
      return stepBackFromAll(actor);
    case 'send-line': {
      const told = await write(actor, act);
      return told.length > 0 ? told : say('volunteer.sent-as-text');
    }
    case 'leave-line':
      return say('volunteer.left-unsent');
    case 'send-correction': {
      const told = await write(actor, { ...act, corrects: await writtenAt(actor, act.event) });
      return told.length > 0 ? told : say('case.correction-sent');
    }
    case 'leave-correction':
      return say('case.correction-dropped');
    default:
      return [];
  }
};
