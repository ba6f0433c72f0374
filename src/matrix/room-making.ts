// Makes a room exactly once: its alias is its creation id until it stands, and a half-made one is given up and made again.
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { CreateOutcome, CreateRoomOp } from '#relay/matrix-port.ts';
import { errcodeOf, failureOf } from '#matrix/answers.ts';
import { until } from '#matrix/deadline.ts';
import type { Device } from '#matrix/device.ts';
import { sightOf } from '#matrix/guard.ts';
import { readRawEvents, textOr, isRecord } from '#matrix/raw-event.ts';
import { jsonBytes, jsonOf } from '#matrix/sealing.ts';

/** Tries under further names when a room stays half made; each costs a dead room on the homeserver. */
const namesTried = 4;
/** A homeserver may still be at work on a room whose answer we missed. */
const wholeWithinMs = 10_000;
const arriveWithinMs = 30_000;
const madeForMs = 7 * 24 * 3_600_000;

export async function createRoom(device: Device, op: CreateRoomOp): Promise<CreateOutcome> {
  try {
    const made = rememberedRoom(device, op.creationId) ?? (await makeOrFind(device, op));
    if (made === null) return { outcome: 'later', afterMs: 60_000, code: 'room-half-made' };
    const arrived = await until(arriveWithinMs, () => {
      const sight = sightOf(device.client, made);
      return sight !== 'unknown-room' && sight.encrypted === 'yes' ? 'arrived' : null;
    });
    if (arrived === null) return { outcome: 'later', afterMs: 1_000, code: 'room-not-synced' };
    return { outcome: 'made', roomId: made };
  } catch (error) {
    return failureOf(error);
  }
}

async function makeOrFind(device: Device, op: CreateRoomOp): Promise<string | null> {
  for (let attempt = 1; attempt <= namesTried; attempt += 1) {
    const aliasName = attempt === 1 ? op.creationId : `${op.creationId}-${attempt}`;
    const alias = `#${aliasName}:${device.credentials.userId.slice(device.credentials.userId.indexOf(':') + 1)}`;
    const roomId = (await create(device, { op, aliasName })) ?? (await resolve(device, alias));
    if (roomId === null) continue;
    const whole = await until(wholeWithinMs, async () => ((await isWhole(device, { roomId, op })) ? 'whole' : null), 1_000);
    // Remembered before the alias goes: from here on this file knows the room, and the name is free to disappear.
    if (whole !== null) remember(device, { creationId: op.creationId, roomId });
    await removeAlias(device, alias);
    if (whole !== null) return roomId;
    await device.client.http.authedRequest(Method.Post, `/rooms/${encodeURIComponent(roomId)}/leave`, undefined, {}).catch(() => undefined);
  }
  return null;
}

/** Null: there is a room of that name already. */
async function create(
  device: Device,
  { op, aliasName }: { readonly op: CreateRoomOp; readonly aliasName: string },
): Promise<string | null> {
  try {
    const answer: unknown = await device.client.http.authedRequest(Method.Post, '/createRoom', undefined, roomContent(op, aliasName));
    return isRecord(answer) ? textOr(answer['room_id'], null) : null;
  } catch (error) {
    if (errcodeOf(error) === 'M_ROOM_IN_USE') return null;
    throw error;
  }
}

function roomContent(op: CreateRoomOp, aliasName: string): Record<string, unknown> {
  const everything = [
    'm.room.name',
    'm.room.topic',
    'm.room.avatar',
    'm.room.canonical_alias',
    'm.room.power_levels',
    'm.room.history_visibility',
    'm.room.encryption',
    'm.room.server_acl',
  ];
  return {
    room_alias_name: aliasName,
    preset: 'private_chat',
    visibility: 'private',
    is_direct: op.direct === 'direct',
    invite: op.invite,
    ...(op.name !== undefined && { name: op.name }),
    ...(op.topic !== undefined && { topic: op.topic }),
    creation_content: { 'm.federate': op.federate === 'anywhere' },
    initial_state: wholeState.map(({ type, content }) => ({ type, state_key: '', content })),
    // The makers' own level is left to the homeserver: from room version 12 on it must not be written down.
    power_level_content_override: {
      users_default: 0,
      events_default: 0,
      state_default: 100,
      invite: 100,
      kick: 100,
      ban: 100,
      redact: 100,
      events: Object.fromEntries(everything.map((type) => [type, 100])),
    },
  };
}

/** `invited`: those invited get the keys, and nothing from before their invitation (`joined` loses messages that cross a join). */
const wholeState = [
  { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
  { type: 'm.room.history_visibility', content: { history_visibility: 'invited' } },
  { type: 'm.room.guest_access', content: { guest_access: 'forbidden' } },
  { type: 'm.room.join_rules', content: { join_rule: 'invite' } },
] as const;

async function isWhole(device: Device, { roomId, op }: { readonly roomId: string; readonly op: CreateRoomOp }): Promise<boolean> {
  let answer: unknown;
  try {
    answer = await device.client.http.authedRequest(Method.Get, `/rooms/${encodeURIComponent(roomId)}/state`);
  } catch (error) {
    // Not even joined to it: half made.
    if (errcodeOf(error) === 'M_FORBIDDEN' || errcodeOf(error) === 'M_NOT_FOUND') return false;
    throw error;
  }
  const state = readRawEvents(answer);
  const has = (type: string, key: string): boolean => state.some((event) => event.type === type && event.state_key === key);
  const stands = wholeState.every(({ type, content }) =>
    state.some(
      (event) =>
        event.type === type && event.state_key === '' && Object.entries(content).every(([name, value]) => event.content[name] === value),
    ),
  );
  // Whoever declined already has a membership too.
  return stands && has('m.room.power_levels', '') && op.invite.every((userId) => has('m.room.member', userId));
}

async function resolve(device: Device, alias: string): Promise<string | null> {
  try {
    const answer: unknown = await device.client.http.authedRequest(Method.Get, `/directory/room/${encodeURIComponent(alias)}`);
    return isRecord(answer) ? textOr(answer['room_id'], null) : null;
  } catch (error) {
    if (errcodeOf(error) === 'M_NOT_FOUND') return null;
    throw error;
  }
}

async function removeAlias(device: Device, alias: string): Promise<void> {
  // A left-over alias is a random word that points at a room nobody can enter; not worth failing for.
  await device.client.http.authedRequest(Method.Delete, `/directory/room/${encodeURIComponent(alias)}`).catch(() => undefined);
}

const creationHash = (device: Device, creationId: string): Uint8Array => device.file.seal.hash('creation', creationId);

function remember(device: Device, { creationId, roomId }: { readonly creationId: string; readonly roomId: string }): void {
  const { file } = device;
  file.write('DELETE FROM made_room WHERE at < ?', Date.now() - madeForMs);
  file.write(
    'INSERT INTO made_room (creation, sealed, at) VALUES (?, ?, ?) ON CONFLICT (creation) DO NOTHING',
    creationHash(device, creationId),
    file.seal.seal(`made|${creationId}`, jsonBytes(roomId)),
    Date.now(),
  );
}

function rememberedRoom(device: Device, creationId: string): string | null {
  const { file } = device;
  const sealed = file.read('SELECT sealed FROM made_room WHERE creation = ?', creationHash(device, creationId))[0]?.['sealed'];
  return sealed instanceof Uint8Array ? textOr(jsonOf(file.seal.open(`made|${creationId}`, sealed)), null) : null;
}
