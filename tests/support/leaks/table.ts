// What was searched, for people to read: each planted field by each sink.
import type { Found, Marked } from '#tests/support/leaks/search.ts';

export interface Searched {
  readonly sink: string;
  /** By stem. */
  readonly found: ReadonlyMap<string, readonly Found[]>;
  /** Stems whose words must not be here. */
  readonly stems: readonly string[];
}

export interface People {
  readonly title: string;
  readonly stem: string;
  readonly words: readonly Marked[];
  /** Fields that they wrote into their own sentences, which nobody takes out. */
  readonly ownWords: readonly string[];
}

const mark = (of: { readonly searched: Searched; readonly person: People; readonly field: string }): string => {
  const { searched, person, field } = of;
  const hit = (searched.found.get(person.stem) ?? []).some((found) => found.field === field);
  if (!searched.stems.includes(person.stem)) return ' ';
  if (!hit) return '·';
  return person.ownWords.includes(field) ? 'w' : 'L';
};

/** `·` searched and not there, `w` their own words, `L` a leak, blank: it belongs there and was not searched. */
export const tableOf = (people: readonly People[], searches: readonly Searched[]): string => {
  const legend = searches.map((searched, at) => `${String.fromCharCode(65 + at)} ${searched.sink}`);
  const rows = people.flatMap((person) =>
    person.words.map(
      ({ field }) => `${`${person.title}: ${field}`.padEnd(56)}${searches.map((searched) => mark({ searched, person, field })).join(' ')}`,
    ),
  );
  const head = `${''.padEnd(56)}${searches.map((_, at) => String.fromCharCode(65 + at)).join(' ')}`;
  return [...legend, '', head, ...rows, '', '· not there   w own words   L leak   blank: belongs there'].join('\n');
};
