// The people of trial and tests are real Matrix clients: two implementations that understand each other, encrypted.
import { describe, expect, test } from 'vitest';
import { startNioPerson } from '#trial/people/nio-person.ts';
import { startSdkPerson } from '#trial/people/sdk-person.ts';
import type { MatrixPerson, MatrixPersonOptions } from '#trial/people/matrix-person.ts';
import { theStack } from '#tests/support/stack.ts';
import { until } from '#tests/support/until.ts';

const stack = theStack();

const STARTS = { 'matrix-js-sdk': startSdkPerson, 'matrix-nio': startNioPerson } as const;

async function options(name: string): Promise<MatrixPersonOptions> {
  return { homeserver: stack.addresses.matrix, account: await stack.admin.freshMatrixAccount(name) };
}

/** Both in one encrypted room, each having seen the other in it. */
async function chatOf(first: MatrixPerson, second: MatrixPerson): Promise<string> {
  const roomId = await first.startChat(second.userId);
  const invitation = await second.waitForRoom((room) => room.roomId === roomId && room.membership === 'invite');
  expect(invitation).toMatchObject({ inviter: first.userId });
  await second.join(roomId);
  await second.waitForRoom((room) => room.roomId === roomId && room.membership === 'join' && room.encrypted === 'yes');
  await first.waitForRoom((room) => room.roomId === roomId && room.joined.includes(second.userId));
  return roomId;
}

describe.each([
  ['matrix-js-sdk', 'matrix-nio'],
  ['matrix-nio', 'matrix-js-sdk'],
  ['matrix-js-sdk', 'matrix-js-sdk'],
] as const)('a person at %s and one at %s', (one, other) => {
  test('talk, react, correct and take back, and nothing of it is in clear', async () => {
    await using anna = await STARTS[one](await options('anna'));
    await using bela = await STARTS[other](await options('bela'));
    const roomId = await chatOf(anna, bela);

    const asked = await anna.say(roomId, 'How are you today?');
    const heard = await bela.waitForText(roomId, 'How are you today?');
    expect(heard).toMatchObject({ sender: anna.userId, eventId: asked, encrypted: 'yes' });

    await bela.react(roomId, asked, '1️⃣');
    await anna.waitFor(({ what }) => what.type === 'reaction' && what.of === asked && what.symbol === '1️⃣');

    const answered = await bela.say(roomId, 'Wel, thank you', { replyTo: asked });
    expect((await anna.waitForText(roomId, 'Wel, thank you')).what).toMatchObject({ replyTo: asked });
    await bela.edit(roomId, answered, 'Well, thank you');
    const corrected = await anna.waitFor(({ what }) => what.type === 'edit' && what.of === answered);
    expect(corrected).toMatchObject({ encrypted: 'yes', what: { body: 'Well, thank you' } });

    await anna.remove(roomId, asked);
    await bela.waitFor(({ what }) => what.type === 'removal' && what.of === asked);

    await bela.sendFile(roomId, 'photo.jpg');
    expect((await anna.waitForText(roomId, 'photo.jpg')).what).toMatchObject({ msgtype: 'm.file' });

    await bela.leave(roomId);
    await anna.waitFor(({ what }) => what.type === 'membership' && what.who === bela.userId && what.now === 'leave');
  });
});

test.each(['matrix-js-sdk', 'matrix-nio'] as const)(
  'a device at %s is signed by its owner, unless the person never set that up',
  async (implementation) => {
    for (const device of ['signed', 'unsigned'] as const) {
      await using person = await STARTS[implementation]({ ...(await options('signe')), device });
      const signatures = await until('the device is known to the server', () => signaturesOf(person));
      expect(signatures).toBe(device === 'signed' ? 2 : 1);
    }
  },
);

test.each(['matrix-js-sdk', 'matrix-nio'] as const)('what is said in an unencrypted room is seen by %s as that', async (implementation) => {
  await using anna = await startSdkPerson(await options('anna'));
  await using bela = await STARTS[implementation](await options('bela'));
  const roomId = await anna.startChat(bela.userId, 'unencrypted');
  await bela.waitForRoom((room) => room.roomId === roomId && room.membership === 'invite');
  await bela.join(roomId);
  await anna.say(roomId, 'for all to read');
  expect(await bela.waitForText(roomId, 'for all to read')).toMatchObject({ encrypted: 'no' });
});

/** How many keys have signed the person's device: its own, and the owner's self-signing key. Undefined: not there yet. */
async function signaturesOf(person: MatrixPerson): Promise<number | undefined> {
  const { baseUrl, adminToken } = stack.addresses.matrix;
  const answer = await fetch(`${baseUrl}/_matrix/client/v3/keys/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ device_keys: { [person.userId]: [] } }),
    signal: AbortSignal.timeout(10_000),
  });
  interface Queried {
    readonly device_keys: Readonly<Record<string, Readonly<Record<string, { readonly signatures: Readonly<Record<string, object>> }>>>>;
  }
  const queried = (await answer.json()) as Queried;
  const device = queried.device_keys[person.userId]?.[person.deviceId];
  return device === undefined ? undefined : Object.keys(device.signatures[person.userId] ?? {}).length;
}

test.each(['matrix-js-sdk', 'matrix-nio'] as const)(
  'everything that was said while a person at %s was away is seen in its order afterwards',
  async (implementation) => {
    await using anna = await startSdkPerson(await options('anna'));
    await using bela = await STARTS[implementation](await options('bela'));
    const roomId = await chatOf(anna, bela);
    await anna.say(roomId, 'Good evening');
    await bela.waitForText(roomId, 'Good evening');
    const lines = Array.from({ length: 40 }, (_, at) => `line ${at + 1}.`);
    bela.sleep();
    for (const line of lines) await anna.say(roomId, line);
    bela.wake();
    await bela.waitForText(roomId, 'line 40.');
    const seen = bela.seen.flatMap(({ what }) => (what.type === 'text' && what.body.startsWith('line') ? [what.body] : []));
    expect(seen).toEqual(lines);
  },
);
