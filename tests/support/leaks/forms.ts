// In which forms a word can lie in bytes: as it is, and as mail, Matrix, databases and web pages write it down.

export const formNames = ['plain', 'base64', 'quoted-printable', 'hex', 'percent', 'utf-16', 'html-entity', 'json-escape'] as const;
export type FormName = (typeof formNames)[number];

export interface Form {
  readonly name: FormName;
  readonly bytes: Buffer;
  /** `any`: the bytes are in small letters, and so must be what is searched. */
  readonly letters: 'exact' | 'any';
}

type OfChar = (char: string) => string;

const bytesOf = (char: string): readonly string[] => [...Buffer.from(char)].map((byte) => byte.toString(16).padStart(2, '0'));
const unitsOf = (char: string): readonly number[] => Array.from({ length: char.length }, (_, at) => char.charCodeAt(at));

const quotedPrintable: OfChar = (char) =>
  bytesOf(char)
    .map((hex) => `=${hex}`)
    .join('');
const percent: OfChar = (char) =>
  bytesOf(char)
    .map((hex) => `%${hex}`)
    .join('');
const decimalEntity: OfChar = (char) => `&#${char.codePointAt(0)};`;
const hexEntity: OfChar = (char) => `&#x${char.codePointAt(0)?.toString(16)};`;
const jsonEscape: OfChar = (char) =>
  unitsOf(char)
    .map((unit) => String.raw`\u${unit.toString(16).padStart(4, '0')}`)
    .join('');

const isPlain = (char: string): boolean => /^[\x20-\x7E]$/u.test(char);

/** Every character written so, and only those that must be. */
const written = (word: string, of: { readonly name: FormName; readonly char: OfChar }): readonly Form[] => {
  const all = [...word].map(of.char).join('');
  const some = [...word].map((char) => (isPlain(char) ? char : of.char(char))).join('');
  return [...new Set([all, some])]
    .filter((text) => text !== word)
    .map((text) => ({ name: of.name, bytes: Buffer.from(text.toLowerCase()), letters: 'any' }));
};

/**
 * What a word comes to inside a longer text in base64, for each of the three places where it can begin. Characters that also carry
 * bits of a neighbour are left out, so two letters at most at either end do not count.
 */
const inBase64 = (word: Buffer): readonly Form[] =>
  [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), word]);
    const sure = { from: [0, 2, 3][before] ?? 0, to: Math.floor((whole.length * 8) / 6) };
    return (['base64', 'base64url'] as const).map((kind): Form => {
      const text = whole.toString(kind).slice(sure.from, sure.to);
      return { name: 'base64', bytes: Buffer.from(text), letters: 'exact' };
    });
  });

/** Without the outermost octets: they are zeros, which one order has before a letter and the other behind it. */
const utf16 = (word: string): readonly Form[] => {
  const little = Buffer.from(word, 'utf16le');
  const big = Buffer.from(little).swap16();
  return [little.subarray(0, -1), big.subarray(1)].map((bytes) => ({ name: 'utf-16', bytes, letters: 'any' }));
};

/** `word` in small letters. What stands for numbers of letters depends on how it was written: small, with a capital, in capitals. */
export const formsOf = (word: string): readonly Form[] => {
  const spellings = [word, word.slice(0, 1).toUpperCase() + word.slice(1), word.toUpperCase()];
  const forms: readonly Form[] = [
    { name: 'plain', bytes: Buffer.from(word), letters: 'any' },
    ...utf16(word),
    ...spellings.flatMap((spelling) => [...inBase64(Buffer.from(spelling)), ...inNumbers(spelling)]),
  ];
  const seen = new Set<string>();
  return forms.filter((form) => {
    const key = `${form.letters} ${form.bytes.toString('latin1')}`;
    return seen.has(key) ? false : Boolean(seen.add(key));
  });
};

/** A capital is another number than its small letter. */
const inNumbers = (spelling: string): readonly Form[] => [
  { name: 'hex', bytes: Buffer.from(Buffer.from(spelling).toString('hex')), letters: 'any' },
  ...written(spelling, { name: 'quoted-printable', char: quotedPrintable }),
  ...written(spelling, { name: 'percent', char: percent }),
  ...written(spelling, { name: 'html-entity', char: decimalEntity }),
  ...written(spelling, { name: 'html-entity', char: hexEntity }),
  ...written(spelling, { name: 'json-escape', char: jsonEscape }),
];
