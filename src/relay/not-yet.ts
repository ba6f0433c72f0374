// Somebody of whom nothing could be taken in yet still hears, once a day, where people are to talk to now and what their words
// will come to (F1). How they came does not matter: a file, an encrypted mail, a room that is not private.
import type { Say } from '#domain/say.ts';
import type { Parts } from '#relay/parts.ts';
import { onceADay } from '#relay/tell-requester.ts';
import type { Unit } from '#relay/unit.ts';

const helplinesIn = (say: Say): boolean => /^requester\.(?:first-answer|help|help-first|country|not-yet)\b/u.test(say.key);

const meanwhile: Say = { key: 'requester.not-yet.meanwhile' };

/** `whom`: canonical, as in the contact index. What already names people to talk to is left as it is. */
export const withHelplines = async (
  unit: Unit,
  parts: Parts,
  of: { readonly whom: string; readonly says: readonly Say[] },
): Promise<readonly Say[]> => {
  if (of.says.some(helplinesIn) || !(await onceADay(unit, parts, { whom: of.whom, purpose: 'not-yet' }))) return of.says;
  return [...of.says, meanwhile];
};

/** The same with thanks before it, for whoever has certainly written. */
export const thanksAndHelplines = async (
  unit: Unit,
  parts: Parts,
  of: { readonly whom: string; readonly says: readonly Say[] },
): Promise<readonly Say[]> => {
  const says = await withHelplines(unit, parts, of);
  return says === of.says ? says : [{ key: 'requester.not-yet.thanks' }, ...says];
};
