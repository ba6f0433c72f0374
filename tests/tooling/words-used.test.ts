// Every key that the code says stands in the words files with the slots it is said with; every text there is said by somebody.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { slotKeys } from '#words/open-words.ts';
import { readLanguages } from '#tests/support/the-words.ts';

const english = (await readLanguages()).find((each) => each.language === 'en');
const templates = english?.templates ?? new Map<string, never>();
const groups = [...new Set([...templates.keys()].map((key) => key.split('.')[0] ?? ''))];

const sources = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(folder, { recursive: true });
  // The settings have dotted names of their own.
  return Promise.all(
    names.filter((name) => name.endsWith('.ts') && !name.startsWith('settings')).map((name) => readFile(join(folder, name), 'utf8')),
  );
};
const code = (await Promise.all(['src', 'workers'].map(sources))).flat().join('\n');

/** Keys as they stand in the code: whole, or with `${…}` in the place of a part. */
const keyText = new RegExp(`['\`]((?:${groups.join('|')})\\.(?:[a-z0-9.-]|\\$\\{[^}]*\\})+)['\`]`, 'gu');
// Log events have the same look; they stand in a property of their own.
const events = new Set([...code.matchAll(/event: '([a-z.-]+)'/gu)].map((match) => match[1]));
const said = [...new Set([...code.matchAll(keyText)].map((match) => match[1] ?? ''))].filter(
  (key) => !events.has(key) && !key.endsWith('.json') && !key.includes('.example'),
);
const pattern = (key: string): RegExp => new RegExp(`^${key.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/gu, '[a-z0-9-]+')}$`, 'u');

/** The text of an object literal that begins at `{`, by its braces; strings with braces do not occur in what is said. */
const objectAt = (text: string, from: number): string => {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return text.slice(from, at + 1);
  }
  return text.slice(from);
};

/** Names of the properties of an object literal, at its first level; null when it spreads something. */
const namesIn = (object: string): readonly string[] | null => {
  let inner = object.slice(1, -1);
  for (let before = ''; before !== inner;) {
    before = inner;
    inner = inner.replace(/\{[^{}]*\}|\([^()]*\)|\[[^[\]]*\]/gu, '…');
  }
  if (inner.includes('...')) return null;
  return inner.split(',').flatMap((part) => /^\s*'?([a-z-]+)'?\s*(?::|$)/u.exec(part)?.[1] ?? []);
};

test('every key that is said stands in the words files', () => {
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((key) => ![...templates.keys()].some((known) => pattern(key).test(known)))).toEqual([]);
});

test('every text is said by somebody', () => {
  const patterns = said.map(pattern);
  const unsaid = [...templates.keys()].filter((key) => !slotKeys.includes(key) && !patterns.some((each) => each.test(key)));
  expect(unsaid).toEqual([]);
});

/** A question to a mailbox keeps its key alone: the code that went out with it is kept nowhere. */
const onlyNamed = new Set(['requester.did-you-write.ask']);

test('a key is said with the slots that its text has', () => {
  const wrong: string[] = [];
  let compared = 0;
  for (const match of code.matchAll(/\bkey: '([a-z0-9.-]+)'(,\s*slots: \{)?(\s*\})?/gu)) {
    const [whole, key = '', slots, end] = match;
    const template = templates.get(key);
    if (template === undefined || (slots === undefined && (end === undefined || onlyNamed.has(key)))) continue;
    const given = slots === undefined ? [] : namesIn(objectAt(code, match.index + whole.lastIndexOf('{')));
    if (given === null) continue;
    compared += 1;
    const needed = [...template.slots.keys()];
    if (needed.toSorted().join() !== given.toSorted().join()) wrong.push(`${key} needs ${needed.join(', ')} and gets ${given.join(', ')}`);
  }
  expect(compared).toBeGreaterThan(80);
  expect(wrong).toEqual([]);
});
