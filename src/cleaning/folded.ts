// One form for comparing: without case, accents, width and ligatures, and a way back to where each letter stood.
// `Ｊörg`, `jo\u0308rg` and `JÖRG` fold to the same; what is found in the folded text is taken out of the original.

export interface Folded {
  readonly text: string;
  /** The index in the original of each UTF-16 unit of `text`; one more at the end: the original's length. */
  readonly at: readonly number[];
}

/** Letters that Unicode does not take apart though people write them without. */
const alike: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ł', 'l'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ı', 'i'],
  ['ħ', 'h'],
  ['ŋ', 'n'],
  ['’', "'"],
  ['‘', "'"],
  ['ʼ', "'"],
  ['‐', '-'],
  ['‑', '-'],
  ['–', '-'],
  ['—', '-'],
  ['−', '-'],
]);

/** Of one letter. Ligatures of words become up to eighteen (U+FDFA), and a text of nothing else would be that much longer. */
const mostOfOne = 5;

const dropped = /[\p{Mn}\p{Cf}]/gu;

function foldChar(char: string): string {
  const plain = char.normalize('NFKD').toLowerCase().replace(dropped, '');
  return alike.get(plain) ?? plain.slice(0, mostOfOne);
}

/** ASCII in runs, which only changes its case; everything else letter by letter. */
const pieces = /[\0-\x7f]+|[^\0-\x7f]/gu;

export function foldText(text: string): Folded {
  const parts: string[] = [];
  const at: number[] = [];
  const known = new Map<string, string>();
  let index = 0;
  for (const [piece] of text.matchAll(pieces)) {
    if (piece.charCodeAt(0) < 0x80) {
      parts.push(piece.toLowerCase());
      for (let unit = 0; unit < piece.length; unit += 1) at.push(index + unit);
    } else {
      const folded = known.get(piece) ?? foldChar(piece);
      known.set(piece, folded);
      parts.push(folded);
      for (let unit = 0; unit < folded.length; unit += 1) at.push(index);
    }
    index += piece.length;
  }
  at.push(text.length);
  return { text: parts.join(''), at };
}

export const fold = (text: string): string => foldText(text).text;

export interface Squeezed {
  readonly text: string;
  /** The index in the folded text of each unit of `text`. */
  readonly at: readonly number[];
}

/** Letters and digits alone: `J. a n e - Doe` becomes `janedoe`. Takes a folded text. */
export function squeeze(folded: string): Squeezed {
  const parts: string[] = [];
  const at: number[] = [];
  for (const run of folded.matchAll(/[\p{L}\p{N}]+/gu)) {
    parts.push(run[0]);
    for (let unit = 0; unit < run[0].length; unit += 1) at.push(run.index + unit);
  }
  return { text: parts.join(''), at };
}
