// Invite, join, leave: plain requests. The SDK's own `invite` would send past room keys along (MSC4268), its `join` would ask for them.
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { PlainOutcome } from '#relay/matrix-port.ts';
import { failureOf } from '#matrix/answers.ts';
import { until } from '#matrix/deadline.ts';
import type { Device } from '#matrix/device.ts';
import { joinedRoom } from '#matrix/guard.ts';

/** After a join the room's state comes with a later sync; whoever joined wants to speak. */
const arriveWithinMs = 15_000;

export const invite = (device: Device, op: { readonly roomId: string; readonly userId: string }): Promise<PlainOutcome> =>
  attempt(() => ask(device, { roomId: op.roomId, act: 'invite', body: { user_id: op.userId } }));

export const join = (device: Device, op: { readonly roomId: string }): Promise<PlainOutcome> =>
  attempt(async () => {
    await ask(device, { roomId: op.roomId, act: 'join', body: {} });
    await until(arriveWithinMs, () => joinedRoom(device.client, op.roomId));
  });

export const leave = (device: Device, op: { readonly roomId: string; readonly reason?: string }): Promise<PlainOutcome> =>
  attempt(async () => {
    try {
      await ask(device, { roomId: op.roomId, act: 'leave', body: op.reason === undefined ? {} : { reason: op.reason } });
    } catch (error) {
      // Not in it any more, or never: that is what was wanted.
      const failure = failureOf(error);
      if (failure.outcome !== 'refused' || (failure.code !== 'M_FORBIDDEN' && failure.code !== 'M_NOT_FOUND')) throw error;
    }
    // A forgotten room may not be in the next sync at all, and would stay in our state for ever: see it go first.
    const gone = await until(arriveWithinMs, () => (joinedRoom(device.client, op.roomId) === null ? 'gone' : null));
    if (gone !== null) await ask(device, { roomId: op.roomId, act: 'forget', body: {} }).catch(() => undefined);
  });

async function attempt(act: () => Promise<void>): Promise<PlainOutcome> {
  try {
    await act();
    return { outcome: 'done' };
  } catch (error) {
    return failureOf(error);
  }
}

async function ask(
  device: Device,
  {
    roomId,
    act,
    body,
  }: { readonly roomId: string; readonly act: 'invite' | 'join' | 'leave' | 'forget'; readonly body: Record<string, unknown> },
): Promise<void> {
  await device.client.http.authedRequest(Method.Post, `/rooms/${encodeURIComponent(roomId)}/${act}`, undefined, body);
}
