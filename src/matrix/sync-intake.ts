// Puts what a sync brought into the raw inbox: messages, memberships, invitations, and marks for what is missing between.
import type { MemberNames } from '#matrix/member-names.ts';
import { displayNameIn } from '#matrix/member-names.ts';
import type { EventItem, RawInbox } from '#matrix/raw-inbox.ts';
import { firstPart } from '#matrix/raw-inbox.ts';
import type { RawEvent } from '#matrix/raw-event.ts';
import { isRecord, textOr } from '#matrix/raw-event.ts';
import type { SyncAnswer, SyncedInvite, SyncedRoom } from '#matrix/sync-body.ts';

export interface IntakeFacts {
  readonly self: string;
  /** The position that this sync was asked from, null: the device's first. */
  readonly since: string | null;
  /** Was this room already joined before this sync? */
  readonly joinedBefore: (roomId: string) => boolean;
  readonly now: number;
}

/** A device's first sync shows old rooms' last events; what is older than this was dealt with by an earlier device or never will be. */
const firstSyncReach = 7 * 24 * 3_600_000;

interface Intake {
  readonly inbox: RawInbox;
  readonly names: MemberNames;
  readonly facts: IntakeFacts;
}

export function takeIn(answer: SyncAnswer, intake: Intake): void {
  for (const room of answer.rooms) takeRoom(room, intake);
  for (const invite of answer.invites) takeInvite(invite, intake);
}

function takeRoom(room: SyncedRoom, { inbox, names, facts }: Intake): void {
  const { roomId } = room;
  for (const event of [...room.state, ...room.timeline]) names.see(roomId, event);
  const item = (event: RawEvent): EventItem => ({ item: 'event', roomId, event, ...names.namesOf(roomId, event.sender) });
  const fresh = !facts.joinedBefore(roomId);
  const begin = fresh ? room.timeline.findLastIndex((event) => isOwnInvitation(event, facts.self)) : -1;
  const timeline = room.timeline.slice(begin + 1);
  const inTimeline = new Set(room.timeline.map((event) => event.event_id));

  if (room.gapFrom !== null && begin === -1 && facts.since !== null) {
    inbox.append(
      {
        item: 'gap',
        roomId,
        from: room.gapFrom,
        to: fresh ? null : facts.since,
        stop: fresh ? 'own-invitation' : 'known',
        pages: 0,
        nextPart: firstPart,
      },
      'new',
    );
  }
  // State that changed without being in the timeline: somebody came or went within a gap, or the room is new to us.
  for (const event of room.state) {
    if (!inTimeline.has(event.event_id) && (event.type === 'm.room.member' || (event.type === 'm.room.encryption' && !fresh))) {
      inbox.append(item(event), stateOf(event, facts));
    }
  }
  for (const event of timeline) inbox.append(item(event), stateOf(event, facts));
}

export const isOwnInvitation = (event: RawEvent, self: string): boolean =>
  event.type === 'm.room.member' && event.state_key === self && event.content['membership'] === 'invite';

/** Our own events are remembered, so that paging back knows them, and not handed on. */
export function stateOf(event: RawEvent, { self, since, now }: Pick<IntakeFacts, 'self' | 'since' | 'now'>): 'new' | 'done' {
  if (event.sender === self || event.redacted === 'yes') return 'done';
  if (since === null && event.origin_server_ts < now - firstSyncReach && event.state_key === undefined) return 'done';
  return 'new';
}

function takeInvite({ roomId, stripped }: SyncedInvite, { inbox, facts }: Pick<Intake, 'inbox' | 'facts'>): void {
  const own = stripped.findLast(
    (event) =>
      event['type'] === 'm.room.member' &&
      event['state_key'] === facts.self &&
      isRecord(event['content']) &&
      event['content']['membership'] === 'invite',
  );
  if (own === undefined || !isRecord(own['content']) || typeof own['sender'] !== 'string') return;
  const inviter = own['sender'];
  const ofInviter = stripped.findLast((event) => event['type'] === 'm.room.member' && event['state_key'] === inviter);
  inbox.append(
    {
      item: 'invitation',
      roomId,
      // Stripped state need not carry an event id. The position we asked from is the same when this sync is asked for again.
      key: textOr(own['event_id'], JSON.stringify([roomId, inviter, facts.since])),
      inviter,
      senderName: isRecord(ofInviter?.['content']) ? displayNameIn(ofInviter['content']) : null,
      at: typeof own['origin_server_ts'] === 'number' ? own['origin_server_ts'] : facts.now,
      direct: own['content']['is_direct'] === true ? 'direct' : 'group',
      encrypted: stripped.some((event) => event['type'] === 'm.room.encryption') ? 'yes' : 'no',
    },
    'new',
  );
}
