// Letters arrive as they were written, whatever the mail says about its charset; where that cannot be, both sides are told. A message
// without letters is not marked as arrived.
import { describe, expect, test } from 'vitest';
import { chatWriter, mailOf, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';

interface Sent {
  readonly label: string;
  readonly body: Buffer;
  readonly encoding?: 'base64';
}

const takes = async (world: RelayWorld, sent: Sent): Promise<void> => {
  const head = mailOf('ada@writers.example', { text: '', options: { subject: '' } })
    .replace(/Content-Type: .*/u, `Content-Type: ${sent.label}`)
    .replace(/\n\n[^]*$/u, '');
  const whole = sent.encoding === undefined ? head : `${head}\nContent-Transfer-Encoding: ${sent.encoding}`;
  const body = sent.encoding === undefined ? sent.body : Buffer.from(sent.body.toString('base64'));
  await world.takeBytes(Buffer.concat([Buffer.from(`${whole}\n\n`.replaceAll('\n', '\r\n')), body]));
  await world.settle();
};

const words = 'Grüße, ich heiße nicht so – “wirklich” nicht. Ça va à Łódź.';
const german = 'Grüße, mir ist heiß.';
const garbled = 'Some letters of your mail could not be read';
const told = 'Some letters of theirs could not be read';

const heard = async (world: RelayWorld): Promise<string> => (await (await (await volunteerHere(world)).takes()).hears()).join('\n');

describe('a mail whose bytes are UTF-8 and whose label says otherwise', () => {
  test.each<[string, Omit<Sent, 'body'>]>([
    ['Latin-1', { label: 'text/plain; charset=iso-8859-1' }],
    ['Windows, quoted and folded', { label: 'text/plain;\n\tcharset="Windows-1252"' }],
    ['Latin-1, as base64', { label: 'text/plain; charset=ISO-8859-1', encoding: 'base64' }],
    ['Cyrillic', { label: 'text/plain; charset=koi8-r; format=flowed' }],
    ['nothing', { label: 'text/plain' }],
    ['a charset that is none', { label: 'text/plain; charset=x-unknown' }],
  ])('is read as what it is: %s', async (_, sent) => {
    const world = await relayWorld();
    await takes(world, { ...sent, body: Buffer.from(words) });
    expect(await heard(world)).toContain(words);
    expect(mailWriter(world).last().mail.text).not.toContain(garbled);
  });

  test('is read as what it is: HTML', async () => {
    const world = await relayWorld();
    await takes(world, { label: 'text/html; charset=iso-8859-1', body: Buffer.from(`<p>${words} &euro;</p>`) });
    expect(await heard(world)).toContain(`${words} €`);
  });
});

describe('a mail whose label is right', () => {
  test.each<[string, Sent, string]>([
    ['Latin-1', { label: 'text/plain; charset=iso-8859-1', body: Buffer.from(german, 'latin1') }, german],
    ['Latin-1 with signs that make a pair', { label: 'text/plain; charset=iso-8859-1', body: Buffer.from('ä Ã¼ ö', 'latin1') }, 'ä Ã¼ ö'],
    ['Japanese in seven bits', { label: 'text/plain; charset=iso-2022-jp', body: Buffer.from('\u001b$B$"$j$,$H$&\u001b(B') }, 'ありがとう'],
    ['UTF-8', { label: 'text/plain; charset=utf-8', body: Buffer.from(words) }, words],
  ])('stays as it is: %s', async (_, sent, expected) => {
    const world = await relayWorld();
    await takes(world, sent);
    expect(await heard(world)).toContain(expected);
  });
});

test('where nobody can tell which letters were meant, both sides are told', async () => {
  const world = await relayWorld();
  await takes(world, { label: 'text/plain; charset=utf-8', body: Buffer.from(german, 'latin1') });
  const text = mailWriter(world).last().mail.text;
  expect(text).toContain(garbled);
  expect(text).toContain('A person will read what you wrote');
  const seen = await heard(world);
  expect(seen).toContain('mir ist hei');
  expect(seen).toContain(told);
});

describe('a chat message without words', () => {
  test.each(['   ', '\n\n', '\u200b'])('is not marked as arrived: %j', async (blank) => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    await cy.chat.says('First words.');
    const said = await cy.chat.says(blank);
    expect(await cy.chat.marks(said)).toEqual([]);
    expect((await cy.chat.hears()).at(-1)).toContain('without words');
    const messages = await world.parts.records.find({ kind: 'message' });
    expect(messages).toHaveLength(1);
  });

  test('changes nothing as an edit, and they are told', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    const said = await cy.chat.says('First words.');
    await cy.chat.edits(said, ' ');
    expect((await cy.chat.hears()).at(-1)).toContain('stays as it was');
    expect(await heard(world)).toContain('First words.');
  });
});
