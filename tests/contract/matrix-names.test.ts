// By what name people go: read from syncs and invitations, kept sealed through restarts, forgotten with the room, never handed to the SDK.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAccountFile } from '#matrix/account-file.ts';
import { displayNameIn, memberNames } from '#matrix/member-names.ts';
import { rawInbox } from '#matrix/raw-inbox.ts';
import { readSyncAnswer } from '#matrix/sync-body.ts';
import { SyncStore } from '#matrix/sync-store.ts';
import { realClock } from '#tests/support/matrix-world.ts';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';

const self = '@bot:b';
const robin = '@robin:b';
const roomId = '!r:b';

let count = 0;
const fresh = (): string => `$${(count += 1)}`;
const member = (userId: string, content: Readonly<Record<string, unknown>>, more = {}) => ({
  event_id: fresh(),
  type: 'm.room.member',
  state_key: userId,
  sender: userId,
  origin_server_ts: realClock.now(),
  content: { membership: 'join', ...content },
  ...more,
});
const text = (sender: string) => ({
  event_id: fresh(),
  type: 'm.room.message',
  sender,
  origin_server_ts: realClock.now(),
  content: { msgtype: 'm.text', body: 'x' },
});

interface Brought {
  readonly state?: readonly unknown[];
  readonly timeline?: readonly unknown[];
}

/** An account's file with what a sync is taken in by, as a device has them. */
async function opened(at: { readonly path: string; readonly key: Uint8Array }) {
  const file = await openAccountFile({
    ...at,
    make: 'new',
    witness: null,
    die: (code) => {
      throw new Error(code);
    },
    failpoint: () => undefined,
  });
  const inbox = rawInbox(file, realClock);
  const names = memberNames();
  const store = new SyncStore({ file, inbox, names, self, clock: realClock, kept: () => undefined });
  return {
    names,
    async sync(rooms: unknown): Promise<string> {
      const answer = readSyncAnswer(JSON.stringify({ next_batch: fresh(), rooms }));
      if (answer === null) throw new Error('no answer');
      store.expect(answer);
      file.hold();
      await store.setSyncData(answer.reduced as Parameters<SyncStore['setSyncData']>[0]);
      return JSON.stringify([answer.reduced, await store.getSavedSync()]);
    },
    /** Name and type of each thing that is to be handed on, which is then done with. */
    taken(): readonly (readonly [string, string | null])[] {
      const all: (readonly [string, string | null])[] = [];
      for (let entry = inbox.head(inbox.roomHash(roomId)); entry !== null; entry = inbox.head(inbox.roomHash(roomId))) {
        if (entry.item.item !== 'gap')
          all.push([entry.item.item === 'event' ? entry.item.event.type : 'invitation', entry.item.senderName]);
        inbox.mark(entry.id, 'done');
      }
      return all;
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

const place = () => ({ path: join(temporaryFolder(), 'account.db'), key: randomBytes(32) });
const joined = ({ state = [], timeline = [] }: Brought) => ({
  join: { [roomId]: { state: { events: state }, timeline: { events: timeline } } },
});

describe('a display name', () => {
  it('is what somebody calls themselves, cut to a bound, or none', () => {
    expect(displayNameIn({ displayname: 'Robin Quillfeather' })).toBe('Robin Quillfeather');
    for (const odd of [undefined, null, 7, ['Robin'], { name: 'Robin' }, '', '  \n', 'Ro\ud800bin'])
      expect(displayNameIn({ displayname: odd })).toBeNull();
    expect(displayNameIn({ displayname: `a${'𝒜'.repeat(100_000)}` })).toBe(`a${'𝒜'.repeat(255)}`);
  });

  it('is whole and bounded, whatever a client sends', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: 'binary', size: 'large' })), (displayname) => {
        const name = displayNameIn({ displayname });
        return name === null || (name.isWellFormed() && [...name].length <= 256);
      }),
    );
  });
});

describe('names in a room', () => {
  it('go with what is said there, from state as from the timeline, as last seen', async () => {
    await using account = await opened(place());
    await account.sync(
      joined({ state: [member(self, {}), member(robin, { displayname: 'Robin' })], timeline: [text(robin), text('@else:b')] }),
    );
    expect(account.taken()).toEqual([
      ['m.room.member', 'Robin'],
      ['m.room.message', 'Robin'],
      ['m.room.message', null],
    ]);
    await account.sync(joined({ timeline: [member(robin, { displayname: 'Quill' }), text(robin)] }));
    expect(account.taken().at(-1)).toEqual(['m.room.message', 'Quill']);
    await account.sync(joined({ timeline: [member(robin, { displayname: 7 }), text(robin)] }));
    expect(account.taken().at(-1)).toEqual(['m.room.message', null]);
  });

  it('outlive a restart, sealed, and the SDK is given none', async () => {
    const at = place();
    let given: string;
    {
      await using account = await opened(at);
      given = await account.sync(joined({ state: [member(robin, { displayname: 'Robin Quillfeather' })] }));
      given += await account.sync(joined({ timeline: [text(robin)] }));
    }
    expect(given).toContain(robin);
    expect(given).not.toContain('Quillfeather');
    for (const end of ['', '-wal']) expect(readIfThere(at.path + end)).not.toContain('Quillfeather');
    await using account = await opened(at);
    await account.sync(joined({ timeline: [text(robin)] }));
    expect(account.taken().at(-1)).toEqual(['m.room.message', 'Robin Quillfeather']);
  });

  it('stay for what was written before somebody went, and go with the room', async () => {
    const at = place();
    {
      await using account = await opened(at);
      await account.sync(joined({ state: [member(robin, { displayname: 'Robin' })] }));
      await account.sync(joined({ timeline: [text(robin), member(robin, { membership: 'leave' })] }));
      expect(account.taken()).toEqual([
        ['m.room.member', 'Robin'],
        ['m.room.message', 'Robin'],
        ['m.room.member', 'Robin'],
      ]);
      await account.sync({
        leave: { [roomId]: { timeline: { events: [text(robin), member(self, { membership: 'leave' }, { sender: robin })] } } },
      });
      expect(account.taken().map(([, name]) => name)).toEqual(['Robin', 'Robin']);
      expect(account.names.namesOf(roomId, robin)).toEqual({ senderName: null });
    }
    await using account = await opened(at);
    expect(account.names.namesOf(roomId, robin)).toEqual({ senderName: null });
  });

  it('come with an invitation', async () => {
    await using account = await opened(place());
    const own = { ...member(self, { membership: 'invite', is_direct: true }), sender: robin };
    const invite = (events: readonly unknown[]) => ({ invite: { [roomId]: { invite_state: { events } } } });
    await account.sync(invite([member(robin, { displayname: 'Robin' }), own]));
    await account.sync(invite([{ ...own, event_id: fresh() }]));
    expect(account.taken()).toEqual([
      ['invitation', 'Robin'],
      ['invitation', null],
    ]);
  });

  it('are bounded, the newest kept', () => {
    const names = memberNames();
    for (let who = 0; who < 3_000; who += 1) names.see(roomId, member(`@${who}:b`, { displayname: `Name ${who}` }));
    expect(names.ofRoom(roomId)).toHaveLength(1_000);
    expect(names.namesOf(roomId, '@2999:b')).toEqual({ senderName: 'Name 2999' });
    for (let times = 0; times < 100; times += 1) names.see(roomId, member(robin, { displayname: `Robin ${times % 50}` }));
    expect(names.namesOf(roomId, robin)).toEqual({
      senderName: 'Robin 49',
      formerNames: Array.from({ length: 8 }, (_, at) => `Robin ${48 - at}`),
    });
  });

  it('that somebody had before are known too, after a restart as well, and while they have none', async () => {
    const at = place();
    {
      await using account = await opened(at);
      await account.sync(joined({ state: [member(robin, { displayname: 'Robin' })] }));
      await account.sync(joined({ timeline: [member(robin, { displayname: 'Quill' }), member(robin, { displayname: 'Quill' })] }));
      expect(account.names.namesOf(roomId, robin)).toEqual({ senderName: 'Quill', formerNames: ['Robin'] });
      await account.sync(joined({ timeline: [member(robin, {})] }));
    }
    await using account = await opened(at);
    await account.sync(joined({ timeline: [text(robin)] }));
    expect(account.names.namesOf(roomId, robin)).toEqual({ senderName: null, formerNames: ['Quill', 'Robin'] });
  });
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
