// Whose words a requester reads in their chat: said once for each holding, with the first line that really leaves. A mail is signed.
import type { ContactId, RoomRef } from '#domain/ids.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import type { Parts } from '#relay/parts.ts';
import type { Message } from '#relay/record-types.ts';
import { aliasSlotOf } from '#relay/telling.ts';
import type { Unit } from '#relay/unit.ts';

/** What is said before this line; null: they know by now, or it is no line for a chat. */
export const speakingSay = async (parts: Parts, of: { readonly message: Message; readonly room: Room }): Promise<Say | null> => {
  const { message, room } = of;
  if (message.direction !== 'out' || room.for.purpose !== 'chat') return null;
  const contact = (await parts.records.load('contact', room.for.contact))?.value;
  if (contact?.kind !== 'matrix' || contact.hears === message.room) return null;
  return { key: 'requester.speaking', slots: { alias: aliasSlotOf(message.alias) } };
};

/** They know now whose words come from this case room. */
export const knowsSpeaker = async (unit: Unit, of: { readonly contact: ContactId; readonly room: RoomRef }): Promise<void> => {
  const contact = await unit.load('contact', of.contact);
  if (contact?.value.kind !== 'matrix' || contact.value.hears === of.room) return;
  await unit.put('contact', { ...contact, value: { ...contact.value, hears: of.room } });
};
