// What is left of somebody: bodies go, the way back goes, and in the end everything, the key first. And who they are stands nowhere plain.
import { describe, expect, test } from 'vitest';
import type { CaseId } from '#domain/ids.ts';
import type { RecordKind, Store } from '#relay/store-port.ts';
import { chatWriter, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { days, hours, minutes, relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';

const kinds: readonly RecordKind[] = ['case', 'volunteer', 'committee', 'contact', 'room', 'message', 'question', 'link'];
const recordsOf = async (store: Store) => (await Promise.all(kinds.map((kind) => store.find({ kind })))).flat();

const closedByMail = async () => {
  const world = await relayWorld();
  const ada = mailWriter(world);
  await ada.writes('I am Ada, and this is my story.', { from: 'Ada Lovelace <ada@writers.example>' });
  const vera = await volunteerHere(world);
  const room = await vera.takes();
  await room.says('I am here.');
  await world.pass(minutes(2));
  await ada.writes('COUNTRY Germany', { answers: ada.last() });
  await room.says('!close');
  await room.says('1');
  const [record] = await world.parts.records.find({ kind: 'case' });
  if (record === undefined) throw new Error('no case');
  return { world, ada, vera, room, id: record.value.id };
};

const ownedBy = async (world: RelayWorld, id: CaseId) =>
  (await recordsOf(world.store)).filter((row) => row.owner === id || row.parent === id || row.id === id);

describe('after a close', () => {
  test('the bodies go after a week, the way back after a month, the rest after three', async () => {
    const { world, id } = await closedByMail();
    expect(await world.parts.records.find({ kind: 'message', parent: id })).not.toHaveLength(0);
    await world.pass(days(8));
    expect(await world.parts.records.find({ kind: 'message', parent: id })).toHaveLength(0);
    expect(await world.parts.records.find({ kind: 'contact', parent: id })).toHaveLength(1);
    await world.pass(days(23));
    expect(await world.parts.records.find({ kind: 'contact', parent: id })).toHaveLength(0);
    expect(await world.parts.records.load('case', id)).not.toBeNull();
    await world.pass(days(60));
    expect(await world.parts.records.load('case', id)).toBeNull();
  });

  test('nothing of a forgotten case is left: no record, no entry, no row, no key; what was copied before cannot be read', async () => {
    const { world, ada, id } = await closedByMail();
    const before = await ownedBy(world, id);
    expect(before.length).toBeGreaterThan(4);
    await world.pass(days(91));
    expect(await ownedBy(world, id)).toEqual([]);
    for (const row of before) {
      const under = row.kind === 'contact' ? 'way-back' : 'owner';
      await expect(world.parts.vault.open({ under, owner: id }, `${row.kind}|${row.id}|${row.form}`, row.sealed)).rejects.toMatchObject({
        code: 'key-gone',
      });
    }
    for (const kind of ['contact', 'token', 'verp', 'message-id', 'code', 'event', 'room'] as const) {
      for (const canonical of [
        `mail|${ada.address}`,
        ada.got()[0]?.mail.replyToken ?? '',
        ada.got()[0]?.mail.verpToken ?? '',
        ...world.rooms.map((room) => room.roomId),
      ]) {
        const entries = await world.store.lookup(kind, world.parts.vault.hash(kind, canonical).hash);
        expect(entries.filter((entry) => entry.owner === id)).toEqual([]);
      }
    }
    const timers = await world.store.dueTimers((world.now() + days(1000)) as never, 1_000);
    expect(timers.filter((timer) => timer.ref === id)).toEqual([]);
  });

  test('who writes after that begins anew, and nothing is known of before', async () => {
    const { world, ada, id } = await closedByMail();
    const token = ada.last();
    await world.pass(days(91));
    await ada.writes('Hello again.', { answers: token });
    const cases = await world.parts.records.find({ kind: 'case' });
    expect(cases.map((record) => record.id)).not.toContain(id);
    expect(cases).toHaveLength(1);
    expect(ada.last().mail.text).toContain('Thank you for writing');
  });

  test('a kill between the key and the rest is made up for', async () => {
    const { world, id } = await closedByMail();
    await world.parts.vault.forgetOwner(id);
    expect(await world.parts.records.load('case', id)).toBeNull();
    await world.pass(days(91));
    expect(await ownedBy(world, id)).toEqual([]);
  });

  test('a case that was taken up again is not forgotten by an old timer', async () => {
    const { world, ada, id } = await closedByMail();
    await world.pass(days(3));
    await ada.writes('Can we go on?', { answers: ada.last() });
    await world.store.commit({
      writes: [{ write: 'timer', timer: { id: `case-forget:${id}`, what: 'case-forget', ref: id, dueAt: world.now() } }],
    });
    await world.settle();
    expect((await world.parts.records.load('case', id))?.value.state.phase).not.toBe('closed');
    await ada.writes('Hello?', { answers: ada.last() });
    expect(await world.parts.records.find({ kind: 'message', parent: id })).not.toHaveLength(0);
  });

  test('the way back of a chat goes too, and who writes there then begins anew', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    await cy.chat.says('Hello.');
    await cy.chat.says('STOP');
    await cy.chat.says('yes');
    await world.pass(days(31));
    expect(await world.parts.records.find({ kind: 'contact' })).toEqual([]);
    const rooms = await world.parts.records.find({ kind: 'room' });
    expect(rooms.filter((record) => record.value.other === cy.person.userId)).toEqual([]);
    await cy.chat.says('Again.');
    expect(await world.parts.records.find({ kind: 'case', states: ['waiting'] })).toHaveLength(1);
    expect((await cy.chat.hears()).at(-1)).toContain('Thank you for writing');
  });
});

describe('while it goes on', () => {
  const plainOf = (rows: readonly unknown[]): string =>
    JSON.stringify(rows, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    ).toLowerCase();

  test('no row of the store and no line of the log says who somebody is or what was written', async () => {
    const seen: unknown[] = [];
    const world = await relayWorld({
      store: (store) => ({
        ...store,
        async commit(plan) {
          seen.push(...plan.writes);
          return store.commit(plan);
        },
      }),
    });
    const ada = mailWriter(world, 'xylophone@canary.example');
    const cy = await chatWriter(world, 'zeppelin');
    await ada.writes('The quokka sings.', { from: 'Quetzalcoatl Canary <xylophone@canary.example>', subject: 'marzipan' });
    await cy.chat.says('The narwhal sings.');
    const vera = await volunteerHere(world, { name: 'vulpecula', says: ['!alias Wombat', '!available'] });
    const room = await vera.takes();
    await room.says('The axolotl answers.');
    await ada.writes('forged quokka', { answers: ada.last(), proof: 'fail none' });
    world.sender.stuck({ outcome: 'refused', code: '550' });
    await room.says('The pangolin does not arrive.');
    await world.pass(hours(1));
    await room.says('!stepback');
    await world.pass(days(80));
    const everything = plainOf(seen) + plainOf(world.log);
    expect(seen.length).toBeGreaterThan(100);
    for (const canary of [
      'xylophone',
      'canary',
      'quetzalcoatl',
      'zeppelin',
      'vulpecula',
      'wombat',
      'quokka',
      'narwhal',
      'axolotl',
      'pangolin',
      'marzipan',
      'fake.example',
      '!room',
      '$event',
    ]) {
      expect(everything.includes(canary), canary).toBe(false);
    }
    const pseudonyms = (await world.parts.records.find({ kind: 'case' })).map((record) => record.value.pseudonym.toLowerCase());
    for (const pseudonym of pseudonyms) expect(everything.includes(pseudonym)).toBe(false);
  });

  test('no automatic mail and no word of the bot holds anything that the requester wrote', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    const written = ['quokka', 'narwhal', 'axolotl'];
    await ada.writes(`My ${written[0]}.\nCOUNTRY ${written[1]}`, { subject: written[2] ?? '' });
    await ada.writes(`My ${written[0]} again.`, { answers: ada.last(), proof: 'fail none', cc: 'narwhal@elsewhere.example', files: 'one' });
    await ada.writes(`YES ${written[1]}`, { answers: ada.last() });
    await world.pass(days(9));
    expect(ada.got().length).toBeGreaterThan(3);
    for (const text of ada.texts()) for (const word of written) expect(text.toLowerCase()).not.toContain(word);
    for (const each of ada.got()) expect(each.mail.subject).toBe('Your message');
  });

  test('the volunteer’s room holds neither address nor name, and the requester’s mails hold neither account nor name', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('Write to ada@writers.example or call me Lovelace. Ask @ada:writers.example.', {
      from: 'Ada Lovelace <ada@writers.example>',
    });
    const vera = await volunteerHere(world, { says: ['!available'] });
    const room = await vera.takes();
    await room.says(`Ask me: ${vera.person.userId} https://matrix.to/#/${vera.person.userId}`);
    await world.pass(minutes(2));
    const heard = (await room.hears()).join('\n');
    for (const known of ['writers.example', 'Lovelace', 'Ada']) expect(heard).not.toContain(known);
    const mails = JSON.stringify(world.sender.sent.map((each) => ({ ...each.mail, to: null })));
    expect(mails).not.toContain(vera.person.userId);
    expect(mails).not.toContain('fake.example');
    expect(ada.last().mail.text).toContain('— a volunteer');
  });
});
