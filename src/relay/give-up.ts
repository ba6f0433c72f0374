// Something of ours broke on one message again and again. Its sender is told in fixed words; the operator finds it by count.
import { sayFixed } from '#relay/chat-room.ts';
import { findRoom, sayInRoom } from '#relay/rooms.ts';
import type { MailReader } from '#relay/mail-port.ts';
import type { RoomEvent } from '#relay/matrix-port.ts';
import { thanksAndHelplines } from '#relay/not-yet.ts';
import type { Parts } from '#relay/parts.ts';
import { inboxAad, unpackMail } from '#relay/receive.ts';
import type { InboxRow, Lease } from '#relay/store-port.ts';
import { canonicalAddress, tellAddress } from '#relay/tell-requester.ts';
import { quarantine } from '#relay/quarantine.ts';
import { inUnit, LeaseLost } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

interface Giving {
  readonly parts: Parts;
  readonly reader: MailReader;
}

const tellSender = async (unit: Unit, of: Giving & { readonly row: InboxRow; readonly bytes: Uint8Array }): Promise<void> => {
  const { parts, row, bytes } = of;
  if (row.channel === 'mail') {
    const read = await of.reader.read(unpackMail(bytes));
    if (!read.sender.ok || read.automatic.robot !== 'no' || (read.evidence.verdict === 'fail' && read.evidence.policy !== 'none')) return;
    const { address } = read.sender;
    const says = await thanksAndHelplines(unit, parts, { whom: canonicalAddress(address), says: [{ key: 'requester.mail.fault' }] });
    await tellAddress(unit, parts, { address, inReplyTo: read.messageId, says });
    return;
  }
  const event = JSON.parse(new TextDecoder().decode(bytes)) as RoomEvent;
  const room = await findRoom(unit, parts, event.roomId);
  if (room !== null) {
    const says = [{ key: row.channel === 'front' ? 'requester.chat.fault' : 'volunteer.fault' }];
    const lobby = room.for.purpose === 'lobby';
    await sayInRoom(unit, room, lobby ? await thanksAndHelplines(unit, parts, { whom: `matrix|${room.other}`, says }) : says);
    return;
  }
  if (row.channel !== 'front') return;
  await sayFixed(unit, parts, { roomId: event.roomId, key: 'requester.chat.fault' });
  await sayFixed(unit, parts, { roomId: event.roomId, key: 'requester.not-yet.meanwhile' });
};

/** It is set aside in any case: what broke on it may break again on the way to telling its sender. */
export const giveUpOn = async (giving: Giving, of: { readonly row: InboxRow; readonly lease: Lease }): Promise<void> => {
  const { parts } = giving;
  const setAside = (unit: Unit): void => quarantine(unit, of.row.id);
  try {
    const bytes = await parts.vault.openRow(inboxAad(of.row.id), of.row);
    await inUnit(parts, { lease: of.lease }, async (unit) => {
      await tellSender(unit, { ...giving, row: of.row, bytes });
      setAside(unit);
    });
  } catch (fault) {
    if (fault instanceof LeaseLost) throw fault;
    await inUnit(parts, { lease: of.lease }, async (unit) => setAside(unit));
  }
};
