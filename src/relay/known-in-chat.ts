// What is known of somebody who writes in a chat: account, display name, and what they were called before. To take out of what they write.
import type { Case } from '#domain/case/state.ts';
import type { RoomEvent } from '#relay/matrix-port.ts';
import { underWayBack } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

/** The oldest go first. */
const mostKnown = 100;

const localPart = (userId: string): string => userId.replace(/^@/u, '').replace(/:.*$/u, '');

/** `one`: a case in which they have written before. */
export const knownInChat = async (unit: Unit, of: { readonly one: Case | null; readonly event: RoomEvent }): Promise<readonly string[]> => {
  const { sender, senderName, formerNames = [] } = of.event;
  const contact = of.one === null ? null : await unit.load('contact', of.one.contact);
  const now = [sender, localPart(sender), ...(senderName === null ? [] : [senderName]), ...formerNames];
  return [...new Set([...now, ...(contact?.value.known ?? [])])].slice(0, mostKnown);
};

/** Whoever takes another name later may still sign with this one. */
export const learnInChat = async (unit: Unit, of: { readonly one: Case; readonly known: readonly string[] }): Promise<void> => {
  const contact = await unit.load('contact', of.one.contact);
  if (contact === null || of.known.every((each) => contact.value.known.includes(each))) return;
  await unit.put('contact', { ...contact, under: underWayBack(of.one.id), value: { ...contact.value, known: of.known } });
};
