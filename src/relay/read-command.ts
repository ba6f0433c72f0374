// Reads a command forgivingly: capitals, curly quotes, long dashes, a trailing full stop; at the desk without its `!`.

export interface CommandRead {
  readonly name: string;
  readonly args: string;
}

const straighten = (text: string): string =>
  text
    .replace(/[\u2018\u2019]/gu, "'")
    .replace(/[\u201c\u201d]/gu, '"')
    .replace(/[\u2013\u2014]/gu, '-')
    .replace(/\uff01/gu, '!')
    .trim();

/** `!name args`, or null when the text is none. `bare`: the desk's way, where a known word needs no `!`. */
export const readCommand = (text: string, of: { readonly names: readonly string[]; readonly bare: 'allowed' | 'not-allowed' }): CommandRead | null => {
  const line = straighten(text);
  const match = /^(!?)\s*([a-z][a-z-]*)[.]?(?:\s+([\s\S]*))?$/iu.exec(line);
  if (match === null) return null;
  const [, mark, word = '', rest = ''] = match;
  const name = word.toLowerCase();
  const args = rest.trim();
  if (mark === '!') return { name, args };
  // "the whole message is the word", or begins with a word that only a command has, as in "available until 18:00".
  const known = of.names.includes(name);
  return of.bare === 'allowed' && known ? { name, args } : null;
};

/** Text that begins like a command but is none that we know. */
export const looksLikeCommand = (text: string): boolean => /^\s*[!\uff01¡]\s*[\p{L}]/u.test(text);
