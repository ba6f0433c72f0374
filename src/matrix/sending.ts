// Sends one event: guard, encrypt, look at what came out, PUT under the caller's own transaction id. No local echo, no queue of the SDK's.
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { FixedTextOp, PostOp, RoomOutcome } from '#relay/matrix-port.ts';
import type { Log } from '#relay/log.ts';
import { failureOf } from '#matrix/answers.ts';
import { within } from '#matrix/deadline.ts';
import type { Device } from '#matrix/device.ts';
import { joinedRoom, mayPost, sightOf } from '#matrix/guard.ts';
import type { Guarded, GuardParts } from '#matrix/guard.ts';
import { sdk } from '#matrix/quiet-sdk.ts';
import { isRecord } from '#matrix/raw-event.ts';

export interface SendingParts extends GuardParts {
  readonly device: Device;
  readonly log: Log;
}

/** Claiming keys for many devices and sharing a room key are several requests, each with its own deadline. */
const encryptMs = 90_000;

export async function post(parts: SendingParts, op: PostOp): Promise<RoomOutcome> {
  const { device, bot, self, log } = parts;
  try {
    const before = await mayPost(parts, op);
    if (before.may === 'not') return refusedBy(before.why);
    const event = new sdk.MatrixEvent({ type: 'm.room.message', room_id: op.roomId, sender: self, content: messageContent(op) });
    await within(encryptMs, device.crypto.backend.encryptEvent(event, before.room));
    // Encrypting may have taken long enough for somebody to come in.
    const after = await mayPost(parts, op);
    if (after.may === 'not') return refusedBy(after.why);
    if (event.getWireType() !== 'm.room.encrypted') return refusedBy('unencrypted');
    return await put(
      device,
      `/rooms/${encodeURIComponent(op.roomId)}/send/m.room.encrypted/${encodeURIComponent(op.txnId)}`,
      event.getWireContent(),
    );
  } catch (error) {
    return failureOf(error);
  }

  function refusedBy(why: Guarded['why']): Guarded {
    log({ event: 'matrix.guard', bot, code: why });
    return { outcome: 'guarded', why };
  }
}

function messageContent({ msgtype, body, replyTo, edits }: PostOp): Record<string, unknown> {
  // Explicitly nobody: otherwise clients search the text for names to alert (Matrix 1.7, m.mentions).
  const content = { msgtype, body, 'm.mentions': {} };
  if (edits !== undefined)
    return { ...content, body: `* ${body}`, 'm.new_content': content, 'm.relates_to': { rel_type: 'm.replace', event_id: edits } };
  return replyTo === undefined ? content : { ...content, 'm.relates_to': { 'm.in_reply_to': { event_id: replyTo } } };
}

/** Words of ours into a requester's chat that is not as it should be: in clear where nothing else is possible, else encrypted to whoever is there. */
export async function postFixedText(parts: SendingParts, { roomId, txnId, body }: FixedTextOp): Promise<RoomOutcome> {
  const { device, client, bot, self } = parts;
  const sight = sightOf(client, roomId);
  if (sight === 'unknown-room') return { outcome: 'guarded', why: 'unknown-room' };
  if (sight.encrypted === 'yes') {
    const members = [...sight.joined, ...sight.invited].filter((member) => member !== self);
    return await post(parts, { roomId, txnId, body, members, msgtype: 'm.notice', devices: 'some-signed' });
  }
  if (bot === 'desk') return { outcome: 'guarded', why: 'unencrypted' };
  const path = `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${encodeURIComponent(txnId)}`;
  const content = { msgtype: 'm.notice', body };
  const leave = { path: new URL(client.http.getUrl(path)).pathname, body: JSON.stringify(content) };
  return await device.withLeave(leave, () => put(device, path, content));
}

export async function react(
  device: Device,
  op: { readonly roomId: string; readonly txnId: string; readonly eventId: string; readonly symbol: string },
): Promise<RoomOutcome> {
  if (joinedRoom(device.client, op.roomId) === null) return { outcome: 'guarded', why: 'unknown-room' };
  return await put(device, `/rooms/${encodeURIComponent(op.roomId)}/send/m.reaction/${encodeURIComponent(op.txnId)}`, {
    'm.relates_to': { rel_type: 'm.annotation', event_id: op.eventId, key: op.symbol },
  });
}

export async function redact(
  device: Device,
  op: { readonly roomId: string; readonly txnId: string; readonly eventId: string },
): Promise<RoomOutcome> {
  if (joinedRoom(device.client, op.roomId) === null) return { outcome: 'guarded', why: 'unknown-room' };
  return await put(
    device,
    `/rooms/${encodeURIComponent(op.roomId)}/redact/${encodeURIComponent(op.eventId)}/${encodeURIComponent(op.txnId)}`,
    {},
  );
}

async function put(device: Device, path: string, content: Record<string, unknown>): Promise<RoomOutcome> {
  try {
    const answer: unknown = await device.client.http.authedRequest(Method.Put, path, undefined, content);
    const eventId = isRecord(answer) ? answer['event_id'] : null;
    return typeof eventId === 'string' ? { outcome: 'accepted', eventId } : { outcome: 'later', afterMs: 5_000, code: 'answer-malformed' };
  } catch (error) {
    return failureOf(error);
  }
}
