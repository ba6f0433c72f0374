// Sends one event as a person's client does that tries again by itself while its server is away: under one transaction id, so that
// it is there once.
import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionError, HTTPError, RoomEvent, type MatrixClient, type MatrixEvent, type TimelineEvents } from 'matrix-js-sdk';

const TRY_FOR_MS = 60_000;
const TRY_AGAIN_MS = 250;

export interface EventToSend {
  readonly roomId: string;
  readonly type: string;
  readonly content: object;
}

/** Resolves to the event's id. */
export async function sendUntilTaken(client: MatrixClient, { roomId, type, content }: EventToSend): Promise<string> {
  const txnId = client.makeTxnId();
  const deadline = Date.now() + TRY_FOR_MS;
  let own: MatrixEvent | null = null;
  const keep = (event: MatrixEvent): void => {
    if (event.getTxnId() === txnId) own = event;
  };
  client.on(RoomEvent.LocalEchoUpdated, keep);
  try {
    for (;;) {
      const there = idIfTaken(own);
      if (there !== null) return there;
      try {
        return (await sendOrAgain(client, { own, send: { roomId, type, content, txnId } })).event_id;
      } catch (error) {
        // Its answer was lost, and it has come back by sync meanwhile.
        const taken = idIfTaken(own);
        if (taken !== null) return taken;
        if (!serverIsAway(error) || Date.now() > deadline) throw error;
      }
      await pause(TRY_AGAIN_MS);
    }
  } finally {
    client.off(RoomEvent.LocalEchoUpdated, keep);
  }
}

/** Null: as far as its client knows, the server does not have it. */
function idIfTaken(event: MatrixEvent | null): string | null {
  return event === null || event.status !== null ? null : (event.getId() ?? null);
}

function sendOrAgain(
  client: MatrixClient,
  { own, send }: { readonly own: MatrixEvent | null; readonly send: EventToSend & { readonly txnId: string } },
): Promise<{ readonly event_id: string }> {
  const room = client.getRoom(send.roomId);
  if (own !== null && room !== null) return client.resendEvent(own, room);
  // The SDK's types know each event type with its own content; here any may come.
  return client.sendEvent(send.roomId, send.type as keyof TimelineEvents, send.content as never, send.txnId);
}

export function serverIsAway(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  return error instanceof HTTPError && (error.httpStatus ?? 0) >= 500;
}
