// The pages for people say what is so: the first answer word for word, promises with their proofs.
import { access, readdir, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';

import { describe, expect, test } from 'vitest';

import { wordsThatWork } from '#relay/telling.ts';
import { openWords } from '#words/open-words.ts';
import { wordsFolder } from '#tests/support/the-words.ts';

const pages = ['requesters', 'volunteers', 'coordinators', 'committee', 'promises', 'threat-model'].map((name) => `docs/${name}.md`);
const read = (path: string): Promise<string> => readFile(path, 'utf8');
const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The tests that a text names as proofs. */
const proofsIn = (text: string): readonly string[] => [...text.matchAll(/`(tests\/[\w/.-]+\.test\.ts)`/gu)].map((match) => match[1] ?? '');
const notThere = async (files: readonly string[]): Promise<readonly string[]> =>
  (await Promise.all([...new Set(files)].map(async (file) => ((await isThere(file)) ? [] : [file])))).flat();

test("the committee's page has the first answer word for word", async () => {
  const words = await openWords({ folder: wordsFolder, defaultLanguage: 'en' });
  const said = words.render('en', {
    key: 'requester.first-answer.mail',
    slots: { free: { slot: 'word', key: 'requester.free.somebody' }, wait: { slot: 'span', ms: 24 * 3_600_000 }, words: wordsThatWork },
  });
  const shown = /<!-- first answer -->\n([^]*)<!-- \/first answer -->/u.exec(await read('docs/committee.md'))?.[1] ?? '';
  const plain = shown
    .split('\n')
    .map((line) => line.replace(/^> ?/u, '').replace(/ {2}$/u, ''))
    .join('\n')
    .trim();
  expect(plain).toBe(said);
});

describe('promises.md', async () => {
  const page = await read('docs/promises.md');
  const section = (title: string): string => new RegExp(`## ${title}\\n([^]*?)(?=\\n## |$)`, 'u').exec(page)?.[1] ?? '';
  const rows = (title: string): readonly string[] =>
    section(title)
      .split('\n')
      .filter((line) => /^\| [VRO]\d+ \|/u.test(line));
  const idOf = (row: string): string => /^\| ([VRO]\d+) \|/u.exec(row)?.[1] ?? '';
  const every = [
    ...Array.from({ length: 13 }, (_, at) => `V${at + 1}`),
    ...Array.from({ length: 12 }, (_, at) => `R${at + 1}`),
    ...Array.from({ length: 7 }, (_, at) => `O${at + 1}`),
  ];

  test('names every promise, as kept or as not yet, once each', () => {
    const kept = rows('Kept now').map(idOf);
    const notYet = rows('Not yet').map(idOf);
    expect(new Set([...kept, ...notYet])).toEqual(new Set(every));
    expect([new Set(kept).size, new Set(notYet).size]).toEqual([kept.length, notYet.length]);
  });

  test('has a proof for each promise that is kept, and each proof is a test that is there', async () => {
    const proofs = rows('Kept now').map((row) => ({
      id: idOf(row),
      files: proofsIn(row),
    }));
    expect(proofs.filter((proof) => proof.files.length === 0).map((proof) => proof.id)).toEqual([]);
    expect(await notThere(proofs.flatMap((proof) => proof.files))).toEqual([]);
  });

  test('says for what people keep who does it and how', () => {
    const kept = section('People keep it')
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| who'));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter((row) => row.split('|').filter((cell) => cell.trim() !== '').length !== 3)).toEqual([]);
  });
});

describe('threat-model.md', async () => {
  const page = await read('docs/threat-model.md');
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| could |'));
  const lastCell = (row: string): string => row.split('|').at(-2)?.trim() ?? '';

  test('names everybody whom it has to name', () => {
    const named = [...page.matchAll(/^## (.+)$/gmu)].map(([, title]) => title);
    expect(named).toEqual(
      expect.arrayContaining([
        'The other side of the conversation',
        'Another volunteer',
        'A coordinator',
        'Somebody else on the internet, who forges',
        'A hostile mail or event',
        'A robot, a loop',
        'The mail provider of either side',
        'The administrator of a homeserver',
        'The operator',
        'Whoever has Redis',
        'A thief of a disk or a backup',
        'A dependency that is curious, or was taken over',
        "Somebody at a requester's shared computer",
        "Somebody with a volunteer's stolen phone",
      ]),
    );
  });

  test('has for each row a proof that is there, or says that there is no protection; never both', async () => {
    expect(rows.length).toBeGreaterThan(40);
    const unclear = rows.filter((row) => (lastCell(row) === '**not protected**') === proofsIn(lastCell(row)).length > 0);
    expect(unclear).toEqual([]);
    expect(rows.filter((row) => row.split('|').length !== 5)).toEqual([]);
    expect(await notThere(rows.flatMap(proofsIn))).toEqual([]);
  });
});

test.each(pages)('%s links to pages that are there', async (path) => {
  const links = [...(await read(path)).matchAll(/\]\((?!https?:)([^)#]+)/gu)].map((match) => normalize(join('docs', match[1] ?? '')));
  expect((await Promise.all(links.map(async (link) => ((await isThere(link)) ? [] : [link])))).flat()).toEqual([]);
});

test('no page for people promises what is not there yet', async () => {
  for (const path of ['docs/requesters.md', 'docs/committee.md']) {
    expect(await read(path)).not.toMatch(/\b(?:EXPORT|ERASE|SHOW ME|AGREE|SOMEONE ELSE|LANGUAGE)\b/u);
  }
});

test("the volunteers' page has a place for the command table", async () => {
  expect(await read('docs/volunteers.md')).toMatch(/<!-- commands -->[^]*<!-- \/commands -->/u);
});

test('decisions have a number each', async () => {
  const names = (await readdir('docs/decisions')).filter((name) => name.endsWith('.md'));
  const numbers = names.map((name) => name.slice(0, 4));
  expect(new Set(numbers).size).toBe(names.length);
  expect(numbers.filter((number) => !/^\d{4}$/u.test(number))).toEqual([]);
});
