// The homeserver itself is killed: in the middle of making rooms, and in the middle of talking.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openAccount } from '#matrix/account.ts';
import type { MatrixAccount, RoomEvent } from '#relay/matrix-port.ts';
import { matrixFriend } from '#tests/support/matrix-friend.ts';
import { loggedIn } from '#tests/support/matrix-world.ts';
import { until } from '#tests/support/until.ts';
import { startStack } from '#trial/stack.ts';

/** How long after a request the homeserver is killed, ms; from 5 to 150 were tried. */
const delays = [60];

describe('an account whose homeserver is killed', () => {
  it('makes whole rooms, sends once, and hears all', { timeout: 300_000 }, async () => {
    await using ending = new AsyncDisposableStack();
    const stack = ending.use(await startStack());
    const folder = mkdtempSync(join(tmpdir(), 'hearken-homeserver-'));
    ending.defer(() => rmSync(folder, { recursive: true }));
    const own = await loggedIn(stack, { bot: 'desk', folder });
    const events: RoomEvent[] = [];
    const account = ending.use(
      await openAccount({
        ...own,
        take: async (event) => {
          events.push(event);
        },
      }),
    );
    const friend = ending.use(await matrixFriend({ baseUrl: own.homeserver, account: await stack.admin.freshMatrixAccount('vera') }));
    const patient = <Outcome extends { readonly outcome: string }>(what: string, ask: () => Promise<Outcome>): Promise<Outcome> =>
      until(
        what,
        async () => {
          const outcome = await ask();
          return outcome.outcome === 'later' ? null : outcome;
        },
        { deadlineMs: 90_000 },
      );

    for (const delay of delays) {
      const op = { creationId: randomBytes(8).toString('hex'), invite: [friend.userId], federate: 'anywhere', direct: 'group' } as const;
      const making = account.createRoom(op);
      await pause(delay);
      await stack.synapse.kill();
      await making;
      await stack.synapse.start();
      const made = await patient('a room', () => account.createRoom(op));
      if (made.outcome !== 'made') throw new Error(made.outcome);
      expect(await account.sight(made.roomId)).toEqual({ encrypted: 'yes', joined: [account.userId], invited: [friend.userId] });
      await until('the invitation', () => friend.client.getRoom(made.roomId)?.getMyMembership() === 'invite', { deadlineMs: 60_000 });
      await friend.join(made.roomId);

      const post = (body: string): Parameters<MatrixAccount['post']>[0] => ({
        roomId: made.roomId,
        members: [friend.userId],
        txnId: randomBytes(8).toString('hex'),
        msgtype: 'm.notice',
        body,
      });
      await until('the friend inside', async () => {
        const sight = await account.sight(made.roomId);
        return sight !== 'unknown-room' && sight.joined.length === 2;
      });
      const first = post(`first after ${delay}`);
      const sending = account.post(first);
      await pause(delay);
      await stack.synapse.kill();
      await sending;
      await stack.synapse.start();
      expect(await patient('the first', () => account.post(first))).toMatchObject({ outcome: 'accepted' });
      const last = post(`last after ${delay}`);
      expect(await patient('the last', () => account.post(last))).toMatchObject({ outcome: 'accepted' });
      await until('the last to be read', () => friend.seen(made.roomId).some((event) => event.content['body'] === last.body), {
        deadlineMs: 60_000,
      });
      expect(friend.seen(made.roomId).filter((event) => event.content['body'] === first.body)).toHaveLength(1);
      await friend.say(made.roomId, `answer after ${delay}`);
      await until('the answer', () => events.some(({ what }) => what.type === 'text' && what.body === `answer after ${delay}`), {
        deadlineMs: 60_000,
      });
    }
    expect(events.filter(({ what }) => what.type === 'unreadable')).toEqual([]);
  });
});
