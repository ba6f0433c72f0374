// The worst mails and events through the real servers: each comes to the end that it has to come to, and the relay goes on as if nothing was.
import fc from 'fast-check';
import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '#operator/ask.ts';
import { dataFiles } from '#settings/data-folder.ts';
import type { Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { logIn } from '#trial/servers/matrix-accounts.ts';
import { join } from 'node:path';
import { badEvent } from '#tests/support/bad-input/event-grammar.ts';
import { badMail, replyMark } from '#tests/support/bad-input/mail-grammar.ts';
import { namedEvents } from '#tests/support/bad-input/named-events.ts';
import { namedMails } from '#tests/support/bad-input/named-mails.ts';
import { botEvent, ownEdit, ownEvent } from '#tests/support/bad-input/room-events.ts';
import type { RoomStep } from '#tests/support/bad-input/room-events.ts';
import { seeded } from '#tests/support/seeded.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { openChat, takeNext, textsIn } from '#tests/support/steps.ts';
import { openingsOf } from '#tests/support/the-words.ts';
import { until } from '#tests/support/until.ts';

const openingOf = await openingsOf('en');
const { seed } = seeded('the worst through real servers', 1_000_000);

/** A mailbox does not take these, or changes the very thing: NUL becomes another byte, lines end in CRLF. */
const notByImap: ReadonlySet<string> = new Set(['no bytes', 'only noise', 'NUL in From', 'bare CR alone', 'bare CR in From']);
/** Beyond the twenty that are answered in a day: they have others of their kind here. */
const likeOthers: ReadonlySet<string> = new Set([
  '4 MB on one line',
  '4 MB without a space',
  '4 MB of at signs',
  'parts in parts, 300 deep',
  'a head and no body, not even an empty line',
]);
const mails = namedMails.filter((mail) => !notByImap.has(mail.name) && !likeOthers.has(mail.name));

const faultsIn = (stage: Stage): readonly string[] => stage.relay.log.filter((line) => line.includes('"event":"fault"'));

describe('the worst comes in', { timeout: 120_000 }, () => {
  let stage: Stage;
  let held: Holding;
  let nele: MailPerson;

  /** Lays mails into the support mailbox as they are, whatever a server would say of them. */
  const lay = async (bytes: readonly Buffer[]): Promise<void> => {
    const { host, port } = stage.stack.addresses.imap;
    const { address, password } = stage.supportMailbox;
    const imap = new ImapFlow({ host, port, secure: false, doSTARTTLS: false, auth: { user: address, pass: password }, logger: false });
    imap.on('error', () => undefined);
    await imap.connect();
    for (const one of bytes) await imap.append('INBOX', one);
    await imap.logout();
  };
  const status = async (): Promise<string> =>
    (await ask(dataFiles(join(stage.folder, 'relay', 'data')).socket, { command: 'status' })).lines.join('\n');
  const setAside = async (): Promise<number> => Number(/(\d+) in quarantine/u.exec(await status())?.[1] ?? 'NaN');

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    const ada = await stage.volunteer({ name: 'ada' });
    nele = await stage.mailPerson('nele');
    await nele.write({ to: stage.supportAddress, subject: '', text: 'I do not know what to do.' });
    held = await takeNext(stage, ada, { expects: 'I do not know what to do.' });
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it(`by mail, ${mails.length} of them by name`, async () => {
    const first = await nele.nextMail();
    const pid = stage.relay.pid();
    const laid = mails.map((mail, at) => ({ ...mail, word: `Quarfel${at}x` }));
    await lay(laid.map(({ bytes, word }) => bytes({ from: nele.address, to: first.replyTo, says: `Something ${word} happened.` })));
    await nele.answer(first, 'That was all of it.');
    await held.at.person.waitForText(held.room, 'That was all of it.', { deadlineMs: 60_000 });
    await stage.allRead();
    const shown = textsIn(held.at.person, held.room).join('\n');
    const carried = laid.filter(({ becomes }) => becomes.known === 'carried').filter(({ name }) => !/^torn|UTF-16/u.test(name));
    expect(carried.filter(({ word }) => !shown.includes(word)).map(({ name }) => name)).toEqual([]);
    expect(laid.filter(({ becomes, word }) => becomes.known !== 'carried' && shown.includes(word)).map(({ name }) => name)).toEqual([]);
    expect(await setAside()).toBe(laid.filter(({ becomes }) => becomes.known === 'quarantined').length);
    const told = await until('every answer', async () => {
      const texts = (await nele.inbox()).map((mail) => mail.text).join('\n');
      return laid.every((mail) => mail.told === undefined || texts.includes(openingOf(mail.told))) ? texts : null;
    });
    expect(told).not.toContain('Quarfel');
    expect(faultsIn(stage)).toEqual([]);
    expect(stage.relay.pid()).toBe(pid);
  });

  describe('in a chat', () => {
    let robin: MatrixPerson;
    let talk: Holding;
    let chat: string;

    /** Sends it as it is; a homeserver refuses what is no event at all. */
    const sends = async (raw: RoomStep['raw'], ids: Readonly<Record<string, string>>): Promise<string | null> => {
      const content = JSON.parse(
        JSON.stringify(raw.content, (_key, value: unknown) =>
          typeof value === 'string' && Object.hasOwn(ids, value) ? ids[value] : value,
        ),
      ) as object;
      return robin.sendEvent(chat, { type: raw.type, content }).catch(() => null);
    };
    const canBeSent = ({ raw, where, key }: RoomStep): boolean =>
      (where === 'chat' || where === 'new-chat') &&
      key === undefined &&
      raw.wire === undefined &&
      raw.stateKey === undefined &&
      !/^$|redaction|encrypted/u.test(raw.type);

    beforeAll(async () => {
      robin = await stage.matrixPerson('robin');
      const bea = await stage.volunteer({ name: 'bea' });
      chat = await openChat(stage, robin);
      await robin.say(chat, 'Is anybody there?');
      talk = await takeNext(stage, bea, { expects: 'Is anybody there?' });
    });

    it('odd events by name and 50 generated ones: what has words arrives in order, all else is told, and it goes on', async () => {
      const pid = stage.relay.pid();
      const ids: Record<string, string> = { [botEvent]: robin.seen.at(-1)?.eventId ?? '$none' };
      const named = namedEvents.filter(({ steps }) => steps.every((step) => step.where === 'chat' && canBeSent(step)));
      expect(named.length).toBeGreaterThan(30);
      const sent: string[] = [];
      for (const { steps, becomes, carries } of named) {
        let taken: 'yes' | 'no' = 'no';
        for (const step of steps) {
          const event = await sends(step.raw, ids);
          taken = event === null ? 'no' : 'yes';
          if (event === null) continue;
          ids[JSON.stringify(step.raw.content['m.relates_to'] ?? '').includes('m.replace') ? ownEdit : ownEvent] = event;
        }
        if (taken === 'yes' && becomes === 'carried' && carries !== undefined && carries.length < 1_000 && !carries.includes('\ufffd'))
          sent.push(carries);
      }
      await robin.say(chat, 'That was all by name.');
      await talk.at.person.waitForText(talk.room, 'That was all by name.', { deadlineMs: 60_000 });
      const seen = talk.at.person.seen.flatMap(({ roomId, what }) =>
        roomId === talk.room && (what.type === 'text' || what.type === 'edit') ? [what.body] : [],
      );
      expect(sent.length).toBeGreaterThan(10);
      for (const text of sent) expect(seen).toContain(text);
      expect(textsIn(robin, chat).join('\n')).toContain(openingOf('requester.chat.file'));
      expect(textsIn(robin, chat).join('\n')).toContain(openingOf('requester.chat.reaction'));

      for (const { raw } of fc.sample(badEvent, { seed, numRuns: 150 }).filter(canBeSent).slice(0, 50)) await sends(raw, ids);
      await stage.allRead();
      const other = await stage.matrixPerson('ruth');
      const fresh = await openChat(stage, other);
      await other.say(fresh, 'I am somebody else.');
      await other.waitForText(fresh, 'Thank you for writing');
      expect(faultsIn(stage)).toEqual([]);
      expect(stage.relay.pid()).toBe(pid);
    });

    it('a room whose id has no server part is a chat like any other', async () => {
      const account = stage.accountOf(robin);
      const homeserver = stage.stack.addresses.matrix;
      const answer = await fetch(`${homeserver.baseUrl}/_matrix/client/v3/createRoom`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await logIn(homeserver, account)}` },
        body: JSON.stringify({
          room_version: '12',
          preset: 'trusted_private_chat',
          is_direct: true,
          invite: [stage.frontBot],
          initial_state: [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
        }),
        signal: AbortSignal.timeout(20_000),
      });
      const { room_id: room } = (await answer.json()) as { readonly room_id: string };
      expect(room).toMatch(/^![^:]+$/u);
      await robin.waitForRoom((one) => one.roomId === room && one.joined.includes(stage.frontBot));
      await robin.say(room, 'STOP');
      await robin.waitForText(room, openingOf('requester.stop.nothing'));
    });
  });

  it('by mail, 50 generated ones', async () => {
    const last = (await nele.inbox()).at(-1);
    if (last === undefined) throw new Error('no mail to answer');
    const pid = stage.relay.pid();
    const token = /\+([a-z0-9]{26})@/u.exec(last.replyTo)?.[1] ?? replyMark;
    const ours = fc
      .sample(badMail, { seed, numRuns: 50 })
      .map((mail) =>
        mail
          .toString('latin1')
          .replaceAll(replyMark, token)
          .replaceAll('ada@writers.example', nele.address)
          .replaceAll('help@relay.example', stage.supportAddress),
      )
      .filter((mail) => mail.length > 0);
    await lay(ours.map((mail) => Buffer.from(mail, 'latin1')));
    await stage.allRead();
    // One of them may have said STOP, or asked to be left in peace; somebody else is heard all the same.
    const jorin = await stage.mailPerson('jorin');
    await jorin.write({ to: stage.supportAddress, subject: '', text: 'I am somebody else.' });
    expect((await jorin.nextMail()).text).toContain('Thank you for writing');
    expect(faultsIn(stage)).toEqual([]);
    expect(stage.relay.pid()).toBe(pid);
  });
});
