// Kills an account's process at named points and starts it again: nothing may be lost, doubled, swapped or unreadable (7.3, 7.7).
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreateOutcome, RoomEvent } from '#relay/matrix-port.ts';
import { accountChild, takenIn } from '#tests/support/matrix-children.ts';
import type { ChildOrders } from '#tests/support/matrix-child.ts';
import { matrixFriend } from '#tests/support/matrix-friend.ts';
import type { MatrixFriend } from '#tests/support/matrix-friend.ts';
import { loggedIn } from '#tests/support/matrix-world.ts';
import type { LoggedIn } from '#tests/support/matrix-world.ts';
import { theStack } from '#tests/support/stack.ts';
import { until } from '#tests/support/until.ts';
import type { MatrixAccountOfTrial } from '#trial/servers/matrix-accounts.ts';

describe('an account whose process is killed', { timeout: 120_000 }, () => {
  const stack = theStack();
  const folder = mkdtempSync(join(tmpdir(), 'hearken-kills-'));
  let own: LoggedIn;
  let person: MatrixAccountOfTrial;
  let friend: MatrixFriend;
  let orders: ChildOrders;
  let roomId: string;

  beforeAll(async () => {
    own = await loggedIn(stack, { bot: 'front', folder });
    person = await stack.admin.freshMatrixAccount('robin');
    friend = await matrixFriend({ baseUrl: own.homeserver, account: person });
    orders = {
      bot: 'front',
      homeserver: own.homeserver,
      file: own.file,
      keyHex: Buffer.from(own.key).toString('hex'),
      takenFile: join(folder, 'taken'),
      pointsFile: null,
      killAt: null,
    };
    roomId = await roomWithFriend();
  });
  afterAll(async () => {
    await friend?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  async function roomWithFriend(): Promise<string> {
    await using child = await accountChild(orders);
    const made = (await child.ask({ command: 'create', op: creation(`room-${randomBytes(8).toString('hex')}`) })) as CreateOutcome;
    if (made.outcome !== 'made') throw new Error(made.outcome);
    await friend.join(made.roomId);
    return made.roomId;
  }

  const creation = (creationId: string): { creationId: string; invite: string[]; federate: 'anywhere'; direct: 'group' } => ({
    creationId,
    invite: [friend.userId],
    federate: 'anywhere',
    direct: 'group',
  });

  const texts = (): readonly (RoomEvent & { readonly body: string })[] => {
    const first = new Map(takenIn(orders.takenFile).map((event) => [event.key, event]));
    return [...first.values()].flatMap((event) => (event.what.type === 'text' ? [{ ...event, body: event.what.body }] : []));
  };
  const unreadable = (): number => takenIn(orders.takenFile).filter((event) => event.what.type === 'unreadable').length;

  it.each([
    // A message from a new device is saved in several steps of the crypto library; a kill between them is what loses keys.
    ['^crypto:devices\\+session$', 1],
    ['^crypto:.*olm_hashes', 1],
    ['^answered:sync$', 3],
    ['^sync-read$', 2],
    ['^sync-read$', 3],
    ['^commit$', 2],
    ['^committed$', 2],
    ['^committed$', 3],
    ['^ask:keys/query$', 1],
    ['^answered:keys/query$', 1],
    ['^ask:keys/upload$', 1],
    ['^answered:keys/upload$', 1],
    ['^take$', 1],
    ['^taken$', 1],
    ['^taken$', 2],
  ])('reads all of what a new device wrote, killed at %s (hit %i)', async (pattern, nth) => {
    const unreadableBefore = unreadable();
    const bodies = ['one', 'two', 'three'].map((word) => `${word} ${randomBytes(6).toString('hex')}`);
    {
      await using child = await accountChild({ ...orders, killAt: { pattern, nth } });
      await using device = await matrixFriend({ baseUrl: own.homeserver, account: person, device: 'unsigned' });
      await until('the room on the new device', () => device.client.getRoom(roomId)?.hasEncryptionStateEvent());
      for (const body of bodies) await device.say(roomId, body);
      expect(await child.ended).toBe('SIGKILL');
      await logOut(device);
    }
    await using again = await accountChild(orders);
    await until('all lines after the restart', () => bodies.every((body) => texts().some((event) => event.body === body)));
    expect(texts().flatMap(({ body }) => (bodies.includes(body) ? [body] : []))).toEqual(bodies);
    expect(unreadable()).toBe(unreadableBefore);
    expect(again.died()).toBeNull();
  });

  it.each([
    ['^ask:messages$', 1],
    ['^answered:messages$', 1],
    ['^answered:messages$', 2],
    ['^taken$', 40],
  ])('brings back what a sync left out, in order, killed at %s (hit %i)', async (pattern, nth) => {
    const mark = randomBytes(4).toString('hex');
    const bodies = Array.from({ length: 170 }, (_, index) => `${mark} ${index}`);
    for (const body of bodies) await friend.say(roomId, body);
    {
      await using child = await accountChild({ ...orders, killAt: { pattern, nth } });
      expect(await child.ended).toBe('SIGKILL');
    }
    await using again = await accountChild(orders);
    await until('all lines after the restart', () => texts().some((event) => event.body === bodies.at(-1)));
    expect(texts().flatMap(({ body }) => (body.startsWith(mark) ? [body] : []))).toEqual(bodies);
    expect(again.died()).toBeNull();
  });

  it.each([
    ['^ask:keys/claim$', 1],
    ['^answered:keys/claim$', 1],
    ['^ask:sendToDevice$', 1],
    ['^answered:sendToDevice$', 1],
    ['^ask:send$', 1],
    ['^answered:send$', 1],
  ])('sends once, readable by a new device, killed at %s (hit %i)', async (pattern, nth) => {
    await using device = await matrixFriend({ baseUrl: own.homeserver, account: person, device: 'unsigned' });
    await until('the room on the new device', () => device.client.getRoom(roomId)?.hasEncryptionStateEvent());
    const op = {
      roomId,
      members: [friend.userId],
      txnId: randomBytes(8).toString('hex'),
      msgtype: 'm.notice',
      body: `sent ${randomBytes(6).toString('hex')}`,
    } as const;
    {
      await using child = await accountChild({ ...orders, killAt: { pattern, nth } });
      expect(await child.ask({ command: 'post', op })).toBeNull();
      expect(await child.ended).toBe('SIGKILL');
    }
    await using again = await accountChild(orders);
    expect(await again.ask({ command: 'post', op })).toMatchObject({ outcome: 'accepted' });
    const last = { ...op, txnId: randomBytes(8).toString('hex'), body: `${op.body}, last` };
    expect(await again.ask({ command: 'post', op: last })).toMatchObject({ outcome: 'accepted' });
    for (const reader of [friend, device]) {
      await reader.reads(roomId, last.body);
      expect(reader.seen(roomId).filter((event) => event.content['body'] === op.body)).toHaveLength(1);
    }
    await logOut(device);
  });

  it.each([
    ['^ask:createRoom$', 1],
    ['^answered:createRoom$', 1],
    ['^ask:unalias$', 1],
    ['^answered:unalias$', 1],
  ])('makes one room, killed at %s (hit %i)', async (pattern, nth) => {
    const op = creation(`made-${randomBytes(8).toString('hex')}`);
    const before = invitedTo(friend).length;
    {
      await using child = await accountChild({ ...orders, killAt: { pattern, nth } });
      expect(await child.ask({ command: 'create', op })).toBeNull();
    }
    await using again = await accountChild(orders);
    const made = (await again.ask({ command: 'create', op })) as CreateOutcome;
    expect(made.outcome).toBe('made');
    expect(await again.ask({ command: 'create', op })).toEqual(made);
    await until('the invitation', () => invitedTo(friend).length > before);
    expect(invitedTo(friend).length).toBe(before + 1);
  });

  it('keeps nothing on disk that says whom it spoke with, where, or what', async () => {
    const body = `a sentence of ${randomBytes(8).toString('hex')}`;
    {
      await using child = await accountChild(orders);
      expect(
        await child.ask({ command: 'post', op: { roomId, members: [friend.userId], txnId: 'on-disk', msgtype: 'm.notice', body } }),
      ).toMatchObject({ outcome: 'accepted' });
      await friend.reads(roomId, body);
      await friend.say(roomId, `${body}, answered`);
      await until('the answer', () => texts().some((event) => event.body === `${body}, answered`));
    }
    const bytes = Buffer.concat(
      ['', '-wal', '-generation'].map((end) => (existsSync(own.file + end) ? readFileSync(own.file + end) : Buffer.alloc(0))),
    );
    expect(bytes.length).toBeGreaterThan(100_000);
    const [localpart = ''] = friend.userId.slice(1).split(':');
    for (const secret of [
      body,
      localpart,
      own.user,
      roomId,
      roomId.slice(1, 12),
      friend.client.getDeviceId() ?? '',
      'syt_',
      'chat.example',
      'm.room.message',
    ]) {
      expect(secret).not.toBe('');
      for (const form of [
        secret,
        Buffer.from(secret).toString('base64').slice(0, -4),
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret, 'utf16le').toString('latin1'),
      ]) {
        expect(bytes.includes(Buffer.from(form, 'latin1'))).toBe(false);
      }
    }
  });
});

const invitedTo = (friend: MatrixFriend): readonly string[] =>
  friend.client.getRooms().flatMap((room) => (room.getMyMembership() === 'invite' ? [room.roomId] : []));

/** Every device that stays gets keys of every message, and slows each test after it. */
async function logOut(device: MatrixFriend): Promise<void> {
  await device.client.logout(true).catch(() => undefined);
}
