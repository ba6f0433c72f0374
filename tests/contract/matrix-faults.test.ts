// An account in trouble: a homeserver that lies, limits or is away, keys that come late, gaps, a token that was taken away.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccount } from '#matrix/account.ts';
import type { AccountOptions } from '#matrix/account.ts';
import type { MatrixAccount, PostOp, RoomEvent } from '#relay/matrix-port.ts';
import { homeserverProxy } from '#tests/support/homeserver-proxy.ts';
import type { HomeserverProxy } from '#tests/support/homeserver-proxy.ts';
import { matrixFriend } from '#tests/support/matrix-friend.ts';
import type { MatrixFriend } from '#tests/support/matrix-friend.ts';
import { loggedIn } from '#tests/support/matrix-world.ts';
import type { LoggedIn } from '#tests/support/matrix-world.ts';
import { theStack } from '#tests/support/stack.ts';
import { until } from '#tests/support/until.ts';

describe('an account in trouble', { timeout: 90_000 }, () => {
  const stack = theStack();
  const homeserver = stack.addresses.matrix.baseUrl;
  let folder: string;
  let ending: AsyncDisposableStack;
  let proxy: HomeserverProxy;
  let own: LoggedIn;
  let events: RoomEvent[];
  let logged: unknown[];
  let died: string[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hearken-faults-'));
    ending = new AsyncDisposableStack();
    ending.defer(() => rmSync(folder, { recursive: true }));
    proxy = ending.use(await homeserverProxy(homeserver));
    own = await loggedIn(stack, { bot: 'front', folder });
    events = [];
    logged = [];
    died = [];
  });
  afterEach(() => ending.disposeAsync());

  const open = (more: Partial<AccountOptions> = {}): Promise<MatrixAccount> =>
    openAccount({
      ...own,
      homeserver: proxy.url,
      take: async (event) => {
        events.push(event);
      },
      log: (event) => logged.push(event),
      die: (code) => died.push(code),
      ...more,
    });

  async function friendly(account: MatrixAccount): Promise<{ readonly friend: MatrixFriend; readonly roomId: string }> {
    const friend = ending.use(await matrixFriend({ baseUrl: homeserver, account: await stack.admin.freshMatrixAccount('robin') }));
    const made = await account.createRoom({
      creationId: `room-${randomBytes(8).toString('hex')}`,
      invite: [friend.userId],
      federate: 'local-only',
      direct: 'direct',
    });
    if (made.outcome !== 'made') throw new Error(made.outcome);
    await friend.join(made.roomId);
    await until('the friend in the room', async () => {
      const sight = await account.sight(made.roomId);
      return sight !== 'unknown-room' && sight.joined.includes(friend.userId);
    });
    return { friend, roomId: made.roomId };
  }

  const bodies = (roomId: string): readonly string[] =>
    events.flatMap(({ roomId: where, what }) => (where === roomId && what.type === 'text' ? [what.body] : []));
  const postTo = (friend: MatrixFriend, roomId: string, body = 'words'): PostOp => ({
    roomId,
    members: [friend.userId],
    txnId: randomBytes(8).toString('hex'),
    msgtype: 'm.text',
    body,
  });

  it('waits as long as a limit says, and sends then', async () => {
    await using account = await open();
    const { friend, roomId } = await friendly(account);
    const op = postTo(friend, roomId);
    const limited = { status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', error: 'Too many' } };
    proxy.fault(({ path }) => (path.includes('/send/m.room.encrypted') ? { ...limited, headers: { 'retry-after': '17' } } : null));
    expect(await account.post(op)).toEqual({ outcome: 'later', afterMs: 17_000, code: 'M_LIMIT_EXCEEDED' });
    proxy.fault(({ path }) => (path.includes('/send/') ? { ...limited, body: { ...limited.body, retry_after_ms: 1234 } } : null));
    expect(await account.react({ roomId, txnId: 'x', eventId: '$e', symbol: '⏳' })).toEqual({
      outcome: 'later',
      afterMs: 1234,
      code: 'M_LIMIT_EXCEEDED',
    });
    proxy.fault(({ path }) => (path.endsWith('/createRoom') ? limited : null));
    expect(await account.createRoom({ creationId: 'limited', invite: [], federate: 'anywhere', direct: 'group' })).toMatchObject({
      outcome: 'later',
      code: 'M_LIMIT_EXCEEDED',
    });
    proxy.fault(() => null);
    expect(await account.post(op)).toMatchObject({ outcome: 'accepted' });
    await friend.reads(roomId, op.body);
  });

  it('says later for a server at fault, refused for a refusal, and repeats an answer that was lost without doubling it', async () => {
    await using account = await open();
    const { friend, roomId } = await friendly(account);
    const op = postTo(friend, roomId, 'said once');
    const sending = (answer: { status: number; body: unknown } | 'cut'): void =>
      proxy.fault(({ path }) => (path.includes('/send/m.room.encrypted') ? answer : null));
    sending({ status: 502, body: 'a gateway with words of its own' });
    expect(await account.post(op)).toMatchObject({ outcome: 'later', code: 'http-502' });
    sending({ status: 403, body: { errcode: 'M_FORBIDDEN', error: 'with a reason that names somebody' } });
    expect(await account.post(op)).toEqual({ outcome: 'refused', code: 'M_FORBIDDEN' });
    sending({ status: 400, body: { errcode: 'words instead of a code', error: '' } });
    expect(await account.post(op)).toEqual({ outcome: 'refused', code: 'http-400' });
    sending('cut');
    expect(await account.post(op)).toMatchObject({ outcome: 'later', code: 'unreachable' });
    sending({ status: 200, body: {} });
    expect(await account.post({ ...op, txnId: 'other' })).toMatchObject({ outcome: 'later', code: 'answer-malformed' });
    proxy.fault(() => null);
    expect(await account.post(op)).toMatchObject({ outcome: 'accepted' });
    await account.post(postTo(friend, roomId, 'the last'));
    await friend.reads(roomId, 'the last');
    expect(friend.seen(roomId).filter((event) => event.content['body'] === 'said once')).toHaveLength(1);
  });

  it('says nothing of what it was to send in what it throws, logs or answers', async () => {
    const out: string[] = [];
    const writes = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write.bind(stream) }));
    for (const { stream } of writes) {
      stream.write = (chunk: unknown) => {
        out.push(String(chunk));
        return true;
      };
    }
    const answers: unknown[] = [];
    const sentinel = `zebra-${randomBytes(8).toString('hex')}`;
    try {
      await using account = await open();
      const { friend, roomId } = await friendly(account);
      for (const answer of [
        { status: 500, body: sentinel },
        { status: 403, body: { errcode: 'M_FORBIDDEN', error: sentinel } },
        { status: 400, body: { errcode: sentinel, error: sentinel } },
        'cut',
        { status: 200, body: { event_id: 5 } },
      ] as const) {
        proxy.fault(({ path }) => (/\/send\/|createRoom|keys\/query/u.test(path) ? answer : null));
        answers.push(
          await account.post(postTo(friend, roomId, sentinel)),
          await account.createRoom({ creationId: sentinel, invite: [], name: sentinel, federate: 'anywhere', direct: 'group' }),
        );
      }
      proxy.fault(({ path }) => (path.includes('/sync') ? { status: 403, body: { errcode: 'M_FORBIDDEN', error: sentinel } } : null));
      answers.push(
        await account.post({ ...postTo(friend, roomId, sentinel), members: [] }),
        await account.join({ roomId: `!${sentinel}` }),
        account.state(),
      );
      proxy.fault(() => null);
    } finally {
      for (const { stream, write } of writes) stream.write = write;
    }
    const leaks = JSON.stringify([answers, logged, out], (_key, value: unknown) =>
      value instanceof Error ? { message: value.message, stack: value.stack, cause: String(value.cause) } : value,
    );
    expect(leaks).toContain('M_FORBIDDEN');
    expect(leaks).not.toContain(sentinel);
    expect(out.join('')).toBe('');
  });

  it('brings back, in order and once, what a sync left out', async () => {
    const account = await open();
    const { friend, roomId } = await friendly(account);
    await friend.say(roomId, 'before');
    await until('the first', () => bodies(roomId).length === 1);
    await account[Symbol.asyncDispose]();
    const missed = Array.from({ length: 130 }, (_, index) => `line ${index}`);
    for (const body of missed) await friend.say(roomId, body);
    await using again = await open();
    await friend.say(roomId, 'after');
    await until('all of it', () => bodies(roomId).includes('after'));
    expect(bodies(roomId)).toEqual(['before', ...missed, 'after']);
    expect(proxy.requests.filter(({ path }) => path.includes('/messages?')).length).toBeGreaterThan(0);
    expect(new Set(events.map((event) => event.key)).size).toBe(events.length);
    expect(again.state()).toEqual({ state: 'ready' });
  });

  it('is held up by a missing key in that room alone, says so, goes on, and hands it on late', async () => {
    await using account = await open({ patience: { holdUpMs: 2_000, lateMs: 60_000 } });
    const first = await friendly(account);
    const second = await friendly(account);
    const kept: unknown[] = [];
    let holding: 'yes' | 'no' = 'yes';
    proxy.rewriteSync((answer) => {
      const toDevice = (answer['to_device'] as { events?: unknown[] } | undefined)?.events ?? [];
      const from = (one: unknown): boolean => (one as { sender?: string }).sender === first.friend.userId;
      if (holding === 'yes') {
        kept.push(...toDevice.filter(from));
        return { ...answer, to_device: { events: toDevice.filter((one) => !from(one)) } };
      }
      return { ...answer, to_device: { events: [...kept.splice(0), ...toDevice] } };
    });
    const held = await first.friend.say(first.roomId, 'without its key');
    await second.friend.say(second.roomId, 'with its key');
    await until('the other room', () => bodies(second.roomId).length > 0);
    expect(events.some(({ roomId, what }) => roomId === first.roomId && what.type === 'unreadable')).toBe(false);
    await until('the giving up', () => events.some(({ what }) => what.type === 'unreadable'));
    expect(events.find(({ what }) => what.type === 'unreadable')).toMatchObject({
      key: `e:${held}`,
      roomId: first.roomId,
      what: { eventId: held, why: 'no-key' },
    });
    expect(logged).toContainEqual({ event: 'matrix.unreadable', bot: 'front', count: 1 });

    await first.friend.client.getCrypto()?.forceDiscardSession(first.roomId);
    holding = 'no';
    await first.friend.say(first.roomId, 'later words');
    await until('the late one', () => events.some(({ what }) => what.type === 'late'));
    expect(events.find(({ what }) => what.type === 'late')).toMatchObject({
      key: `l:${held}`,
      what: { eventId: held, happening: { type: 'text', eventId: held, body: 'without its key', replyTo: null } },
    });
    await until('the later words', () => bodies(first.roomId).includes('later words'));
  });

  it('is away with a code when its token is taken away, and stays so without ending or asking on', async () => {
    await using account = await open();
    await fetch(`${homeserver}/_synapse/admin/v1/reset_password/${encodeURIComponent(own.userId)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.addresses.matrix.adminToken}` },
      body: JSON.stringify({ new_password: randomBytes(8).toString('hex'), logout_devices: true }),
    });
    await until('the account away', () => account.state().state === 'away');
    await until('its code', () => JSON.stringify(account.state()) === JSON.stringify({ state: 'away', code: 'logged-out' }));
    expect(await account.post({ roomId: '!r', members: [], txnId: 't', msgtype: 'm.text', body: 'x' })).toMatchObject({
      outcome: 'later',
      code: 'logged-out',
    });
    expect(died).toEqual([]);
  });

  it('opens while its homeserver is away, and is ready when it comes back', async () => {
    proxy.fault(() => 'down');
    await using account = await open({ readyWithinMs: 500 });
    expect(account.state().state).toBe('away');
    expect(await account.leave({ roomId: '!r' })).toMatchObject({ outcome: 'later' });
    proxy.fault(() => null);
    await until('the account ready', () => account.state().state === 'ready', { deadlineMs: 40_000 });
  });

  it('ends itself when the homeserver has one-time keys that it does not know', async () => {
    proxy.rewriteSync((answer) => ({ ...answer, device_one_time_keys_count: { signed_curve25519: 0 } }));
    proxy.fault(({ path }) =>
      path.includes('/keys/upload')
        ? {
            status: 400,
            body: { errcode: 'M_UNKNOWN', error: 'One time key signed_curve25519:AAAAAA already exists. Old key: {} new key: {}' },
          }
        : null,
    );
    await using _account = await open({ readyWithinMs: 3_000 });
    await until('the end', () => died.length > 0);
    expect(died).toEqual(['one-time-key-lost']);
  });

  it('gives up a half-made room and makes it again', async () => {
    await using account = await open();
    const creationId = `half-${randomBytes(8).toString('hex')}`;
    const friend = ending.use(await matrixFriend({ baseUrl: homeserver, account: await stack.admin.freshMatrixAccount('robin') }));
    // A room of that name, as a homeserver that was killed half-way leaves it.
    const op = { creationId, invite: [friend.userId], federate: 'anywhere', direct: 'direct' } as const;
    const seen: string[] = [];
    proxy.fault(({ path, body }) => {
      if (!path.endsWith('/createRoom') || seen.length > 0) return null;
      seen.push(body);
      return { status: 500, body: {} };
    });
    expect(await account.createRoom(op)).toMatchObject({ outcome: 'later' });
    const token = proxyToken(own);
    const half = (await (
      await fetch(`${homeserver}/_matrix/client/v3/createRoom`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await token}` },
        body: JSON.stringify({ room_alias_name: creationId, preset: 'private_chat' }),
      })
    ).json()) as { room_id: string };
    const made = await account.createRoom(op);
    expect(made.outcome).toBe('made');
    if (made.outcome !== 'made') return;
    expect(made.roomId).not.toBe(half.room_id);
    expect(await account.sight(made.roomId)).toMatchObject({ encrypted: 'yes', invited: [friend.userId] });
    await until('the half one left', async () => (await account.sight(half.room_id)) === 'unknown-room');
    const alias = await fetch(`${homeserver}/_matrix/client/v3/directory/room/${encodeURIComponent(`#${creationId}:chat.example`)}`);
    expect(alias.status).toBe(404);
  });

  /** A second session of the same account, to do what a homeserver would have done. */
  async function proxyToken({ user, password }: LoggedIn): Promise<string> {
    const answer = await fetch(`${homeserver}/_matrix/client/v3/login`, {
      method: 'POST',
      body: JSON.stringify({ type: 'm.login.password', identifier: { type: 'm.id.user', user }, password }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }
});
