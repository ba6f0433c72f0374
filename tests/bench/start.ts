// From starting the process to both bots being ready, with many cases in the store and the open ones' rooms on the homeserver.
import type { Figure } from '#tests/bench/figure.ts';
import { fillStore } from '#tests/bench/fill-store.ts';
import { partsFrom } from '#tests/bench/opened-parts.ts';
import { spreadOf } from '#tests/bench/spread.ts';
import type { Stage } from '#tests/support/stage.ts';
import { until } from '#tests/support/until.ts';
import { logIn, type Homeserver, type MatrixAccountOfTrial } from '#trial/servers/matrix-accounts.ts';

const addedMs = 3_000;
const roomsDeadlineMs = 900_000;
const syncDeadlineMs = 60_000;

export interface StartPlan {
  readonly stage: Stage;
  readonly cases: number;
  readonly open: number;
  readonly rounds: number;
}

/** What the homeserver itself takes for the first sync of a bot that comes back, ms: of a device of the same account, from where it was. */
const firstSyncMs = async (homeserver: Homeserver, account: MatrixAccountOfTrial): Promise<number> => {
  const token = await logIn(homeserver, account);
  const headers = { authorization: `Bearer ${token}` };
  const sync = async (since: string): Promise<string> => {
    const url = `${homeserver.baseUrl}/_matrix/client/v3/sync?timeout=0${since === '' ? '' : `&since=${since}`}`;
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(syncDeadlineMs) });
    return String(((await answer.json()) as { readonly next_batch?: unknown }).next_batch);
  };
  const position = await sync('');
  const began = performance.now();
  await sync(position);
  const took = performance.now() - began;
  await fetch(`${homeserver.baseUrl}/_matrix/client/v3/logout`, { method: 'POST', headers });
  return took;
};

/** The relay has to be running, and is again afterwards. */
export const fillWithCases = async ({ stage, cases, open }: StartPlan): Promise<void> => {
  await stage.relay.stop();
  const invite = await stage.stack.admin.freshMatrixAccount('holds-many');
  {
    await using opened = new AsyncDisposableStack();
    const { parts } = await partsFrom({ config: stage.config }, opened);
    await fillStore(parts, { cases, open, rooms: { rooms: 'made-by-relay', invite: invite.userId } });
  }
  await stage.relay.start();
  const allMade = async (): Promise<boolean> => (await stage.relay.hearken('status')).out.includes(' 0 to send');
  await until('all rooms made', allMade, { deadlineMs: roomsDeadlineMs });
};

export const measureStart = async ({ stage, cases, open, rounds }: StartPlan): Promise<readonly Figure[]> => {
  const homeserver = stage.stack.addresses.matrix;
  const bare: number[] = [];
  const relay: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await stage.relay.stop();
    bare.push(await firstSyncMs(homeserver, stage.deskAccount));
    const began = performance.now();
    await stage.relay.start();
    relay.push(performance.now() - began);
  }
  const sync = spreadOf(bare);
  return [
    {
      figure: 'start',
      what: `From starting the process until both bots are ready, with ${cases} cases, ${open} of them open with their rooms`,
      unit: 'ms',
      relay: spreadOf(relay),
      bare: sync,
      bound: { is: 'at-most', value: sync.median + addedMs, from: `the homeserver’s own first sync + ${addedMs / 1000} s` },
    },
  ];
};
