// Plays a person's Matrix client with matrix-js-sdk, keys in memory, in a process of its own: the SDK takes things from
// the global object, and the relay's copy must not share them. Dialogue: matrix-driver.ts.
import './quiet-console.ts';
import { createInterface } from 'node:readline';
import {
  createClient,
  Direction,
  ClientEvent,
  Filter,
  KnownMembership,
  MatrixEventEvent,
  RoomEvent,
  SyncState,
  type MatrixClient,
  type MatrixEvent,
} from 'matrix-js-sdk';
import type { DriverCall, DriverLine, DriverRooms, DriverStart } from './matrix-driver.ts';
import { sendUntilTaken, serverIsAway } from './send-until-taken.ts';

const DEADLINE_MS = 30_000;
const ASK_AGAIN_MS = 20;

function write(line: DriverLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function start(settings: DriverStart): Promise<MatrixClient> {
  const { baseUrl, user, password } = settings;
  const login = await createClient({ baseUrl }).loginRequest({
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user },
    password,
  });
  const client = createClient({
    baseUrl,
    userId: login.user_id,
    deviceId: login.device_id,
    accessToken: login.access_token,
    disableVoip: true,
    localTimeoutMs: DEADLINE_MS,
  });
  await client.initRustCrypto({ useIndexedDB: false });
  report(client);
  const synced = new Promise<void>((resolve) => {
    client.on(ClientEvent.Sync, (state) => {
      if (state === SyncState.Prepared) resolve();
    });
  });
  const filter = Filter.fromJson(login.user_id, '', { room: { timeline: { limit: settings.timelineLimit } } });
  await client.startClient({ disablePresence: true, initialSyncLimit: 50, lazyLoadMembers: false, threadSupport: false, filter });
  await synced;
  if (settings.device === 'signed') await signOwnDevice(client, { user, password });
  return client;
}

async function signOwnDevice(client: MatrixClient, login: { readonly user: string; readonly password: string }): Promise<void> {
  await client.getCrypto()?.bootstrapCrossSigning({
    setupNewCrossSigning: true,
    authUploadDeviceSigningKeys: async (makeRequest) => {
      await makeRequest({ type: 'm.login.password', identifier: { type: 'm.id.user', user: login.user }, password: login.password });
    },
  });
}

/** Hands on what others do, in the order in which it comes, each once it was decrypted or that failed. */
function report(client: MatrixClient): void {
  let chain = Promise.resolve();
  client.on(RoomEvent.Timeline, (event, _room, toStart) => {
    if (toStart === true || event.getSender() === client.getUserId() || event.status !== null) return;
    chain = chain.then(async () => {
      await client.decryptEventIfNeeded(event).catch(() => undefined);
      writeEvent(event);
      if (event.isDecryptionFailure()) event.once(MatrixEventEvent.Decrypted, writeEvent);
    });
  });
}

function writeEvent(event: MatrixEvent): void {
  write({
    event: {
      roomId: event.getRoomId() ?? '',
      eventId: event.getId() ?? '',
      sender: event.getSender() ?? '',
      at: event.getTs(),
      encrypted: event.isEncrypted(),
      readable: !event.isDecryptionFailure(),
      type: event.getType(),
      stateKey: event.getStateKey() ?? null,
      redacts: event.event.redacts ?? null,
      content: event.getContent(),
    },
  });
}

async function perform(client: MatrixClient, call: DriverCall): Promise<unknown> {
  switch (call.do) {
    case 'rooms':
      return roomsOf(client);
    case 'join':
      await client.joinRoom(call.roomId);
      return undefined;
    case 'leave':
      await client.leave(call.roomId);
      return undefined;
    case 'invite':
      await client.invite(call.roomId, call.userId);
      return undefined;
    case 'create':
      return (await client.createRoom(call.content)).room_id;
    case 'send':
      await untilKnown(client, call.roomId);
      return sendUntilTaken(client, call);
    case 'redact':
      return (await client.redactEvent(call.roomId, call.eventId)).event_id;
    case 'sign-device': {
      const crypto = client.getCrypto();
      await crypto?.getUserDeviceInfo([client.getSafeUserId()], true);
      await crypto?.crossSignDevice(call.deviceId);
      return undefined;
    }
    case 'log-out':
      await client.logout(true);
      return undefined;
  }
}

/** Asked about once: encryption cannot be turned off, and a request before each text would be in every measurement. */
const known = new Set<string>();

/** Right after joining, the SDK does not know yet that a room is encrypted, and would send what it is given in clear. */
async function untilKnown(client: MatrixClient, roomId: string): Promise<void> {
  if (known.has(roomId)) return;
  const deadline = Date.now() + DEADLINE_MS;
  const encrypted = await isEncrypted(client, { roomId, deadline });
  for (;;) {
    const room = client.getRoom(roomId);
    // The server told the state, so we are in; the SDK sometimes keeps an invitation that was accepted at once for an open one.
    const membership: string | undefined = room?.getMyMembership();
    if (room !== null && (encrypted ? room.hasEncryptionStateEvent() : membership === 'join')) {
      if (encrypted) known.add(roomId);
      return;
    }
    if (Date.now() > deadline) throw new Error('the room has not come by sync');
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

/** A server that is away has said nothing. */
async function isEncrypted(client: MatrixClient, of: { readonly roomId: string; readonly deadline: number }): Promise<boolean> {
  for (;;) {
    try {
      await client.getStateEvent(of.roomId, 'm.room.encryption', '');
      return true;
    } catch (error) {
      if (!serverIsAway(error) || Date.now() > of.deadline) return false;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

function roomsOf(client: MatrixClient): DriverRooms {
  return client.getRooms().flatMap((room) => {
    const membership: string = room.getMyMembership();
    if (membership !== 'join' && membership !== 'invite') return [];
    const state = room.getLiveTimeline().getState(Direction.Forward);
    const named: unknown = state?.getStateEvents('m.room.name', '')?.getContent()['name'];
    return [
      {
        roomId: room.roomId,
        membership,
        name: typeof named === 'string' ? named : null,
        inviter: membership === 'invite' ? (room.getMember(client.getSafeUserId())?.events.member?.getSender() ?? null) : null,
        encrypted: room.hasEncryptionStateEvent() ? 'yes' : 'no',
        joined: room.getMembersWithMembership(KnownMembership.Join).map((member) => member.userId),
        invited: room.getMembersWithMembership(KnownMembership.Invite).map((member) => member.userId),
      },
    ];
  });
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first = await lines.next();
if (first.done === true) process.exit(0);
const client = await start(JSON.parse(first.value) as DriverStart);
write({ ready: { userId: client.getSafeUserId(), deviceId: client.getDeviceId() ?? '' } });
for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
  const { id, call } = JSON.parse(line.value) as { readonly id: number; readonly call: DriverCall };
  perform(client, call).then(
    (ok) => write({ id, ok: ok ?? null }),
    (error: unknown) => write({ id, error: String(error) }),
  );
}
process.exit(0);
