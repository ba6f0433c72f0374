// Reads a /sync answer and parts it in two: what the inbox keeps whole, and the little that the SDK is given.
// The SDK sees no message, no name and no odd state: it keeps members and encryption, and nobody can make it stumble.
import { isRecord, listOf, readRawEvent, readRawEvents, textOr } from '#matrix/raw-event.ts';
import type { RawEvent } from '#matrix/raw-event.ts';

export interface SyncedRoom {
  readonly roomId: string;
  readonly now: 'joined' | 'left';
  /** State as the server lists it beside the timeline (`state` or MSC4222's `state_after`). */
  readonly state: readonly RawEvent[];
  readonly timeline: readonly RawEvent[];
  /** There are events between the last sync and this timeline; they can be paged back from this token. */
  readonly gapFrom: string | null;
}

export interface SyncedInvite {
  readonly roomId: string;
  readonly stripped: readonly Readonly<Record<string, unknown>>[];
}

export interface SyncAnswer {
  readonly nextBatch: string;
  readonly rooms: readonly SyncedRoom[];
  readonly invites: readonly SyncedInvite[];
  /** What the SDK is handed in place of the server's own words. */
  readonly reduced: unknown;
}

/** Null when it is no sync answer at all. */
export function readSyncAnswer(text: string): SyncAnswer | null {
  const body = parsed(text);
  if (!isRecord(body) || typeof body['next_batch'] !== 'string') return null;
  const sections = isRecord(body['rooms']) ? body['rooms'] : {};
  const joined = entries(sections['join']).map(([roomId, room]) => readRoom(roomId, { room, now: 'joined' }));
  const left = entries(sections['leave']).map(([roomId, room]) => readRoom(roomId, { room, now: 'left' }));
  const invites = entries(sections['invite']).map(([roomId, room]) => ({
    roomId,
    stripped: isRecord(room['invite_state']) ? listOf(room['invite_state']['events']).filter(isRecord) : [],
  }));
  return {
    nextBatch: body['next_batch'],
    rooms: [...joined, ...left],
    invites,
    reduced: {
      ...cryptoParts(body),
      next_batch: body['next_batch'],
      account_data: { events: accountData(body['account_data']) },
      rooms: {
        join: Object.fromEntries(entries(sections['join']).map(([roomId, room]) => [roomId, reducedRoom(room)])),
        leave: Object.fromEntries(entries(sections['leave']).map(([roomId, room]) => [roomId, reducedRoom(room)])),
        invite: {},
        knock: {},
      },
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const entries = (value: unknown): readonly (readonly [string, Record<string, unknown>])[] =>
  isRecord(value) ? Object.entries(value).flatMap(([key, one]) => (isRecord(one) && key !== '__proto__' ? [[key, one] as const] : [])) : [];

const stateAfter = 'org.matrix.msc4222.state_after';
const eventsIn = (room: Record<string, unknown>, part: string): unknown => (isRecord(room[part]) ? room[part]['events'] : undefined);

function readRoom(roomId: string, { room, now }: { readonly room: Record<string, unknown>; readonly now: 'joined' | 'left' }): SyncedRoom {
  const timeline = isRecord(room['timeline']) ? room['timeline'] : {};
  return {
    roomId,
    now,
    state: [...readRawEvents(eventsIn(room, 'state')), ...readRawEvents(eventsIn(room, stateAfter))],
    timeline: readRawEvents(timeline['events']),
    gapFrom: timeline['limited'] === true ? textOr(timeline['prev_batch'], null) : null,
  };
}

/** Events that are not even shaped like one are dropped: the SDK's own reading of them would throw half-way through a sync. */
function cryptoParts(body: Record<string, unknown>): Record<string, unknown> {
  const toDevice = isRecord(body['to_device']) ? listOf(body['to_device']['events']) : [];
  const lists = isRecord(body['device_lists']) ? body['device_lists'] : {};
  const users = (value: unknown): readonly string[] =>
    listOf(value).filter((one): one is string => typeof one === 'string' && userId.test(one));
  return {
    to_device: {
      events: toDevice.filter(
        (one) => isRecord(one) && typeof one['type'] === 'string' && typeof one['sender'] === 'string' && isRecord(one['content']),
      ),
    },
    device_lists: { changed: users(lists['changed']), left: users(lists['left']) },
    ...pick(body, [
      'device_one_time_keys_count',
      'device_unused_fallback_key_types',
      'org.matrix.msc2732.device_unused_fallback_key_types',
    ]),
  };
}

const pick = (from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name]]] : [])));

/** Secret storage lives in account data; the rest (push rules, lists of chats) is of no use here. */
const accountData = (value: unknown): readonly unknown[] =>
  listOf(isRecord(value) ? value['events'] : undefined).filter(
    (one) =>
      isRecord(one) &&
      isRecord(one['content']) &&
      typeof one['type'] === 'string' &&
      /^m\.(secret_storage|cross_signing|megolm_backup)\./.test(one['type']),
  );

function reducedRoom(room: Record<string, unknown>): Record<string, unknown> {
  const timeline = isRecord(room['timeline']) ? room['timeline'] : {};
  return {
    ...(isRecord(room['state']) && { state: { events: reducedState(eventsIn(room, 'state')) } }),
    ...(isRecord(room[stateAfter]) && { [stateAfter]: { events: reducedState(eventsIn(room, stateAfter)) } }),
    timeline: { events: reducedState(timeline['events']), limited: false, prev_batch: textOr(timeline['prev_batch'], null) },
    ephemeral: { events: [] },
    account_data: { events: [] },
  };
}

const userId = /^@[^:]*:.+$/su;

function reducedState(events: unknown): readonly unknown[] {
  return listOf(events).flatMap((one) => {
    const event = readRawEvent(one);
    const content = event === null || event.state_key === undefined ? null : reducedContent(event);
    if (event === null || content === null) return [];
    return [
      {
        type: event.type,
        state_key: event.state_key,
        event_id: event.event_id,
        sender: event.sender,
        origin_server_ts: event.origin_server_ts,
        content,
      },
    ];
  });
}

function reducedContent({ type, state_key: stateKey = '', content }: RawEvent): Record<string, unknown> | null {
  if (type === 'm.room.member') {
    return userId.test(stateKey) && typeof content['membership'] === 'string' ? { membership: content['membership'] } : null;
  }
  if (stateKey !== '') return null;
  switch (type) {
    case 'm.room.create':
      return typeof content['room_version'] === 'string' ? { room_version: content['room_version'] } : {};
    case 'm.room.encryption':
      return {
        ...(typeof content['algorithm'] === 'string' && { algorithm: content['algorithm'] }),
        ...Object.fromEntries(
          ['rotation_period_ms', 'rotation_period_msgs'].flatMap((name) => (isCount(content[name]) ? [[name, content[name]]] : [])),
        ),
      };
    case 'm.room.history_visibility':
      return typeof content['history_visibility'] === 'string' ? { history_visibility: content['history_visibility'] } : {};
    default:
      return null;
  }
}

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
