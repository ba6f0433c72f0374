// Which short names may stand in a text for people: an alias that a volunteer chose, a pseudonym that was drawn.
// Neither can hold a link, markup, a mention or a second line.

export type AliasFault = 'empty' | 'too-long' | 'bad-character';

const longestAlias = 40;
/** Letters of any script with their marks, digits, blanks, hyphens, apostrophes; begins with a letter. */
const aliasForm = /^\p{L}[\p{L}\p{M}\p{N} '’-]*$/u;

/** What is wrong with an alias, or null. Length counts code points. Expects it trimmed and in NFC. */
export const aliasFault = (text: string): AliasFault | null => {
  if (text.trim() === '') return 'empty';
  if ([...text].length > longestAlias) return 'too-long';
  return aliasForm.test(text) && text === text.trim() ? null : 'bad-character';
};

const pseudonymForm = /^[A-Z][a-z]+ [A-Z][a-z]+$/u;
export const isPseudonym = (text: string): boolean => pseudonymForm.test(text);
