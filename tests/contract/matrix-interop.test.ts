// An account of ours and somebody whose client is no relative of ours: another implementation of the protocol.
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccount } from '#matrix/account.ts';
import type { MatrixAccount, RoomEvent } from '#relay/matrix-port.ts';
import { loggedIn } from '#tests/support/matrix-world.ts';
import { theStack } from '#tests/support/stack.ts';
import { until } from '#tests/support/until.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { startNioPerson } from '#trial/people/nio-person.ts';

describe('with matrix-nio on the other side', { timeout: 60_000 }, () => {
  const stack = theStack();
  const folder = mkdtempSync(join(tmpdir(), 'hearken-interop-'));
  const events: RoomEvent[] = [];
  let account: MatrixAccount;
  let person: MatrixPerson;

  beforeAll(async () => {
    account = await openAccount({
      ...(await loggedIn(stack, { bot: 'desk', folder })),
      take: async (event) => {
        events.push(event);
      },
    });
    person = await startNioPerson({ homeserver: stack.addresses.matrix, account: await stack.admin.freshMatrixAccount('nina') });
  });
  afterAll(async () => {
    await person?.[Symbol.asyncDispose]();
    await account?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it('reads and is read, both ways, with edits, reactions and removals', async () => {
    const made = await account.createRoom({
      creationId: `room-${randomBytes(8).toString('hex')}`,
      invite: [person.userId],
      federate: 'anywhere',
      direct: 'group',
    });
    if (made.outcome !== 'made') throw new Error(made.outcome);
    const { roomId } = made;
    await person.join(roomId);
    await until('both in the room', async () => {
      const sight = await account.sight(roomId);
      return sight !== 'unknown-room' && sight.joined.length === 2;
    });
    const post = (body: string, more: { readonly edits?: string } = {}): ReturnType<MatrixAccount['post']> =>
      account.post({ roomId, members: [person.userId], txnId: randomBytes(8).toString('hex'), msgtype: 'm.notice', body, ...more });
    const first = await post('good morning');
    if (first.outcome !== 'accepted') throw new Error(first.outcome);
    await post('good evening', { edits: first.eventId });
    await account.react({ roomId, txnId: 'r', eventId: first.eventId, symbol: '⏳' });
    await account.redact({ roomId, txnId: 'd', eventId: first.eventId });
    await until('all that we did', () => person.seen.some(({ what }) => what.type === 'removal'));
    expect(
      person.seen
        .filter(({ roomId: where, what }) => where === roomId && what.type !== 'membership' && what.type !== 'other')
        .map(({ what }) => what.type),
    ).toEqual(['text', 'edit', 'reaction', 'removal']);
    expect(person.seen.find(({ what }) => what.type === 'text')).toMatchObject({ encrypted: 'yes', what: { body: 'good morning' } });

    const said = await person.say(roomId, 'hello from elsewhere', { replyTo: first.eventId });
    await person.edit(roomId, said, 'hello again');
    await person.react(roomId, said, '👍');
    await person.sendFile(roomId, 'photo.jpg');
    await person.remove(roomId, said);
    await until('all that they did', () => events.some(({ what }) => what.type === 'removal'));
    expect(events.filter(({ what }) => what.type !== 'membership').map(({ what, device }) => ({ type: what.type, device }))).toEqual([
      { type: 'text', device: 'signed' },
      { type: 'edit', device: 'signed' },
      { type: 'reaction', device: 'clear' },
      { type: 'uncarried', device: 'signed' },
      { type: 'removal', device: 'clear' },
    ]);
    expect(events.find(({ what }) => what.type === 'text')?.what).toEqual({
      type: 'text',
      eventId: said,
      body: 'hello from elsewhere',
      replyTo: first.eventId,
    });
    expect(events.find(({ what }) => what.type === 'edit')?.what).toMatchObject({ of: said, body: 'hello again' });
  });
});
