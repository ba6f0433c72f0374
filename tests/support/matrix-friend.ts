// Somebody else's Matrix client, for tests: the SDK in memory, a new device at each login, cross-signed or not.
import type { RoomMessageEventContent } from 'matrix-js-sdk/lib/types.js';
import { silent, sdk } from '#matrix/quiet-sdk.ts';
import type { MatrixAccountOfTrial } from '#trial/servers/matrix-accounts.ts';
import { until } from '#tests/support/until.ts';

export interface SeenEvent {
  readonly id: string;
  readonly roomId: string;
  readonly sender: string;
  /** As it was on the wire. */
  readonly wireType: string;
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface MatrixFriend extends AsyncDisposable {
  readonly userId: string;
  readonly client: sdk.MatrixClient;
  /** Everything seen so far, decrypted where it could be, in the order it came. */
  seen(roomId: string): readonly SeenEvent[];
  /** Resolves to the first event in the room whose body is this. */
  reads(roomId: string, body: string): Promise<SeenEvent>;
  say(roomId: string, body: string, more?: Readonly<Record<string, unknown>>): Promise<string>;
  join(roomId: string): Promise<void>;
  /** A private, encrypted chat with this user, as a chat program makes it. */
  chatWith(userId: string, options?: { readonly encrypted?: 'no' | 'yes' }): Promise<string>;
}

export interface FriendOptions {
  readonly baseUrl: string;
  readonly account: MatrixAccountOfTrial;
  readonly device?: 'signed' | 'unsigned';
}

export async function matrixFriend({ baseUrl, account, device = 'signed' }: FriendOptions): Promise<MatrixFriend> {
  const login = await sdk
    .createClient({ baseUrl, logger: silent })
    .loginRequest({ type: 'm.login.password', identifier: { type: 'm.id.user', user: account.user }, password: account.password });
  const client = sdk.createClient({
    baseUrl,
    logger: silent,
    userId: login.user_id,
    deviceId: login.device_id,
    accessToken: login.access_token,
  });
  await client.initRustCrypto({ useIndexedDB: false });
  const events = new Map<string, sdk.MatrixEvent>();
  client.on(sdk.ClientEvent.Event, (event) => {
    const id = event.getId();
    if (id !== undefined && event.getRoomId() !== undefined) events.set(id, event);
  });
  await client.startClient({ initialSyncLimit: 50 });
  await until('a friend to be synced', () => client.getSyncState() === sdk.SyncState.Syncing);
  if (device === 'signed') {
    await client.getCrypto()?.bootstrapCrossSigning({
      authUploadDeviceSigningKeys: (request) =>
        request({ type: 'm.login.password', identifier: { type: 'm.id.user', user: account.user }, password: account.password }).then(
          () => undefined,
        ),
    });
  }
  const sight = (event: sdk.MatrixEvent): SeenEvent => ({
    id: event.getId() ?? '',
    roomId: event.getRoomId() ?? '',
    sender: event.getSender() ?? '',
    wireType: event.getWireType(),
    type: event.getType(),
    content: event.getContent(),
  });
  const seen = (roomId: string): readonly SeenEvent[] =>
    [...events.values()].filter((event) => event.getRoomId() === roomId && !event.status).map(sight);
  return {
    userId: login.user_id,
    client,
    seen,
    reads: (roomId, body) => until(`a message to be read`, () => seen(roomId).find((event) => event.content['body'] === body)),
    async say(roomId, body, more = {}) {
      const content = { msgtype: 'm.text', body, ...more } as unknown as RoomMessageEventContent;
      return (await client.sendEvent(roomId, sdk.EventType.RoomMessage, content)).event_id;
    },
    async join(roomId) {
      await client.joinRoom(roomId);
      // An invitation shows some of the room's state already; what is needed to speak comes with the join.
      await until(
        'a joined room to arrive',
        () => client.getRoom(roomId)?.getMyMembership() === 'join' && client.getCrypto()?.isEncryptionEnabledInRoom(roomId),
      );
    },
    async chatWith(userId, { encrypted = 'yes' } = {}) {
      const { room_id: roomId } = await client.createRoom({
        preset: sdk.Preset.PrivateChat,
        is_direct: true,
        invite: [userId],
        initial_state:
          encrypted === 'yes' ? [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }] : [],
      });
      await until('a chat to arrive', () => {
        const room = client.getRoom(roomId);
        return room !== null && room.getMembers().length === 2 && (encrypted === 'no' || room.hasEncryptionStateEvent());
      });
      return roomId;
    },
    async [Symbol.asyncDispose]() {
      client.stopClient();
    },
  };
}
