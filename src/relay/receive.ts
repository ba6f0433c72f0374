// The first step of every message: the raw thing into the inbox under a key of its own row, committed before the source lets go (I1).
import type { Parts } from '#relay/parts.ts';
import type { RawMail } from '#relay/mail-port.ts';
import type { BotName, RoomEvent } from '#relay/matrix-port.ts';
import type { InboxChannel } from '#relay/store-port.ts';
import { inUnit, laneOf } from '#relay/unit.ts';

export interface RawThing {
  readonly channel: InboxChannel;
  /** The same thing, seen again, has the same key. */
  readonly sourceKey: string;
  /** What shares a turn: a sender's address, a room. */
  readonly laneName: string;
  readonly bytes: Uint8Array;
}

/** Resolves when it is on disk. `known`: it was there before, and nothing changed. */
export const receive = (parts: Parts, thing: RawThing): Promise<'kept' | 'known'> => {
  const sourceHash = parts.vault.hash('source', `${thing.channel}|${thing.sourceKey}`).hash;
  return inUnit(parts, {}, async (unit) => {
    if (await parts.store.inboxKnows(sourceHash)) return 'known';
    const lane = await laneOf(parts, { role: 'core', name: `${thing.channel}|${thing.laneName}` });
    const id = parts.chance.id();
    const { wrappedKey, sealed } = await parts.vault.sealRow(inboxAad(id), thing.bytes);
    const { now } = unit;
    unit.write({
      write: 'inbox-add',
      row: {
        id,
        lane,
        channel: thing.channel,
        sourceHash,
        state: 'received',
        receivedAt: now,
        notBefore: now,
        attempts: 0,
        wrappedKey,
        sealed,
      },
    });
    unit.wake('core', lane);
    return 'kept';
  });
};

export const inboxAad = (id: string): string => `inbox|${id}`;

/** A mail with its extent, as bytes for one inbox row: one octet of extent, eight of size, then the mail. */
export const packMail = (mail: RawMail): Uint8Array => {
  const packed = new Uint8Array(9 + mail.bytes.length);
  packed[0] = mail.extent === 'whole' ? 1 : 0;
  new DataView(packed.buffer).setFloat64(1, mail.size);
  packed.set(mail.bytes, 9);
  return packed;
};

export const unpackMail = (packed: Uint8Array): RawMail => ({
  extent: packed[0] === 1 ? 'whole' : 'headers-only',
  size: new DataView(packed.buffer, packed.byteOffset).getFloat64(1),
  bytes: packed.subarray(9),
});

export const receiveMail = (
  parts: Parts,
  mail: { readonly raw: RawMail; readonly key: string; readonly laneName: string },
): Promise<'kept' | 'known'> =>
  receive(parts, { channel: 'mail', sourceKey: mail.key, laneName: mail.laneName, bytes: packMail(mail.raw) });

export const receiveRoomEvent = async (parts: Parts, seen: { readonly bot: BotName; readonly event: RoomEvent }): Promise<void> => {
  const { bot, event } = seen;
  await receive(parts, {
    channel: bot,
    sourceKey: event.key,
    laneName: event.roomId,
    bytes: new TextEncoder().encode(JSON.stringify(event)),
  });
};
