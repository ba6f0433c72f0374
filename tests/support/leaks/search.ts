// Looks for words in bytes, whatever form they lie there in. A word begins with a stem that nothing else in the world contains, so
// that many words cost one search; what follows the stem says which of them it is.
import { formsOf, type Form, type FormName } from '#tests/support/leaks/forms.ts';

export interface Marked {
  /** Where the word was planted, for people to read. */
  readonly field: string;
  /** Begins with the stem, in small letters. */
  readonly word: string;
}

export interface Found {
  readonly field: string;
  readonly form: FormName;
  /** In which octets around it; for the one who has to find out why. */
  readonly at: string;
}

/** Nothing has more hits of one form that were worth looking at. */
const mostHits = 2_000;

/** Every planted word that is in these bytes. A stem alone is found as `unknown`. */
export const findMarked = (bytes: Buffer, of: { readonly stem: string; readonly words: readonly Marked[] }): readonly Found[] => {
  const found = new Map<string, Found>();
  for (const view of viewsOf(bytes)) {
    for (const form of formsOf(of.stem)) {
      const where = form.letters === 'any' ? view.small : view.exact;
      let at = where.indexOf(form.bytes);
      for (let hits = 0; at !== -1 && hits < mostHits; hits += 1) {
        const field = fieldAt(where, { at, form, words: of.words });
        const key = `${field} ${form.name}`;
        if (!found.has(key)) found.set(key, { field, form: form.name, at: around(view.exact, at) });
        at = where.indexOf(form.bytes, at + 1);
      }
    }
  }
  return [...found.values()];
};

interface View {
  readonly exact: Buffer;
  readonly small: Buffer;
}

/** The same bytes are searched for one person after another. */
const viewed = new WeakMap<Buffer, readonly View[]>();

/** As they are; and without the line breaks that mail puts into long lines, in base64 and in quoted-printable. */
const viewsOf = (bytes: Buffer): readonly View[] => {
  const known = viewed.get(bytes);
  if (known !== undefined) return known;
  const views = newViewsOf(bytes);
  viewed.set(bytes, views);
  return views;
};

const newViewsOf = (bytes: Buffer): readonly View[] => {
  const text = bytes.toString('latin1');
  const joined = text.replace(/=?\r?\n/gu, '');
  return [text, ...(joined.length === text.length ? [] : [joined])].map((view) => ({
    exact: Buffer.from(view, 'latin1'),
    small: Buffer.from(
      view.replace(/[A-Z]+/gu, (capitals) => capitals.toLowerCase()),
      'latin1',
    ),
  }));
};

const fieldAt = (bytes: Buffer, hit: { readonly at: number; readonly form: Form; readonly words: readonly Marked[] }): string => {
  for (const { field, word } of hit.words) {
    const same = formsOf(word).filter((form) => form.name === hit.form.name && form.letters === hit.form.letters);
    if (same.some((form) => bytes.indexOf(form.bytes, hit.at) === hit.at)) return field;
  }
  return 'unknown';
};

const around = (bytes: Buffer, at: number): string =>
  bytes
    .subarray(Math.max(0, at - 40), at + 60)
    .toString('latin1')
    .replace(/[^\x20-\x7E]/gu, '·');
