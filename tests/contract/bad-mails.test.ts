// Mails that nobody should have to read, at the relay's door: each comes to exactly one end, and its sender or the operator knows.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMailReader, readingDefaults } from '#mail/reading/mail-reader.ts';
import type { MailReader } from '#relay/mail-port.ts';
import { becameOf, look } from '#tests/support/bad-input/fate.ts';
import { foundBefore } from '#tests/support/bad-input/found.ts';
import { badMail } from '#tests/support/bad-input/mail-grammar.ts';
import { largest, namedMails } from '#tests/support/bad-input/named-mails.ts';
import { tryMails } from '#tests/support/bad-input/try-mails.ts';
import { seeded } from '#tests/support/seeded.ts';
import { openingsOf } from '#tests/support/the-words.ts';
import { mailWriter } from '#tests/support/world-people.ts';
import { readingSettings, relayWorld, support } from '#tests/support/world.ts';
import { talkByMail } from '#tests/support/world-talks.ts';

let reader: MailReader;
beforeAll(() => {
  reader = openMailReader({ ...readingDefaults, ...readingSettings });
});
afterAll(() => reader[Symbol.asyncDispose]());

const openingOf = await openingsOf('en');

describe.each(['stranger', 'known'] as const)('from a %s', (who) => {
  test.each(namedMails.map((mail) => [mail.name, mail] as const))('%s', async (_name, { bytes, becomes, told }) => {
    const { world, ada, vera, room } = await talkByMail({ reader, service: { largestMail: largest } });
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

describe('whoever may not be answered', () => {
  test('does not end in silence: a forged mail that nobody can read is the operator’s', async () => {
    const world = await relayWorld();
    const before = await look(world, []);
    await mailWriter(world).writes('-----BEGIN PGP MESSAGE-----', { proof: 'fail reject' });
    const became = becameOf(before, await look(world, []));
    expect(became).toMatchObject({ fate: 'quarantined', wrong: [], answers: [], setAside: ['untold'] });
  });

  test('nor the mail after the most that are answered in a day', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('I do not know what to do.');
    for (let times = 1; times < world.parts.service.automaticMailsADay; times += 1)
      await ada.writes('', { files: 'one', answers: ada.last() });
    expect(ada.got()).toHaveLength(20);
    const before = await look(world, []);
    await ada.writes('-----BEGIN PGP MESSAGE-----', { answers: ada.last() });
    const became = becameOf(before, await look(world, []));
    expect(became).toMatchObject({ fate: 'quarantined', wrong: [], answers: [], setAside: ['untold'] });
    await ada.writes('These are words.', { answers: ada.last() });
    expect(becameOf(before, await look(world, [])).carried).toEqual(['These are words.']);
  });
});

/** Mails in `npm test`; the long run is `npm run fuzz`. */
const many = 2_000;

test(`${many} generated mails come to a good end each`, { timeout: 180_000 }, async () => {
  const { seed } = seeded('bad mails', 400_001);
  const tried = await tryMails(fc.sample(badMail, { seed, numRuns: many }), reader);
  console.info(`bad mails: ${JSON.stringify(tried.fates)}, nothing else for ${tried.longestStallMs.toFixed(0)} ms at most`);
  expect(tried.findings.map(({ what, mail }) => `${what}: ${mail.toString('base64')}`)).toEqual([]);
  expect(tried.longestStallMs).toBeLessThan(2_000);
  // The grammar reaches every end.
  for (const [fate, count] of Object.entries(tried.fates)) expect(count, fate).toBeGreaterThan(5);
});

test('mails that have once come to no good end do now', async () => {
  const found = (await foundBefore()).mails;
  const tried = await tryMails(found, reader);
  expect(tried.findings.map(({ what, mail }) => `${what}: ${mail.toString('base64')}`)).toEqual([]);
});
