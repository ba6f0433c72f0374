// Pages back over what a sync left out, newest first, until something known.
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import { failureOf } from '#matrix/answers.ts';
import type { Device } from '#matrix/device.ts';
import type { Paged } from '#matrix/inbox-worker.ts';
import type { GapItem } from '#matrix/raw-inbox.ts';
import { isRecord, listOf, readRawEvent, textOr } from '#matrix/raw-event.ts';
import { isOwnInvitation, stateOf } from '#matrix/sync-intake.ts';

const pageSize = 100;
/** 20 000 events in one room while we were away is no conversation. */
const pageLimit = 200;

export async function pageBack({ client, inbox, names, credentials }: Device, gap: GapItem): Promise<Paged> {
  let answer: unknown;
  try {
    answer = await client.http.authedRequest(Method.Get, `/rooms/${encodeURIComponent(gap.roomId)}/messages`, {
      dir: 'b',
      from: gap.from,
      limit: String(pageSize),
      ...(gap.to !== null && { to: gap.to }),
    });
  } catch (error) {
    const failure = failureOf(error);
    if (failure.outcome === 'later') return { paged: 'later', afterMs: Math.max(failure.afterMs, 1_000) };
    // We may not look into this room any more: what is missing stays missing, and the room goes on.
    return { paged: 'yes', newestFirst: [], next: null };
  }
  const chunk = isRecord(answer) ? listOf(answer['chunk']) : [];
  const end = isRecord(answer) ? textOr(answer['end'], null) : null;
  const newestFirst: Extract<Paged, { paged: 'yes' }>['newestFirst'][number][] = [];
  for (const one of chunk) {
    const event = readRawEvent(one);
    if (event === null) continue;
    if (inbox.knows(event.event_id) || (gap.stop === 'own-invitation' && isOwnInvitation(event, credentials.userId)))
      return { paged: 'yes', newestFirst, next: null };
    newestFirst.push({
      item: { item: 'event', roomId: gap.roomId, event, ...names.namesOf(gap.roomId, event.sender) },
      state: stateOf(event, { self: credentials.userId, since: gap.from, now: Date.now() }),
    });
  }
  const more = end !== null && end !== gap.from && chunk.length > 0 && gap.pages + 1 < pageLimit;
  return { paged: 'yes', newestFirst, next: more ? { ...gap, from: end, pages: gap.pages + 1 } : null };
}
