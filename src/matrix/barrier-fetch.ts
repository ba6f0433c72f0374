// The only way out to the homeserver: what came before a request is on disk before it leaves, and a sync's answer is held until it is kept.
import type { AccountFile } from '#matrix/account-file.ts';
import type { Failpoint } from '#matrix/failpoint.ts';
import { MatrixFault } from '#matrix/fault.ts';
import { readSyncAnswer } from '#matrix/sync-body.ts';
import type { SyncAnswer } from '#matrix/sync-body.ts';
import { judgeRequest } from '#matrix/wire-rules.ts';
import type { ClearLeave } from '#matrix/wire-rules.ts';

export interface BarrierFetchParts {
  readonly file: AccountFile;
  readonly failpoint: Failpoint;
  /** Told of a sync's whole answer before the SDK is handed the reduced one. */
  readonly answered: (answer: SyncAnswer) => void;
  /** The homeserver has told of devices and signatures; the SDK has not seen it yet. */
  readonly devicesTold: () => void;
  /** Clear sends that were decided on elsewhere. */
  readonly leaves: () => readonly ClearLeave[];
}

export type Fetch = typeof globalThis.fetch;

/** A sync of thousands of rooms stays far below; more is not an answer but an attack. */
const syncLimit = 256 * 1024 * 1024;
const usualDeadlineMs = 60_000;
/** A sync is answered when something happens, at the latest after the poll's own 30 s; a room's invitations may wait for other servers. */
const deadlineMs: Readonly<Record<string, number>> = { sync: 110_000, createRoom: 120_000 };

export function barrierFetch({ file, failpoint, answered, devicesTold, leaves }: BarrierFetchParts): Fetch {
  return async (input, init) => {
    const method = init?.method ?? 'GET';
    const verdict = judgeRequest(
      { method, path: new URL(input instanceof Request ? input.url : input).pathname, body: init?.body },
      leaves(),
    );
    if (verdict.verdict === 'refuse') throw new MatrixFault(verdict.code);
    const { request } = verdict;

    await file.free();
    file.commit();
    failpoint(`ask:${request}`);
    const signals = [AbortSignal.timeout(deadlineMs[request] ?? usualDeadlineMs), ...(init?.signal ? [init.signal] : [])];
    const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    // The whole body here and now: the SDK would wait for the rest of it without any deadline.
    const text = await response.text();
    failpoint(`answered:${request}`);

    if (request === 'sync' && response.ok) return holdSync(text);
    if (request === 'keys/query') devicesTold();
    if (request === 'keys/upload' && response.status === 400) checkUpload(text);
    return new Response(text, { status: response.status, headers: response.headers });
  };

  function holdSync(text: string): Response {
    const answer = text.length > syncLimit ? null : readSyncAnswer(text);
    // Not an answer: nothing was taken, so the SDK may ask again from where it was.
    if (answer === null) return Response.json({ errcode: 'M_NOT_JSON' }, { status: 502 });
    failpoint('sync-read');
    answered(answer);
    file.hold();
    return Response.json(answer.reduced);
  }

  /** The server has a key of ours that we know nothing of: this file is behind, and the SDK would upload in a tight loop. Synapse says it in words only. */
  function checkUpload(text: string): void {
    if (/one time key .* already exists/iu.test(text)) file.end('one-time-key-lost');
  }
}
