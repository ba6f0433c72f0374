// The SDK's store: what syncs add up to, a row per room, written with the inbox and the position in the sync's one transaction.
import { MemoryStore } from 'matrix-js-sdk/lib/store/memory.js';
import { SyncAccumulator } from 'matrix-js-sdk/lib/sync-accumulator.js';
import type { ISyncResponse } from 'matrix-js-sdk/lib/sync-accumulator.js';
import type { ISavedSync } from 'matrix-js-sdk/lib/store/index.js';
import type { Clock } from '#relay/clock.ts';
import type { AccountFile } from '#matrix/account-file.ts';
import { MatrixFault } from '#matrix/fault.ts';
import type { MemberNames, NamesOfRoom } from '#matrix/member-names.ts';
import type { RawInbox } from '#matrix/raw-inbox.ts';
import { jsonBytes, jsonOf } from '#matrix/sealing.ts';
import type { SyncAnswer } from '#matrix/sync-body.ts';
import { takeIn } from '#matrix/sync-intake.ts';

type Joined = ISyncResponse['rooms']['join'];

interface KeptRoom {
  readonly roomId: string;
  readonly room: Joined[string];
  readonly names: NamesOfRoom;
}

export interface SyncStoreParts {
  readonly file: AccountFile;
  readonly inbox: RawInbox;
  /** Filled from what was kept, and kept again with each room. The SDK gets none of it. */
  readonly names: MemberNames;
  readonly self: string;
  readonly clock: Clock;
  /** Called after the sync is on disk. */
  readonly kept: () => void;
}

export class SyncStore extends MemoryStore {
  readonly #parts: SyncStoreParts;
  readonly #rooms = new Map<string, SyncAccumulator>();
  #accountData: Record<string, ISavedSync['accountData'][number]> = {};
  #position: string | null = null;
  #answer: SyncAnswer | null = null;

  constructor(parts: SyncStoreParts) {
    super();
    this.#parts = parts;
    this.#load();
  }

  /** The whole answer whose reduced form the SDK is about to work on. */
  expect(answer: SyncAnswer): void {
    this.#answer = answer;
  }

  get position(): string | null {
    return this.#position;
  }

  override async getSavedSyncToken(): Promise<string | null> {
    return this.#position;
  }

  override async getSavedSync(): Promise<ISavedSync | null> {
    if (this.#position === null) return null;
    const join: Joined = {};
    for (const [roomId, accumulator] of this.#rooms) {
      const room = accumulator.getJSON(true).roomsData.join[roomId];
      if (room !== undefined) join[roomId] = room;
    }
    return structuredClone({
      nextBatch: this.#position,
      roomsData: { join, invite: {}, leave: {}, knock: {} },
      accountData: Object.values(this.#accountData),
    });
  }

  /** The SDK calls this once for each sync, after it has worked on it. A throw here would end its loop without a word, so it ends the process. */
  override async setSyncData(data: ISyncResponse): Promise<void> {
    const { file, inbox, names, self, clock, kept } = this.#parts;
    if (!file.held) return;
    try {
      const answer = this.#answer;
      if (answer === null || answer.nextBatch !== data.next_batch) throw new MatrixFault('sdk-changed');
      this.#answer = null;
      takeIn(answer, {
        inbox,
        names,
        facts: { self, since: this.#position, joinedBefore: (roomId) => this.#rooms.has(roomId), now: clock.now() },
      });
      this.#accumulate(data);
      this.#position = data.next_batch;
      file.write(
        "INSERT INTO meta (name, value) VALUES ('position', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        file.seal.seal('meta|position', jsonBytes(this.#position)),
      );
    } catch {
      file.end('sync-store-failed');
    }
    file.release();
    kept();
  }

  #accumulate(data: ISyncResponse): void {
    const { file, names } = this.#parts;
    for (const [roomId, room] of Object.entries(data.rooms?.join ?? {})) {
      const accumulator = this.#rooms.get(roomId) ?? new SyncAccumulator({ maxTimelineEntries: 1 });
      this.#rooms.set(roomId, accumulator);
      accumulator.accumulate(roomSync(data.next_batch, { [roomId]: room }));
      const hash = file.seal.hash('room', roomId);
      const joined = accumulator.getJSON(true).roomsData.join[roomId];
      if (joined === undefined) throw new MatrixFault('sdk-changed');
      const kept: KeptRoom = { roomId, room: joined, names: names.ofRoom(roomId) };
      const sealed = file.seal.seal(rowPlace(hash), jsonBytes(kept));
      file.write('INSERT INTO room (room, sealed) VALUES (?, ?) ON CONFLICT (room) DO UPDATE SET sealed = excluded.sealed', hash, sealed);
    }
    for (const roomId of Object.keys(data.rooms?.leave ?? {})) {
      this.#rooms.delete(roomId);
      names.forgetRoom(roomId);
      file.write('DELETE FROM room WHERE room = ?', file.seal.hash('room', roomId));
      this.removeRoom(roomId);
    }
    const events = data.account_data?.events ?? [];
    for (const event of events) this.#accountData[event.type] = event;
    if (events.length > 0) {
      file.write(
        "INSERT INTO meta (name, value) VALUES ('account-data', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        file.seal.seal('meta|account-data', jsonBytes(this.#accountData)),
      );
    }
  }

  #load(): void {
    const { file, names } = this.#parts;
    const meta = (name: string): unknown => {
      const value = file.read('SELECT value FROM meta WHERE name = ?', name)[0]?.['value'];
      return value instanceof Uint8Array ? jsonOf(file.seal.open(`meta|${name}`, value)) : null;
    };
    // Our own bytes, authenticated: their form is known once they open.
    this.#position = meta('position') as string | null;
    this.#accountData = (meta('account-data') ?? {}) as Record<string, ISavedSync['accountData'][number]>;
    for (const { room: hash, sealed } of file.read('SELECT room, sealed FROM room')) {
      if (!(hash instanceof Uint8Array) || !(sealed instanceof Uint8Array)) throw new MatrixFault('file-broken');
      const { roomId, room, names: kept } = jsonOf(file.seal.open(rowPlace(hash), sealed)) as KeptRoom;
      const accumulator = new SyncAccumulator({ maxTimelineEntries: 1 });
      accumulator.accumulate(roomSync(this.#position ?? '', { [roomId]: room }), true);
      names.restore(roomId, kept);
      this.#rooms.set(roomId, accumulator);
    }
  }
}

const rowPlace = (hash: Uint8Array): string => `room|${Buffer.from(hash).toString('hex')}`;

const roomSync = (nextBatch: string, join: Joined): ISyncResponse => ({
  next_batch: nextBatch,
  rooms: { join, invite: {}, leave: {}, knock: {} },
  account_data: { events: [] },
});
