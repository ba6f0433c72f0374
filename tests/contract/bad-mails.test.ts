// Mails that nobody should have to read, at the relay's door: each comes to exactly one end, and its sender or the operator knows.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMailReader, readingDefaults } from '#mail/reading/mail-reader.ts';
import type { MailReader } from '#relay/mail-port.ts';
import { openWords } from '#words/open-words.ts';
import { becameOf, look } from '#tests/support/bad-input/fate.ts';
import { largest, namedMails } from '#tests/support/bad-input/named-mails.ts';
import { readLanguages, sampleOf, wordsFolder } from '#tests/support/the-words.ts';
import { mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { readingSettings, relayWorld, support } from '#tests/support/world.ts';

let reader: MailReader;
beforeAll(() => {
  reader = openMailReader({ ...readingDefaults, ...readingSettings });
});
afterAll(() => reader[Symbol.asyncDispose]());

const words = await openWords({ folder: wordsFolder, defaultLanguage: 'en' });
const english = (await readLanguages()).find((each) => each.language === 'en');
/** The first words of a text of ours. */
const openingOf = (key: string): string => {
  const template = english?.templates.get(key);
  if (english === undefined || template === undefined) throw new Error(`no text ${key}`);
  return words
    .render('en', { key, slots: Object.fromEntries([...template.slots].map(([slot, type]) => [slot, sampleOf(type)])) })
    .slice(0, 25);
};

describe.each(['stranger', 'known'] as const)('from a %s', (who) => {
  test.each(namedMails.map((mail) => [mail.name, mail] as const))('%s', async (_name, { bytes, becomes, told }) => {
    const world = await relayWorld({ reader, service: { largestMail: largest } });
    const ada = mailWriter(world);
    await ada.writes('I do not know what to do.');
    const vera = await volunteerHere(world);
    const room = await vera.takes();
    await room.says('I am here.');
    await room.says('!send');
    const from = who === 'known' ? ada.address : 'new@strangers.example';
    const to = who === 'known' ? ada.last().replyTo : `${support.local}@${support.domain}`;
    const rooms = [room.roomId, vera.desk.roomId];
    const before = await look(world, rooms);
    await world.takeBytes(bytes({ from, to, says: 'Something quarfelous happened.' }));
    await world.settle();
    const became = becameOf(before, await look(world, rooms));
    expect(became.wrong).toEqual([]);
    expect({ fate: became.fate, answers: became.answers.map((each) => each.slice(0, 200)) }).toMatchObject({ fate: becomes[who] });
    if (told !== undefined) expect(became.answers.join('\n')).toContain(openingOf(told));
    if (becomes[who] === 'nothing' || becomes[who] === 'quarantined') expect(became.answers).toEqual([]);
    expect(became.answers.filter((each) => became.fate !== 'carried' && each.includes('quarfel'))).toEqual([]);
  });
});
