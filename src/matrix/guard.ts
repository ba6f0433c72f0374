// May a message go into this room now? Members exactly as expected and encryption on; on the desk side, signed devices only (I5).
import type { MatrixClient, Room } from 'matrix-js-sdk';
import type { BotName, RoomOutcome, RoomSight } from '#relay/matrix-port.ts';

export type Guarded = Extract<RoomOutcome, { readonly outcome: 'guarded' }>;
export type GuardVerdict = { readonly may: 'send'; readonly room: Room } | { readonly may: 'not'; readonly why: Guarded['why'] };

export interface GuardParts {
  readonly client: MatrixClient;
  readonly bot: BotName;
  readonly self: string;
}

export const joinedRoom = (client: MatrixClient, roomId: string): Room | null => {
  const room = client.getRoom(roomId);
  return room === null || room.getMyMembership() !== 'join' ? null : room;
};

export async function mayPost(
  { client, bot, self }: GuardParts,
  { roomId, members }: { readonly roomId: string; readonly members: readonly string[] },
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

  if (bot === 'desk' && (await devicesOf(client, [...expected])) === 'some-unsigned') return { may: 'not', why: 'unsigned-device' };
  return { may: 'send', room };
}

const membersOf = (room: Room, membership: 'join' | 'invite'): readonly string[] =>
  room.getMembersWithMembership(membership).map((member) => member.userId);

/** `none`: nobody among them has a device. */
export async function devicesOf(client: MatrixClient, users: readonly string[]): Promise<'all-signed' | 'some-unsigned' | 'none'> {
  const crypto = client.getCrypto();
  const devices = (await crypto?.getUserDeviceInfo([...users], true)) ?? new Map<string, Map<string, unknown>>();
  let seen: 'all-signed' | 'none' = 'none';
  for (const [userId, own] of devices) {
    for (const deviceId of own.keys()) {
      seen = 'all-signed';
      const status = await crypto?.getDeviceVerificationStatus(userId, deviceId);
      if (status?.signedByOwner !== true) return 'some-unsigned';
    }
  }
  return seen;
}

export function sightOf(client: MatrixClient, roomId: string): RoomSight | 'unknown-room' {
  const room = joinedRoom(client, roomId);
  if (room === null) return 'unknown-room';
  return { encrypted: room.hasEncryptionStateEvent() ? 'yes' : 'no', joined: membersOf(room, 'join'), invited: membersOf(room, 'invite') };
}
