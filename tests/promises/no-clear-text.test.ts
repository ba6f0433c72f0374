// No event of a desk, a case room or an encrypted chat lies readable on the homeserver: not the first after somebody joined, not the
// first after a restart of the relay or of the homeserver, and none at the end. What the protocol leaves in clear is listed in
// tests/support/leaks/clear-text.ts, field by field.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { logIn } from '#trial/servers/matrix-accounts.ts';
import { startStack, type Stack } from '#trial/stack.ts';
import { openWords } from '#words/open-words.ts';
import { wordsFolder } from '#tests/support/the-words.ts';
import { readableIn, storedEvents, type InClear, type StoredEvent } from '#tests/support/leaks/clear-text.ts';
import { planting } from '#tests/support/leaks/planted.ts';
import { findMarked } from '#tests/support/leaks/search.ts';
import { databaseBytes } from '#tests/support/leaks/sinks.ts';
import { setStage, type Stage } from '#tests/support/stage.ts';
import { mark, openChat, takeUnopened } from '#tests/support/steps.ts';
import { until } from '#tests/support/until.ts';

/** What people say. */
const said = planting('zembrolun');
/** Of what the bots say: the beginning of each place. */
const oursInAll = ['This is your desk', 'Someone has been waiting', 'What you write here goes to them', 'Thank you for writing'];
const patience = { deadlineMs: 60_000 };
const deskTopic = (await openWords({ folder: wordsFolder, defaultLanguage: 'en' })).render('en', { key: 'names.desk-topic' }).trim();

describe('the homeserver', { timeout: 120_000 }, () => {
  let stack: Stack;
  let stage: Stage;
  let ada: AtDesk;
  let cyril: MatrixPerson;
  let chat: string;
  let held: Holding;

  const events = (): readonly StoredEvent[] => storedEvents(stack.addresses.matrix.database, [stage.frontBot, stage.deskBot]);
  const readable = async (): Promise<readonly InClear[]> => {
    const rooms = [...(await ada.person.rooms()), ...((await cyril?.rooms()) ?? [])].flatMap(({ name }) => (name === null ? [] : [name]));
    const people = [
      stage.frontBot,
      stage.deskBot,
      stage.coordinator.person.userId,
      ada.person.userId,
      ...(cyril === undefined ? [] : [cyril.userId]),
    ];
    return readableIn(events(), {
      topics: [deskTopic],
      // Ours, or a made-up name of two words.
      ofRooms: ['Your desk', 'Conversation', ...rooms.filter((name) => /^[A-Z][a-z]+ [A-Z][a-z]+$/u.test(name))],
      ofAccounts: people.map((id) => id.slice(1, id.indexOf(':'))),
    });
  };
  const encrypted = (): number => events().filter(({ type }) => type === 'm.room.encrypted').length;

  /** `more`: so many messages at least must have come since the last look. */
  let before = 0;
  const nothingInClear = async (more: number): Promise<void> => {
    expect(await readable()).toEqual([]);
    const bytes = databaseBytes(stack.addresses.matrix.database);
    expect(findMarked(bytes, said)).toEqual([]);
    expect(oursInAll.filter((words) => bytes.includes(words))).toEqual([]);
    // Nor what this is: a requester's homeserver, and who looks over their shoulder, is not told.
    expect(events().filter(({ content }) => /hearken/iu.test(JSON.stringify(content)))).toEqual([]);
    const now = encrypted();
    expect(now).toBeGreaterThanOrEqual(before + more);
    before = now;
  };

  /** Both say something at once, and both hear it. */
  const talk = async (when: string): Promise<void> => {
    await Promise.all([cyril.say(chat, `${said.name(`asks, ${when}`)}.`), ada.person.say(held.room, `${said.name(`answers, ${when}`)}.`)]);
    await Promise.all([
      cyril.waitForText(chat, said.name(`answers, ${when}`), patience),
      ada.person.waitForText(held.room, said.name(`asks, ${when}`), patience),
    ]);
  };

  beforeAll(async () => {
    stack = await startStack();
    stage = await setStage({ stack });
  }, 180_000);
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  it('can read nothing when a volunteer has just joined their desk', async () => {
    ada = await stage.volunteer({ name: 'ada' });
    await nothingInClear(4);
  });

  it('can read nothing of the first words in a chat, and of the answer to them', async () => {
    cyril = await stage.matrixPerson('cyril');
    chat = await openChat(stage, cyril);
    await cyril.say(chat, `${said.name('first words')}.`);
    await cyril.waitForText(chat, 'Thank you for writing', patience);
    await nothingInClear(2);
  });

  it('can read nothing when the volunteer has just joined the room of the conversation, and both write at once', async () => {
    const offer = await ada.person.waitForText(ada.desk, 'Someone has been waiting', patience);
    held = await takeUnopened(stage, ada, offer);
    await nothingInClear(2);
    const from = mark(ada.person);
    await ada.person.say(held.room, '1');
    await ada.person.waitForText(held.room, said.name('first words'), { ...patience, ...from });
    await talk('right after joining');
    await nothingInClear(4);
  });

  it('can read nothing of edits, replies, removals and files', async () => {
    const line = await cyril.say(chat, `${said.name('before an edit')}.`);
    const seen = await ada.person.waitForText(held.room, said.name('before an edit'), patience);
    await cyril.edit(chat, line, `${said.name('edit')}.`);
    await ada.person.waitFor(({ what }) => what.type === 'edit' && what.body.includes(said.name('edit')), patience);
    await ada.person.say(held.room, `${said.name('reply')}.`, { replyTo: seen.eventId });
    await cyril.waitForText(chat, said.name('reply'), patience);
    await cyril.remove(chat, line);
    await ada.person.waitFor(({ what }) => what.type === 'removal' && what.of === seen.eventId, patience);
    await cyril.sendFile(chat, said.word('file'));
    await cyril.waitForText(chat, 'Files', patience);
    await nothingInClear(6);
  });

  it('can read nothing after a restart of the relay', async () => {
    await stage.relay.kill();
    const talking = talk('while the relay was away');
    await stage.relay.start();
    await talking;
    await nothingInClear(4);
  });

  it('can read nothing after a restart of its own', async () => {
    await stack.synapse.kill();
    await stack.synapse.start();
    await talk('after a restart of the homeserver');
    await nothingInClear(4);
  });

  it('has nothing in clear at the end but what is listed, and what is put there in clear is found', async () => {
    await ada.person.say(held.room, '!close');
    await ada.person.waitForText(held.room, '1 close it', patience);
    await ada.person.say(held.room, '1');
    await cyril.waitForText(chat, 'come to its end', patience);
    await stage.allRead();
    await nothingInClear(2);
    const kinds = new Map<string, number>();
    for (const { type } of events()) kinds.set(type, (kinds.get(type) ?? 0) + 1);
    console.log(`In clear by the protocol, with no words in them: ${[...kinds].map(([type, count]) => `${count} ${type}`).join(', ')}`);
    expect([...kinds.keys()]).toEqual(expect.arrayContaining(['m.room.encrypted', 'm.reaction', 'm.room.redaction', 'm.room.member']));

    const { baseUrl } = stack.addresses.matrix;
    const token = await logIn(stack.addresses.matrix, stage.accountOf(cyril));
    const put = async (path: string, body: object): Promise<void> => {
      const answer = await fetch(`${baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(chat)}/${path}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(20_000),
      });
      if (!answer.ok) throw new Error(`the homeserver says ${answer.status}`);
    };
    const { eventId } = await cyril.waitForText(chat, 'come to its end');
    await put('send/m.room.message/a', { msgtype: 'm.text', body: said.name('planted') });
    await put('send/m.room.encrypted/b', { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'QQ', body: said.name('planted') });
    await put('send/m.reaction/c', { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key: said.name('planted') } });
    await put('state/m.room.topic/', { topic: said.name('planted') });
    await put('state/m.room.name/', { name: said.name('planted') });
    const own = await cyril.say(chat, 'to be removed');
    await put(`redact/${encodeURIComponent(own)}/d`, { reason: said.name('planted') });
    await until('what was planted', async () => (await readable()).length >= 7);
    const value = said.name('planted');
    expect((await readable()).toSorted((a, b) => `${a.type} ${a.at}`.localeCompare(`${b.type} ${b.at}`))).toEqual([
      { type: 'm.reaction', at: 'm.relates_to.key', value },
      { type: 'm.room.encrypted', at: 'body', value },
      { type: 'm.room.message', at: 'body', value },
      { type: 'm.room.message', at: 'msgtype', value: 'm.text' },
      { type: 'm.room.name', at: 'name', value },
      { type: 'm.room.redaction', at: 'reason', value },
      { type: 'm.room.topic', at: 'topic', value },
    ]);
    expect(findMarked(databaseBytes(stack.addresses.matrix.database), said).map((hit) => hit.field)).toContain('planted');
  });
});
