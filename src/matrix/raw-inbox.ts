// The raw inbox: every event of every room, in the room's order, kept until it was handed on. Rows are sealed, ids hashed.
import type { Clock } from '#relay/clock.ts';
import type { AccountFile, Row } from '#matrix/account-file.ts';
import { MatrixFault } from '#matrix/fault.ts';
import type { NamesOfSender } from '#matrix/member-names.ts';
import type { RawEvent } from '#matrix/raw-event.ts';
import { jsonBytes, jsonOf } from '#matrix/sealing.ts';

/** With the names by which the sender went in the room until it came. */
export interface EventItem extends NamesOfSender {
  readonly item: 'event';
  readonly roomId: string;
  readonly event: RawEvent;
}

export type InboxItem =
  | EventItem
  | {
      readonly item: 'invitation';
      readonly roomId: string;
      readonly key: string;
      readonly inviter: string;
      readonly senderName: string | null;
      readonly at: number;
      readonly direct: 'direct' | 'group';
      readonly encrypted: 'yes' | 'no';
    }
  /** Events are missing here. `stop`: paging back ends at an event we know, or, in a room new to us, at our own invitation. */
  | {
      readonly item: 'gap';
      readonly roomId: string;
      readonly from: string;
      readonly to: string | null;
      readonly stop: 'known' | 'own-invitation';
      readonly pages: number;
      readonly nextPart: number;
    };

export type GapItem = Extract<InboxItem, { item: 'gap' }>;

/** `unreadable`: given up after the first tries and not yet told; `late`: told, and still hoped for. */
export type InboxState = 'gap' | 'new' | 'unreadable' | 'late' | 'done';

export interface InboxEntry {
  readonly id: number;
  readonly place: number;
  readonly state: InboxState;
  /** When the row was written, ms since 1970. */
  readonly at: number;
  readonly item: InboxItem;
}

export interface RawInbox {
  /** Appends to the room's end; an event that was seen before changes nothing. */
  append(item: InboxItem, state: 'new' | 'done'): void;
  knows(eventId: string): boolean;
  /** The first row of the room that is not done with, null: none. */
  head(room: Uint8Array): InboxEntry | null;
  /** Rooms with something to do. */
  waitingRooms(): readonly Uint8Array[];
  roomHash(roomId: string): Uint8Array;
  mark(id: number, state: 'unreadable' | 'late' | 'done'): void;
  lateRows(limit: number): readonly InboxEntry[];
  /** It was removed by whoever may: should its key still come, it is not handed on. */
  dropLate(of: { readonly roomId: string; readonly eventId: string }): void;
  /** Puts events that were paged back, newest first, into the gap's place. */
  fill(gap: InboxEntry, newestFirst: readonly { readonly item: InboxItem; readonly state: 'new' | 'done' }[], next: GapItem | null): void;
  /** Forgets rows that were done with before `before`, save the newest of each room. */
  sweep(before: number): void;
}

/** Parts count down from here, so that older pages come before newer ones. */
export const firstPart = 1_000_000_000;

const eventName = (item: InboxItem): string => {
  switch (item.item) {
    case 'event':
      return `event|${item.event.event_id}`;
    case 'invitation':
      return `invitation|${item.key}`;
    case 'gap':
      return `gap|${item.roomId}|${item.from}`;
  }
};

export function rawInbox(file: AccountFile, clock: Clock): RawInbox {
  const { seal } = file;
  let lastPlace = Number(file.read('SELECT coalesce(max(place), 0) AS last FROM inbox')[0]?.['last'] ?? 0);
  const roomHash = (roomId: string): Uint8Array => seal.hash('room', roomId);

  function insert(
    item: InboxItem,
    { place, part, state }: { readonly place: number; readonly part: number; readonly state: InboxState },
  ): void {
    const event = seal.hash('event', eventName(item));
    const sealed = state === 'done' ? null : seal.seal(rowPlace(event), jsonBytes(item));
    file.write(
      'INSERT INTO inbox (event, room, place, part, state, at, sealed) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event) DO NOTHING',
      event,
      roomHash(item.roomId),
      place,
      part,
      state,
      clock.now(),
      sealed,
    );
  }

  function entry(row: Row): InboxEntry {
    const { id, place, state, at, event, sealed } = row;
    if (
      typeof id !== 'number' ||
      typeof place !== 'number' ||
      typeof at !== 'number' ||
      !(event instanceof Uint8Array) ||
      !(sealed instanceof Uint8Array)
    )
      throw new MatrixFault('file-broken');
    // Our own bytes, authenticated: their form is known once they open.
    return { id, place, at, state: state as InboxState, item: jsonOf(seal.open(rowPlace(event), sealed)) as InboxItem };
  }

  return {
    roomHash,
    append(item, state) {
      lastPlace += 1;
      insert(item, { place: lastPlace, part: 0, state: item.item === 'gap' ? 'gap' : state });
    },
    knows: (eventId) => file.read('SELECT 1 FROM inbox WHERE event = ?', seal.hash('event', `event|${eventId}`)).length > 0,
    head(room) {
      const row = file.read(
        "SELECT id, event, place, state, at, sealed FROM inbox WHERE room = ? AND state IN ('gap', 'new', 'unreadable') ORDER BY place, part LIMIT 1",
        room,
      )[0];
      return row === undefined ? null : entry(row);
    },
    waitingRooms: () =>
      file
        .read("SELECT DISTINCT room FROM inbox WHERE state IN ('gap', 'new', 'unreadable')")
        .flatMap(({ room }) => (room instanceof Uint8Array ? [room] : [])),
    mark(id, state) {
      // What is done is not needed again; its hash stays, so that it is known when it is seen again.
      if (state === 'done') file.write("UPDATE inbox SET state = 'done', sealed = NULL WHERE id = ?", id);
      else file.write('UPDATE inbox SET state = ? WHERE id = ?', state, id);
    },
    lateRows: (limit) =>
      file.read("SELECT id, event, place, state, at, sealed FROM inbox WHERE state = 'late' ORDER BY at DESC LIMIT ?", limit).map(entry),
    dropLate({ roomId, eventId }) {
      file.write(
        "UPDATE inbox SET state = 'done', sealed = NULL WHERE event = ? AND room = ? AND state = 'late'",
        seal.hash('event', `event|${eventId}`),
        roomHash(roomId),
      );
    },
    fill(gap, newestFirst, next) {
      if (gap.item.item !== 'gap') return;
      let part = gap.item.nextPart;
      for (const { item, state } of newestFirst) {
        insert(item, { place: gap.place, part, state });
        part -= 1;
      }
      file.write('DELETE FROM inbox WHERE id = ?', gap.id);
      if (next !== null) insert({ ...next, nextPart: part }, { place: gap.place, part: 0, state: 'gap' });
    },
    sweep(before) {
      file.write(
        `DELETE FROM inbox WHERE state = 'done' AND at < ? AND id NOT IN (
           SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY room ORDER BY place DESC, part DESC) AS newness FROM inbox) WHERE newness <= 50)`,
        before,
      );
    },
  };
}

const rowPlace = (event: Uint8Array): string => `inbox|${Buffer.from(event).toString('hex')}`;
