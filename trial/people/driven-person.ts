// Makes a MatrixPerson of a driver: everything that is the same for every implementation.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Driver } from './driver-process.ts';
import { seenFrom, type DriverCall, type DriverRooms } from './matrix-driver.ts';
import type { RawSeen } from './raw-seen.ts';
import type { MatrixPerson, SeenEvent, SeenRoom } from './matrix-person.ts';

const DEADLINE_MS = 20_000;
const ASK_AGAIN_MS = 50;

export interface Sight {
  readonly seen: readonly SeenEvent[];
  readonly whole: readonly RawSeen[];
  onEvent(raw: RawSeen): void;
  /** Resolves at the next event, or after `ms`. */
  next(ms: number): Promise<void>;
}

export function makeSight(): Sight {
  const seen: SeenEvent[] = [];
  const whole: RawSeen[] = [];
  let wake = Promise.withResolvers<void>();
  return {
    seen,
    whole,
    onEvent(raw) {
      seen.push(seenFrom(raw));
      whole.push(raw);
      wake.resolve();
      wake = Promise.withResolvers<void>();
    },
    async next(ms) {
      const ending = new AbortController();
      await Promise.race([wake.promise, pause(ms, undefined, { signal: ending.signal }).catch(() => undefined)]);
      ending.abort();
    },
  };
}

export function personFrom(
  driver: Driver,
  setting: { readonly implementation: MatrixPerson['implementation']; readonly sight: Sight },
): MatrixPerson {
  const { sight } = setting;
  const event = async (call: DriverCall): Promise<string> => String(await driver.call(call));
  const message = (roomId: string, content: object): Promise<string> => event({ do: 'send', roomId, type: 'm.room.message', content });
  const rooms = async (): Promise<readonly SeenRoom[]> => (await driver.call({ do: 'rooms' })) as DriverRooms;

  const waitFor: MatrixPerson['waitFor'] = async (matching, { deadlineMs = DEADLINE_MS } = {}) => {
    const deadline = Date.now() + deadlineMs;
    for (let at = 0; ;) {
      for (; at < sight.seen.length; at += 1) {
        const one = sight.seen[at];
        if (one !== undefined && matching(one)) return one;
      }
      if (Date.now() >= deadline) throw new Error(`not seen within ${deadlineMs / 1000} s; seen lately: ${summary(sight.seen)}`);
      await sight.next(deadline - Date.now());
    }
  };

  return {
    implementation: setting.implementation,
    userId: driver.userId,
    deviceId: driver.deviceId,
    seen: sight.seen,
    seenWhole: sight.whole,
    rooms,
    async waitForRoom(matching, { deadlineMs = DEADLINE_MS } = {}) {
      const deadline = Date.now() + deadlineMs;
      for (;;) {
        const now = await rooms();
        const found = now.find(matching);
        if (found !== undefined) return found;
        if (Date.now() >= deadline) throw new Error(`no such room within ${deadlineMs / 1000} s; there are ${JSON.stringify(now)}`);
        await pause(ASK_AGAIN_MS);
      }
    },
    async join(roomId) {
      await driver.call({ do: 'join', roomId });
    },
    async leave(roomId) {
      await driver.call({ do: 'leave', roomId });
    },
    async invite(roomId, userId) {
      await driver.call({ do: 'invite', roomId, userId });
    },
    startChat: (userId, encryption = 'encrypted') => event({ do: 'create', content: chatWith(userId, encryption) }),
    startGroup: (userIds) =>
      event({ do: 'create', content: { preset: 'private_chat', name: 'All of us', invite: userIds, initial_state: [encrypted] } }),
    async signDevice(deviceId) {
      await driver.call({ do: 'sign-device', deviceId });
    },
    say: (roomId, body, { replyTo, msgtype = 'm.text' } = {}) =>
      message(roomId, { msgtype, body, ...(replyTo === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: replyTo } } }) }),
    edit: (roomId, eventId, body) =>
      message(roomId, {
        msgtype: 'm.text',
        body: `* ${body}`,
        'm.new_content': { msgtype: 'm.text', body },
        'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
      }),
    react: (roomId, eventId, symbol) =>
      event({
        do: 'send',
        roomId,
        type: 'm.reaction',
        content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key: symbol } },
      }),
    remove: (roomId, eventId) => event({ do: 'redact', roomId, eventId }),
    sendFile: (roomId, fileName) => message(roomId, fileContent(fileName)),
    sendEvent: (roomId, { type, content }) => event({ do: 'send', roomId, type, content }),
    waitFor,
    waitForText(roomId, part, { after, ...waiting } = {}) {
      const from = after === undefined ? -1 : sight.seen.indexOf(after);
      return waitFor(
        (one) => one.roomId === roomId && one.what.type === 'text' && one.what.body.includes(part) && sight.seen.indexOf(one) > from,
        waiting,
      );
    },
    sleep: () => driver.sleep(),
    wake: () => driver.wake(),
    [Symbol.asyncDispose]: () => driver[Symbol.asyncDispose](),
  };
}

const encrypted = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };

/** As clients make a direct chat. */
function chatWith(userId: string, encryption: 'encrypted' | 'unencrypted'): object {
  return {
    preset: 'trusted_private_chat',
    is_direct: true,
    invite: [userId],
    initial_state: encryption === 'encrypted' ? [encrypted] : [],
  };
}

/** As clients describe an encrypted file (Matrix spec, "Sending encrypted attachments"), without the file itself. */
function fileContent(fileName: string): object {
  const bytes = (length: number): string => randomBytes(length).toString('base64url');
  return {
    msgtype: 'm.file',
    body: fileName,
    info: { mimetype: 'application/octet-stream', size: 12_345 },
    file: {
      v: 'v2',
      url: `mxc://chat.example/${bytes(18)}`,
      key: { kty: 'oct', alg: 'A256CTR', ext: true, key_ops: ['encrypt', 'decrypt'], k: bytes(32) },
      iv: bytes(16),
      hashes: { sha256: bytes(32) },
    },
  };
}

function summary(seen: readonly SeenEvent[]): string {
  return JSON.stringify(seen.slice(-8).map(({ sender, what }) => ({ sender, ...what })));
}
