// "Would you like to talk again?": a message soon after a close is often only thanks. It stays sealed; nothing reads it to find out.
import type { Case } from '#domain/case/state.ts';
import type { Say } from '#domain/say.ts';
import type { Parts } from '#relay/parts.ts';
import { askContact, askInRoom } from '#relay/questions.ts';
import type { Ask } from '#relay/questions.ts';
import { loadRoom } from '#relay/rooms.ts';
import { tellRequester } from '#relay/tell-requester.ts';
import { later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

const askingSay = (parts: Parts): Say => ({ key: 'requester.again.ask', slots: { held: { slot: 'span', ms: parts.limits.heldMs } } });

const askFor = (unit: Unit, parts: Parts, one: Case): Ask => ({
  about: `again:${one.id}`,
  asks: askingSay(parts),
  answers: [
    { word: 'yes', also: [], act: { act: 'again-yes', case: one.id } },
    { word: 'no', also: [], act: { act: 'again-no', case: one.id } },
  ],
  // Silence is no: what they wrote is not read by anybody, and goes with the case.
  silence: { act: 'nothing' },
  deadline: later(unit.now, parts.limits.heldMs),
});

export const askAgain = async (unit: Unit, parts: Parts, one: Case): Promise<void> => {
  const contact = await unit.load('contact', one.contact);
  if (contact === null) return;
  if (contact.value.kind === 'mail') {
    await askContact(unit, parts, { contact: contact.value.id, case: one.id, ask: askFor(unit, parts, one) });
    await tellRequester(unit, parts, { one, says: [askingSay(parts)], as: 'question' });
    return;
  }
  const room = await loadRoom(unit, contact.value.room);
  if (room !== null) await askInRoom(unit, parts, { room, ask: askFor(unit, parts, one) });
};
