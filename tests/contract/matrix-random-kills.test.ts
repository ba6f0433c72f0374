// Kills an account's process at random while it reads and writes in several rooms, with new devices coming in between (7.7).
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CreateOutcome, RoomOutcome } from '#relay/matrix-port.ts';
import { accountChild, takenIn } from '#tests/support/matrix-children.ts';
import type { AccountChild } from '#tests/support/matrix-children.ts';
import type { ChildOrders } from '#tests/support/matrix-child.ts';
import { matrixFriend } from '#tests/support/matrix-friend.ts';
import type { MatrixFriend } from '#tests/support/matrix-friend.ts';
import { loggedIn } from '#tests/support/matrix-world.ts';
import { seeded } from '#tests/support/seeded.ts';
import { theStack } from '#tests/support/stack.ts';
import { until } from '#tests/support/until.ts';

const kills = 6;
const roomCount = 4;

describe('an account that is killed at random', () => {
  it(`loses, doubles, swaps and garbles nothing over ${kills} kills`, { timeout: 300_000 }, async () => {
    const chance = seeded('random kills');
    const stack = theStack();
    const folder = mkdtempSync(join(tmpdir(), 'hearken-random-'));
    await using ending = new AsyncDisposableStack();
    ending.defer(() => rmSync(folder, { recursive: true }));
    const own = await loggedIn(stack, { bot: 'front', folder });
    const orders: ChildOrders = {
      bot: 'front',
      homeserver: own.homeserver,
      file: own.file,
      keyHex: Buffer.from(own.key).toString('hex'),
      takenFile: join(folder, 'taken'),
      pointsFile: null,
      killAt: null,
    };
    const person = await stack.admin.freshMatrixAccount('robin');
    const friend = ending.use(await matrixFriend({ baseUrl: own.homeserver, account: person }));
    let child: AccountChild = await accountChild(orders);
    ending.defer(() => child[Symbol.asyncDispose]());

    const rooms: string[] = [];
    while (rooms.length < roomCount) {
      const made = (await child.ask({
        command: 'create',
        op: { creationId: randomBytes(8).toString('hex'), invite: [person.userId], federate: 'anywhere', direct: 'group' },
      })) as CreateOutcome;
      if (made.outcome !== 'made') throw new Error(made.outcome);
      await friend.join(made.roomId);
      rooms.push(made.roomId);
    }

    const said = new Map<string, string[]>(rooms.map((roomId) => [roomId, []]));
    const posted = new Map<string, string[]>(rooms.map((roomId) => [roomId, []]));
    let going: 'on' | 'out' = 'on';
    const pick = (): string => rooms[chance.below(rooms.length)] ?? '';
    let counter = 0;

    async function talk(by: MatrixFriend): Promise<void> {
      const roomId = pick();
      const body = `in ${(counter += 1)}`;
      said.get(roomId)?.push(body);
      await by.say(roomId, body);
    }
    /** The person: at the old device, and now and then at one that nobody has seen before. Only one speaks at a time, so that there is an order. */
    const talking = (async () => {
      while (going === 'on') {
        if (chance.below(6) === 0) {
          const device = await matrixFriend({ baseUrl: own.homeserver, account: person, device: 'unsigned' });
          await until('the rooms on a new device', () => rooms.every((roomId) => device.client.getRoom(roomId)?.hasEncryptionStateEvent()));
          for (let line = 0; line < 3; line += 1) await talk(device);
          await device.client.logout(true).catch(() => undefined);
          await device[Symbol.asyncDispose]();
        }
        await talk(friend);
        await pause(chance.below(120));
      }
    })();
    /** The relay: each post again and again under its own transaction id, until it is accepted. */
    const posting = (async () => {
      while (going === 'on') {
        const roomId = pick();
        const body = `out ${(counter += 1)}`;
        const op = { roomId, members: [person.userId], txnId: randomBytes(8).toString('hex'), msgtype: 'm.text', body } as const;
        posted.get(roomId)?.push(body);
        await until(
          'a post to be accepted',
          async () => {
            const answer = (await child.ask({ command: 'post', op })) as RoomOutcome | null;
            return answer?.outcome === 'accepted';
          },
          { deadlineMs: 60_000 },
        );
        await pause(chance.below(120));
      }
    })();

    for (let killed = 0; killed < kills; killed += 1) {
      await pause(200 + chance.below(4_000));
      child.kill();
      await child.ended;
      child = await accountChild(orders);
    }
    going = 'out';
    await Promise.all([talking, posting]);

    const texts = (roomId: string): readonly string[] => {
      const first = new Map(takenIn(orders.takenFile).map((event) => [event.key, event]));
      return [...first.values()].flatMap(({ roomId: where, what }) => (where === roomId && what.type === 'text' ? [what.body] : []));
    };
    for (const roomId of rooms) {
      await until('everything said to be taken', () => texts(roomId).length >= (said.get(roomId)?.length ?? 0), { deadlineMs: 40_000 });
      expect(texts(roomId)).toEqual(said.get(roomId));
      const read = (): readonly string[] =>
        friend
          .seen(roomId)
          .flatMap((event) =>
            event.sender === own.userId && event.wireType === 'm.room.encrypted' ? [String(event.content['body'])] : [],
          );
      await until('everything posted to be read', () => read().length >= (posted.get(roomId)?.length ?? 0));
      expect(read()).toEqual(posted.get(roomId));
    }
    expect(takenIn(orders.takenFile).filter(({ what }) => what.type === 'unreadable')).toEqual([]);
    console.log(`random kills: ${kills} kills, ${[...said.values()].flat().length} lines in, ${[...posted.values()].flat().length} out`);
  });
});
