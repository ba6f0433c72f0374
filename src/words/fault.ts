// What can be wrong with the texts for people. Found when they are read at start; names files' keys and slots, never what somebody wrote.

export type WordsFaultCode =
  | 'no-languages'
  | 'unreadable'
  | 'not-a-text'
  | 'empty'
  | 'bad-slot'
  | 'block-not-alone'
  | 'plural-forms'
  | 'missing-key'
  | 'extra-key'
  | 'slots-differ'
  | 'bad-format'
  | 'unknown-key'
  | 'slot-missing'
  | 'slot-type'
  | 'slot-value';

export class WordsFault extends Error {
  override readonly name = 'WordsFault';
  readonly code: WordsFaultCode;
  /** Where: the language, the key, the slot; joined by blanks. */
  readonly where: string;

  constructor(code: WordsFaultCode, where: string) {
    super(`words: ${code}: ${where}`);
    this.code = code;
    this.where = where;
  }
}
