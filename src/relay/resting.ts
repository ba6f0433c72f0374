// A volunteer rests, and is back: nothing comes through, what waited goes on in order, and open cases are asked about.
import { holderOf } from '#domain/case/state.ts';
import type { Instant } from '#domain/ids.ts';
import type { Say } from '#domain/say.ts';
import { isResting, rest, turnOff } from '#domain/volunteer.ts';
import { changeVolunteer, deskOf, heldBy } from '#relay/actor.ts';
import type { Actor } from '#relay/actor.ts';
import { letOfferGo } from '#relay/answer-offer.ts';
import { applyCase } from '#relay/apply-case.ts';
import { stepBack } from '#relay/holder-acts.ts';
import { askInRoom, questionAbout, settle } from '#relay/questions.ts';
import { moveQuietGate } from '#relay/quiet-lane.ts';

const say = (key: string): readonly Say[] => [{ key }];

const aboutRest = 'rest';

const goOff = async (actor: Actor): Promise<void> => {
  await changeVolunteer(actor, turnOff);
  actor.unit.timerOff('volunteer-end', actor.by);
};

/** What waited while they rested goes on, in order, and what was asked about the rest is over with it. */
export const catchUp = async (actor: Actor): Promise<void> => {
  const desk = await deskOf(actor);
  const asked = desk === null ? null : await questionAbout(actor.unit, desk, aboutRest);
  if (asked !== null) await settle(actor.unit, asked, null);
  await moveQuietGate(actor.unit, actor.parts, { by: actor.by, until: actor.unit.now });
  for (const one of await heldBy(actor)) {
    if (holderOf(one) === actor.by) await applyCase(actor.unit, actor.parts, { case: one.id, command: { type: 'catch-up' } });
  }
};

export const isAtRest = async (actor: Actor): Promise<boolean> => {
  const record = await actor.unit.load('volunteer', actor.by);
  return record !== null && isResting(record.value.volunteer, actor.unit.now) === 'resting';
};

export const goToRest = async (actor: Actor, until: Instant | null): Promise<void> => {
  await letOfferGo(actor);
  await changeVolunteer(actor, (volunteer) => rest(volunteer, until));
  await moveQuietGate(actor.unit, actor.parts, { by: actor.by, until });
  if (until === null) actor.unit.timerOff('volunteer-end', actor.by);
  else actor.unit.timer('volunteer-end', { ref: actor.by, at: until });
};

export const endRest = async (actor: Actor): Promise<void> => {
  await goOff(actor);
  await catchUp(actor);
};

/** `!rest` with open cases asks what to do with them; nothing said: keep quiet. */
export const askAboutRest = async (actor: Actor): Promise<void> => {
  const desk = await deskOf(actor);
  if (desk === null) return;
  await askInRoom(actor.unit, actor.parts, {
    room: desk,
    turn: 'now',
    ask: {
      about: aboutRest,
      asks: { key: 'desk.rest.ask' },
      answers: [
        { word: '1', also: ['keep quiet'], act: { act: 'rest-keep' } },
        { word: '2', also: ['step back'], act: { act: 'rest-step-back' } },
      ],
      silence: { act: 'rest-keep' },
    },
  });
};

export const stepBackFromAll = async (actor: Actor): Promise<readonly Say[]> => {
  for (const one of await heldBy(actor)) if (holderOf(one) === actor.by) await stepBack(actor, one.id);
  return say('desk.rest.stepped-back');
};
