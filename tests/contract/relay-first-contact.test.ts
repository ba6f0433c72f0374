// Somebody writes for the first time, and what they send cannot be taken in: however they came, they hear where to find people now,
// what did not arrive, and what to do. Once.
import { describe, expect, test } from 'vitest';
import { mailKey } from '#mail/mail-key.ts';
import { turnName } from '#mail/turn-name.ts';
import { receiveMail } from '#relay/receive.ts';
import type { MailWriter } from '#tests/support/world-people.ts';
import { chatWriter, joinLatest, mailOf, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { days, relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';

const casesIn = async (world: RelayWorld): Promise<number> => (await world.parts.records.find({ kind: 'case' })).length;
const countIn = (text: string, what: string): number => text.split(what).length - 1;
const helplines = 'findahelpline.com';

const mailWith = (address: string, head: readonly string[], body: string): string =>
  mailOf(address, { text: body, options: { subject: '' } }).replace(/Content-Type: .*/u, head.join('\n'));

const takeRaw = async (world: RelayWorld, text: string): Promise<void> => {
  await world.takeMail(text);
  await world.settle();
};

const firstMails: readonly [string, string, (world: RelayWorld, ada: MailWriter) => Promise<void>][] = [
  [
    'encrypted with PGP',
    'was encrypted',
    (_, ada) => ada.writes('-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----', { subject: '...' }),
  ],
  [
    'encrypted with S/MIME',
    'was encrypted',
    (world, ada) =>
      takeRaw(
        world,
        mailWith(ada.address, ['Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m'], 'MIAGCSqGSIb3'),
      ),
  ],
  [
    'larger than is read',
    'too large',
    async (world, ada) => {
      const bytes = new TextEncoder().encode(mailOf(ada.address, { text: '', options: {} }).replaceAll('\n', '\r\n'));
      const raw = { extent: 'headers-only', bytes, size: 9_000_000 } as const;
      await receiveMail(world.parts, { raw, key: mailKey(bytes), laneName: turnName(bytes) });
      await world.settle();
    },
  ],
  [
    'of hidden text alone',
    'could not read your mail',
    (world, ada) => takeRaw(world, mailWith(ada.address, ['Content-Type: text/html'], '<div style="display:none">words</div>')),
  ],
  ['of a file alone', 'came with a file', (_, ada) => ada.writes('', { subject: '', files: 'one' })],
  ['of nothing', 'came with no text', (_, ada) => ada.writes('', { subject: '' })],
  ['of nothing that is seen', 'came with no text', (_, ada) => ada.writes('\u200b\u200d', { subject: '' })],
  ['of STOP alone', 'no open conversation', (_, ada) => ada.writes('STOP', { subject: '' })],
  ['of NEW alone', 'You wrote NEW', (_, ada) => ada.writes('NEW', { subject: '' })],
];

describe('a first mail', () => {
  test.each(firstMails)('%s: they hear where to find people, what did not arrive, and what to do', async (_, why, writes) => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await writes(world, ada);
    expect(await casesIn(world)).toBe(0);
    expect(ada.texts()).toHaveLength(1);
    const [text = ''] = ada.texts();
    expect(text).toMatch(/^Thank you for writing/u);
    expect(text).toContain(why);
    expect(text).toContain(helplines);
    expect(text).toContain('read by a volunteer');
  });

  test('that is encrypted names the chat that is offered', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----');
    expect(ada.last().mail.text.split('\n')).toContain(world.front.userId);
  });

  test('that could not be taken in is answered with helplines once a day, and the one that can be read in full', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('', { subject: '', files: 'one' });
    await ada.writes('', { subject: '', files: 'one' });
    expect(ada.texts().map((text) => text.includes(helplines))).toEqual([true, false]);
    await ada.writes('Now in words.');
    expect(ada.last().mail.text).toContain('A person will read what you wrote');
    await world.pass(days(1));
    const bob = mailWriter(world, 'bob@writers.example');
    await bob.writes('', { subject: '' });
    await world.pass(days(1));
    await bob.writes('', { subject: '' });
    expect(bob.texts().map((text) => text.includes(helplines))).toEqual([true, true]);
  });

  test('that cannot be read and may be forged is answered by nothing', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('', { subject: '', proof: 'fail reject' });
    expect(ada.got()).toEqual([]);
  });

  test('with another conversation’s token is turned back with helplines', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('Words.');
    const other = mailWriter(world, 'other@elsewhere.example');
    await other.writes('Help me.', { answers: ada.last() });
    expect(other.last().mail.text).toContain('began from another address');
    expect(other.last().mail.text).toContain(helplines);
  });

  test.each(['HELP', 'HELP\nI cannot go on.', 'COUNTRY Germany\nI cannot go on.'])(
    'that asks for people to talk to names them first, and the words once: %s',
    async (words) => {
      const world = await relayWorld();
      const ada = mailWriter(world);
      await ada.writes(words);
      expect(ada.texts()).toHaveLength(1);
      const text = ada.last().mail.text;
      expect(text).toMatch(/^People who listen/u);
      expect(text).toContain('A person will read what you wrote');
      expect(countIn(text, 'To end this conversation')).toBe(1);
      expect(await casesIn(world)).toBe(1);
    },
  );

  test('HELP later has the words with it', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('Words.');
    await ada.writes('HELP', { answers: ada.last() });
    expect(countIn(ada.last().mail.text, 'To end this conversation')).toBe(1);
  });
});

describe('a first word in a chat', () => {
  test('that is a picture: they hear where to find people, and what to do', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    await cy.person.sendFile(cy.chat.roomId);
    await world.settle();
    expect(await cy.chat.hears()).toHaveLength(1);
    const [text = ''] = await cy.chat.hears();
    expect(text).toMatch(/^Thank you for writing/u);
    expect(text).toContain('say in words what is in it');
    expect(text).toContain(helplines);
    await cy.person.sendFile(cy.chat.roomId);
    await world.settle();
    expect((await cy.chat.hears()).at(-1)).not.toContain(helplines);
    await cy.chat.says('In words, then.');
    expect((await cy.chat.hears()).at(-1)).toContain('A person will read what you wrote');
  });

  test('that is not encrypted: where to find people stands in the old room and in the new one', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world, 'cy', 'clear');
    await cy.chat.says('Is anybody there?');
    expect((await cy.chat.hears()).at(-1)).toContain(helplines);
    const fresh = await joinLatest(world, cy.person);
    expect((await fresh.hears()).join('\n')).toContain(helplines);
    await fresh.says('Here, then.');
    expect((await fresh.hears()).at(-1)).toContain('A person will read what you wrote');
  });

  test.each(['HELP', 'HELP\nI cannot go on.'])(
    'that asks for people to talk to names them first, and the words once: %s',
    async (words) => {
      const world = await relayWorld();
      const cy = await chatWriter(world);
      await cy.chat.says(words);
      expect(await cy.chat.hears()).toHaveLength(1);
      const [text = ''] = await cy.chat.hears();
      expect(text).toMatch(/^People who listen/u);
      expect(text).toContain('A person will read what you wrote');
      expect(countIn(text, 'To end this conversation')).toBe(1);
    },
  );
});

describe('COUNTRY and something that is none', () => {
  test('stays in the mail as the sentence it may be', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('It began on a train.\nCountry roads were all I saw.\nThen I wept.', { subject: '' });
    const room = await (await volunteerHere(world)).takes();
    expect(await room.hears()).toContainEqual('It began on a train.\nCountry roads were all I saw.\nThen I wept.');
    expect(await room.hears()).not.toContainEqual(expect.stringContaining('They wrote COUNTRY'));
  });

  test('stays in the chat as well', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    await cy.chat.says('Country roads were all I saw.\nThen I wept.');
    const room = await (await volunteerHere(world)).takes();
    expect(await room.hears()).toContainEqual('Country roads were all I saw.\nThen I wept.');
  });

  test('alone begins nothing', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('COUNTRY Germny', { subject: '' });
    expect(await casesIn(world)).toBe(0);
    expect(ada.last().mail.text).toContain('To try another name');
  });
});
