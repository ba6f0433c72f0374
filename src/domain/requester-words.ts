// The words a requester can write on a line of their own (domain.md 5). Anything unclear is text and never taken for consent.

export type RequesterWord =
  | { readonly word: 'help' }
  | { readonly word: 'stop' }
  | { readonly word: 'no' }
  | { readonly word: 'new' }
  | { readonly word: 'yes'; readonly code: string | null }
  | { readonly word: 'country'; readonly name: string };

export interface WordsFound {
  readonly words: readonly RequesterWord[];
  /** The text without those lines; empty when there was nothing else above the quote. */
  readonly rest: string;
}

const firstLines = 12;
const longestCountry = 60;

const readLine = (line: string): RequesterWord | null => {
  const bare = line.trim().replace(/^!/u, '').replace(/[.!]$/u, '').trim();
  const upper = bare.toUpperCase();
  if (upper === 'HELP') return { word: 'help' };
  if (upper === 'STOP') return { word: 'stop' };
  if (upper === 'NO') return { word: 'no' };
  if (upper === 'NEW') return { word: 'new' };
  if (upper === 'YES') return { word: 'yes', code: null };
  const code = /^YES[ :]+([A-Z0-9]{4}-?[A-Z0-9]{4})$/u.exec(upper);
  if (code?.[1] !== undefined) return { word: 'yes', code: code[1].replace('-', '') };
  if (upper.startsWith('COUNTRY ')) {
    const name = bare.slice('COUNTRY '.length).trim();
    return name.length > 0 && name.length <= longestCountry ? { word: 'country', name } : null;
  }
  return null;
};

const beginsQuote = (line: string): boolean => /^\s*(?:>|--\s*$|-{3,}|_{5,})/u.test(line);

/** `text` is a mail's text with its quote still below, or one chat message. Looks at the first lines above the quote only. */
export const findRequesterWords = (text: string): WordsFound => {
  const lines = text.split('\n');
  const end = lines.findIndex(beginsQuote);
  const above = end === -1 ? lines.length : end;
  const words: RequesterWord[] = [];
  const rest: string[] = [];
  let seen = 0;
  for (const [at, line] of lines.entries()) {
    const word = at < above && seen < firstLines ? readLine(line) : null;
    if (line.trim() !== '') seen += 1;
    if (word === null) rest.push(line);
    else words.push(word);
  }
  return { words, rest: rest.join('\n') };
};
