// Leaves only what a reader sees: takes out control characters, bidi overrides and everything else that can hide a word
// or carry a message of its own. Runs first, because a name with a zero-width space in it is found by nobody.

/**
 * Bidi controls, private use (which stands for placeholders here), and what Unicode says is drawn as nothing:
 * zero-width characters, soft hyphen, Hangul fillers, tags and variation selectors, which can carry bytes unseen.
 */
const hidden = /[\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const control = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Persian and the scripts of India need the joiners between letters, and emoji are built with them. */
const joins =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;
const pictograph = /[\p{Extended_Pictographic}0-9#*]$/u;

function keepJoiner(char: string, before: string): string {
  if (char === '\u200d' || char === '\u200c') return joins.test(before) ? char : '';
  if (char === '\ufe0f') return pictograph.test(before) ? char : '';
  return '';
}

export function onlyVisible(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/[\f\v]/g, '\n')
    .replace(control, '')
    .replace(/[\u2800\u00a0\u202f\u2007]/g, ' ')
    .replace(hidden, (char, at: number, whole: string) => keepJoiner(char, whole.slice(Math.max(0, at - 2), at)));
}

/** No more than one empty line in a row, no space at a line's end, none around the whole. */
export function tidyBlanks(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const kept = lines.filter((line, at) => line !== '' || lines[at - 1] !== '');
  return kept.join('\n').trim();
}
