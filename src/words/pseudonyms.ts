// Draws what volunteers call a requester in one case. By chance alone: never derived from the person, and another one for another case.
import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import type { Chance } from '#relay/clock.ts';

const word = z.string().regex(/^[A-Z][a-z]{1,14}$/u);
const fileForm = z.strictObject({ about: z.string(), first: z.array(word).min(2).readonly(), second: z.array(word).min(2).readonly() });

export interface Pseudonyms {
  readonly count: number;
  /** One that is not in use. Throws PseudonymsFault when every one is. */
  draw(chance: Pick<Chance, 'below'>, inUse: ReadonlySet<string>): string;
}

export class PseudonymsFault extends Error {
  override readonly name = 'PseudonymsFault';
  readonly code: 'pseudonyms-file' | 'all-in-use';

  constructor(code: 'pseudonyms-file' | 'all-in-use') {
    super(`pseudonyms: ${code}`);
    this.code = code;
  }
}

/** Reads the two lists of `config/care/pseudonyms.json`; each pair is a pseudonym. */
export const openPseudonyms = async (path: string): Promise<Pseudonyms> => {
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw new PseudonymsFault('pseudonyms-file');
  }
  const parsed = fileForm.safeParse(raw);
  if (!parsed.success) throw new PseudonymsFault('pseudonyms-file');
  return pseudonymsOf(parsed.data);
};

export const pseudonymsOf = (lists: { readonly first: readonly string[]; readonly second: readonly string[] }): Pseudonyms => {
  const count = lists.first.length * lists.second.length;
  const at = (index: number): string =>
    `${lists.first[index % lists.first.length] ?? ''} ${lists.second[Math.floor(index / lists.first.length)] ?? ''}`;
  return {
    count,
    draw: (chance, inUse) => drawFree({ count, at, inUse, chance }),
  };
};

const tries = 64;

/** A few draws find a free one unless nearly all are in use; then the free ones are looked through, so that it always ends. */
const drawFree = (from: {
  readonly count: number;
  readonly at: (index: number) => string;
  readonly inUse: ReadonlySet<string>;
  readonly chance: Pick<Chance, 'below'>;
}): string => {
  for (let tried = 0; tried < tries; tried += 1) {
    const name = from.at(from.chance.below(from.count));
    if (!from.inUse.has(name)) return name;
  }
  const left = Array.from({ length: from.count }, (_, index) => from.at(index)).filter((name) => !from.inUse.has(name));
  const name = left[left.length === 0 ? 0 : from.chance.below(left.length)];
  if (name === undefined) throw new PseudonymsFault('all-in-use');
  return name;
};
