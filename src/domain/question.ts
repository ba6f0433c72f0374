// A question of a bot: to whom, what, which answers do what, until when, and what silence means. Built once, used for all.
import type { CaseId, ContactId, Instant, QuestionId, RoomRef } from '#domain/ids.ts';
import type { Say } from '#domain/say.ts';

/** What an answer does. */
export type Act =
  | { readonly act: 'accept' | 'pass' | 'open' | 'give-back' | 'close' | 'stay' | 'take-up'; readonly case: CaseId }
  | { readonly act: 'rest-keep' | 'rest-step-back' }
  /** A line that looked like a command goes to the requester after all, or stays. */
  | { readonly act: 'send-line'; readonly case: CaseId; readonly event: string; readonly text: string }
  | { readonly act: 'send-correction'; readonly case: CaseId; readonly event: string; readonly text: string }
  | { readonly act: 'leave-line' | 'leave-correction' | 'leave-closed' }
  | { readonly act: 'nothing' }
  /** "Did you write just now?": all that is held for this contact is placed, or discarded. */
  | { readonly act: 'claim' | 'disown'; readonly case: CaseId }
  | { readonly act: 'again-yes' | 'again-no' | 'stop' | 'go-on'; readonly case: CaseId }
  /** What was said together with NEW is the first of the new conversation, or goes on in this one. */
  | {
      readonly act: 'begin-new' | 'same-as-before';
      readonly case: CaseId;
      readonly words?: { readonly eventId: string; readonly text: string };
    };

export interface Answer {
  /** '1', '2' in a volunteer's room; 'yes', 'no' for a requester. */
  readonly word: string;
  /** Commands and words that mean the same, in lower case without `!`. */
  readonly also: readonly string[];
  readonly act: Act;
}

export type Asked =
  | { readonly to: 'room'; readonly room: RoomRef }
  | { readonly to: 'contact'; readonly contact: ContactId; readonly case: CaseId }
  /** Somebody of whom nothing is known but the address of a mail that is held. */
  | { readonly to: 'sender' };

export interface Question {
  readonly id: QuestionId;
  readonly asked: Asked;
  /** The case whose key seals it, or null: the volunteer's. */
  readonly case: CaseId | null;
  readonly asks: Say;
  /** What this is for, so that a settled matter finds its question: `offer:<case>`, `open:<case>`, … */
  readonly about: string;
  readonly answers: readonly Answer[];
  readonly deadline: Instant | null;
  /** What happens when nobody answers. */
  readonly silence: Act;
  /** Tries left, for a code. */
  readonly triesLeft: number;
  /** Inbox rows that wait for the answer. */
  readonly held: readonly string[];
  /** The event in which it was asked, once the homeserver has it; and what answered it, to be removed with it. */
  readonly event: string | null;
  /** By mail alone: it is asked tomorrow, and until then nothing is an answer to it. */
  readonly asking?: 'tomorrow' | 'done';
}

const keycaps = new Map([
  ['1️⃣', '1'],
  ['2️⃣', '2'],
  ['3️⃣', '3'],
  ['4️⃣', '4'],
  ['1⃣', '1'],
  ['2⃣', '2'],
  ['3⃣', '3'],
  ['4⃣', '4'],
]);

/** The digit of a keycap reaction, else the text itself. */
export const plainAnswer = (text: string): string => {
  const trimmed = text.trim();
  const word = keycaps.get(trimmed) ?? trimmed.replace(/^!/u, '').replace(/[.)!]$/u, '');
  return word.trim().toLowerCase();
};

/** The act that this text means as an answer, or null when it is no answer to this question. */
export const actOf = (question: Question, text: string): Act | null => {
  const given = plainAnswer(text);
  const answer = question.answers.find((each) => each.word === given || each.also.includes(given));
  return answer?.act ?? null;
};
