// May a message go into this room now? Members exactly as expected and encryption on; on the desk side, signed devices only (I5).
import type { MatrixClient, Room } from 'matrix-js-sdk';
import type { SignedDevices } from '#matrix/signed-devices.ts';
import type { BotName, PostOp, RoomOutcome, RoomSight } from '#relay/matrix-port.ts';

export type Guarded = Extract<RoomOutcome, { readonly outcome: 'guarded' }>;
export type GuardVerdict = { readonly may: 'send'; readonly room: Room } | { readonly may: 'not'; readonly why: Guarded['why'] };

export interface GuardParts {
  readonly client: MatrixClient;
  readonly bot: BotName;
  readonly self: string;
  readonly signedDevices: SignedDevices;
}

export const joinedRoom = (client: MatrixClient, roomId: string): Room | null => {
  const room = client.getRoom(roomId);
  return room === null || room.getMyMembership() !== 'join' ? null : room;
};

export async function mayPost(
  { client, bot, self, signedDevices }: GuardParts,
  { roomId, members, devices = 'all-signed' }: Pick<PostOp, 'roomId' | 'members' | 'devices'>,
): Promise<GuardVerdict> {
  const room = joinedRoom(client, roomId);
  const crypto = client.getCrypto();
  if (room === null || crypto === undefined) return { may: 'not', why: 'unknown-room' };
  if (!room.hasEncryptionStateEvent() || !(await crypto.isEncryptionEnabledInRoom(roomId))) return { may: 'not', why: 'unencrypted' };

  const expected = new Set([...members, self]);
  const present = new Set([...membersOf(room, 'join'), ...membersOf(room, 'invite')]);
  if (![...present].every((member) => expected.has(member))) return { may: 'not', why: 'member-unexpected' };
  // Keys go to these; under some visibilities the invited are not among them, and the message would be lost to them.
  const targets = new Set((await room.getEncryptionTargetMembers()).map((member) => member.userId));
  if (![...expected].every((member) => targets.has(member))) return { may: 'not', why: 'member-missing' };

  if (bot === 'desk' && !(await areSigned(signedDevices, { users: [...expected], devices }))) return { may: 'not', why: 'unsigned-device' };
  return { may: 'send', room };
}

const membersOf = (room: Room, membership: 'join' | 'invite'): readonly string[] =>
  room.getMembersWithMembership(membership).map((member) => member.userId);

/** Unsigned devices get no keys from us in any case (device isolation); a person's words wait until there are none. */
async function areSigned(
  devices: SignedDevices,
  of: { readonly users: readonly string[]; readonly devices: 'all-signed' | 'some-signed' },
): Promise<boolean> {
  const each = await Promise.all(of.users.map((user) => devices.of(user)));
  return each.every(({ signed, unsigned }) => (of.devices === 'all-signed' ? unsigned === 0 : signed > 0));
}

/** `none`: nobody among them has a device. */
export async function devicesOf(devices: SignedDevices, users: readonly string[]): Promise<'all-signed' | 'some-unsigned' | 'none'> {
  const each = await Promise.all(users.map((user) => devices.of(user)));
  if (each.some(({ unsigned }) => unsigned > 0)) return 'some-unsigned';
  return each.some(({ signed }) => signed > 0) ? 'all-signed' : 'none';
}

export function sightOf(client: MatrixClient, roomId: string): RoomSight | 'unknown-room' {
  const room = joinedRoom(client, roomId);
  if (room === null) return 'unknown-room';
  return { encrypted: room.hasEncryptionStateEvent() ? 'yes' : 'no', joined: membersOf(room, 'join'), invited: membersOf(room, 'invite') };
}
