// Reads a command forgivingly: capitals, curly quotes, long dashes, a trailing full stop; at the desk without its `!`.

export interface CommandRead {
  readonly name: string;
  readonly args: string;
}

const straighten = (text: string): string =>
  text
    .replace(/[\u2018\u2019]/gu, "'")
    .replace(/[\u201c\u201d]/gu, '"')
    .replace(/[\u2010-\u2015\u2212]/gu, '-')
    .replace(/[\uff01\u00a1]/gu, '!')
    .replace(/[\u200b\u200e\u200f\ufeff]/gu, '')
    .trim();

/** What follows a bare word only where a command is meant, as in "available until 18:00", "rest 2w", "rest end", "help all". */
const plainlyArguments = /^(?:until\s|(?:end|all)$|\d)/iu;

/**
 * `!name args`, or null when the text is none. `bare`: the desk's way, where a known word needs no `!` when it is the whole
 * message; "accept my apologies" is no command.
 */
export const readCommand = (
  text: string,
  of: { readonly names: readonly string[]; readonly bare: 'allowed' | 'not-allowed' },
): CommandRead | null => {
  const match = /^(!?)\s*([a-z][a-z-]*)[.]?(?:\s+([\s\S]*))?$/iu.exec(straighten(text));
  if (match === null) return null;
  const [, mark, word = '', rest = ''] = match;
  const name = word.toLowerCase();
  const args = rest
    .trim()
    .replace(/(?<!\.)\.$/u, '')
    .trimEnd();
  if (mark === '!') return { name, args };
  const meant = args === '' || plainlyArguments.test(args);
  return of.bare === 'allowed' && of.names.includes(name) && meant ? { name, args } : null;
};

/** Text that looks like a command with a slip in it: it begins like one, or is the bare word of one and nothing else. */
export const looksLikeCommand = (text: string, names: readonly string[]): boolean => {
  const line = straighten(text);
  // “note she seems odd”, “/note …”, “-note …”, “1note …”: meant to stay here, and nothing is worse to send by a slip.
  if (/^[^\p{L}]{0,3}notes?(?![\p{L}'])/iu.test(line)) return true;
  return /^[!/]+\s*\p{L}/u.test(line) || names.includes(line.replace(/[.!]$/u, '').toLowerCase());
};
