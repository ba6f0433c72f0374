// The form of the lines that are written in a run, and how they are found again in whatever they arrive in.

/** `in`: from the one who asks to the volunteer. */
export type Way = 'in' | 'out';

export interface LineName {
  /** From 1. */
  readonly conversation: number;
  readonly way: Way;
  /** From 1, in the order of writing. */
  readonly number: number;
}

export interface WrittenLine extends LineName {
  readonly text: string;
  /** ms since 1970: when its writer began to send it. */
  readonly at: number;
}

const words = ['heron', 'lantern', 'quiet', 'harbour', 'willow', 'stone', 'evening', 'bridge', 'paper', 'river'] as const;
const form = /conversation (\d+), (in|out), line (\d+), [a-z]+\./gu;

/** A line is not the same as another one of its number: what is garbled shows. */
export const lineText = ({ conversation, way, number }: LineName): string =>
  `conversation ${conversation}, ${way}, line ${number}, ${words[(conversation * 7 + number * 3) % words.length]}.`;

export const linesIn = (text: string): readonly (LineName & { readonly text: string })[] =>
  [...text.matchAll(form)].map(([whole, conversation, way, number]) => ({
    conversation: Number(conversation),
    way: way === 'in' ? 'in' : 'out',
    number: Number(number),
    text: whole,
  }));
