// Accounts of ours and people's chat programs on a real homeserver, for tests.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MatrixEvent } from 'matrix-js-sdk';
import { openAccount } from '#matrix/account.ts';
import type { AccountOptions } from '#matrix/account.ts';
import { loginOnce } from '#matrix/login.ts';
import { sdk } from '#matrix/quiet-sdk.ts';
import { instant } from '#domain/ids.ts';
import type { Clock } from '#relay/clock.ts';
import type { BotName } from '#relay/matrix-port.ts';
import type { Person, Seen, World } from '#tests/contract/matrix-account.ts';
import { until } from '#tests/support/until.ts';
import { matrixFriend } from '#tests/support/matrix-friend.ts';
import type { MatrixFriend } from '#tests/support/matrix-friend.ts';
import type { StackHandle } from '#trial/stack-handle.ts';

export const realClock: Clock = { now: () => instant(Date.now()) };

/** Everything `openAccount` needs for an account that has just been logged in; `take` is the test's. */
export type LoggedIn = Omit<AccountOptions, 'take'> & { readonly userId: string; readonly password: string; readonly user: string };

export async function loggedIn(stack: StackHandle, { bot, folder }: { readonly bot: BotName; readonly folder: string }): Promise<LoggedIn> {
  const account = await stack.admin.freshMatrixAccount(bot);
  const options = {
    bot,
    homeserver: stack.addresses.matrix.baseUrl,
    file: join(folder, `${account.user}.db`),
    key: randomBytes(32),
    witness: null,
    clock: realClock,
    log: () => undefined,
    die: (code: string): void => {
      throw new Error(`an account ended itself: ${code}`);
    },
  };
  await loginOnce({
    ...options,
    user: account.user,
    password: account.password,
    deviceName: 'Hearken',
    recoveryKey: null,
    keepRecoveryKey: async () => undefined,
    start: 'resume',
    identity: 'keep',
  });
  return { ...options, userId: account.userId, user: account.user, password: account.password };
}

export async function synapseWorld(stack: StackHandle): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'hearken-matrix-'));
  await using ending = new AsyncDisposableStack();
  ending.defer(() => rmSync(folder, { recursive: true }));
  const kept = ending.move();
  return {
    async account(bot, take) {
      return await openAccount({ ...(await loggedIn(stack, { bot, folder })), take });
    },
    async person(name, device = 'signed') {
      const account = await stack.admin.freshMatrixAccount(name);
      return personOf(kept.use(await matrixFriend({ baseUrl: stack.addresses.matrix.baseUrl, account, device })));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function personOf(friend: MatrixFriend): Person {
  const { client } = friend;
  return {
    userId: friend.userId,
    async goesBy(name) {
      await client.setDisplayName(name);
      // Synapse writes it into one room after the other, behind its answer.
      const rooms = client.getRooms().filter((room) => room.getMyMembership() === 'join');
      await until('the name in every room', () => rooms.every((room) => room.getMember(friend.userId)?.rawDisplayName === name));
    },
    join: (roomId) => friend.join(roomId),
    async leave(roomId) {
      await client.leave(roomId);
    },
    async putOut(roomId, userId) {
      await client.kick(roomId, userId);
    },
    async encrypt(roomId) {
      await client.sendStateEvent(roomId, sdk.EventType.RoomEncryption, { algorithm: 'm.megolm.v1.aes-sha2' }, '');
      await until('encryption in the room', () => client.getRoom(roomId)?.hasEncryptionStateEvent());
    },
    async invite(roomId, userId) {
      await client.invite(roomId, userId);
    },
    say: (roomId, body, more = {}) =>
      friend.say(roomId, body, more.replyTo === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: more.replyTo } } }),
    edit: (roomId, of, body) =>
      friend.say(roomId, `* ${body}`, {
        'm.new_content': { msgtype: 'm.text', body },
        'm.relates_to': { rel_type: 'm.replace', event_id: of },
      }),
    async remove(roomId, of) {
      await client.redactEvent(roomId, of);
    },
    async react(roomId, of, symbol) {
      return (
        await client.sendEvent(roomId, sdk.EventType.Reaction, {
          'm.relates_to': { rel_type: sdk.RelationType.Annotation, event_id: of, key: symbol },
        })
      ).event_id;
    },
    sendFile: (roomId) => friend.say(roomId, 'photo.jpg', { msgtype: 'm.image', url: 'mxc://chat.example/nothing' }),
    chatWith: (userId, kind) => friend.chatWith(userId, { encrypted: kind === 'encrypted' ? 'yes' : 'no' }),
    sees: async (roomId) => seenBy(client, roomId),
  };
}

function seenBy(client: sdk.MatrixClient, roomId: string): readonly Seen[] {
  const events = client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? [];
  const reactionsTo = (of: string): readonly string[] =>
    events.flatMap((event) =>
      event.getType() === 'm.reaction' && event.getRelation()?.event_id === of ? [event.getRelation()?.key ?? ''] : [],
    );
  return events
    .filter((event) => event.getType() === 'm.room.message' || (event.isRedacted() && event.getWireType() === 'm.room.encrypted'))
    .map((event: MatrixEvent) => ({
      eventId: event.getId() ?? '',
      sender: event.getSender() ?? '',
      body: String(event.getOriginalContent()['body'] ?? ''),
      edits: event.getRelation()?.rel_type === 'm.replace' ? (event.getRelation()?.event_id ?? null) : null,
      replyTo: event.replyEventId ?? null,
      wire: event.getWireType() === 'm.room.encrypted' ? 'encrypted' : 'clear',
      removed: event.isRedacted() ? 'yes' : 'no',
      reactions: reactionsTo(event.getId() ?? ''),
    }));
}
