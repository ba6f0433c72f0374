// Who wrote a mail and what follows: the whole table, as one function.
import type { Level } from '#domain/case/state.ts';

export interface MailProof {
  /** The reply token in the mail: good, of a case that is over, or none. */
  readonly token: 'valid' | 'none-or-stale';
  /** With a valid token: is the sender the contact on record? Without: is the sender known from any case? */
  readonly sender: 'on-record' | 'another';
  /** `nothing`: no signature and no trusted header, or DNS did not answer for 15 minutes. */
  readonly verdict: 'pass' | 'fail' | 'nothing';
  readonly policy: 'none' | 'quarantine' | 'reject';
}

export type Placing =
  /** Into the token's case. */
  | { readonly placing: 'join'; readonly level: Level }
  /** Into the latest open case, else it reopens one, else it begins one. */
  | { readonly placing: 'join-latest'; readonly level: Level }
  /** Held; the contact on record is asked "did you write just now?", without quoting anything. */
  | { readonly placing: 'hold' }
  /** Not placed; this address is told how to begin anew or to write from the old one; the old one hears nothing. */
  | { readonly placing: 'turn-back' }
  | { readonly placing: 'begin'; readonly level: Level; readonly answer: 'answer' | 'no-answer' };

export const placeMail = (proof: MailProof): Placing => {
  const passed = proof.verdict === 'pass';
  if (proof.token === 'valid') {
    if (proof.sender === 'on-record') return proof.verdict === 'fail' ? { placing: 'hold' } : { placing: 'join', level: passed ? 2 : 1 };
    return passed ? { placing: 'turn-back' } : { placing: 'hold' };
  }
  if (proof.sender === 'on-record') return passed ? { placing: 'join-latest', level: 1 } : { placing: 'hold' };
  if (proof.verdict !== 'fail') return { placing: 'begin', level: passed ? 1 : 0, answer: 'answer' };
  return { placing: 'begin', level: 0, answer: proof.policy === 'none' ? 'answer' : 'no-answer' };
};
