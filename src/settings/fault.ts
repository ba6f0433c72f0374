// One thing that is wrong with the settings: where, what, and nothing of what stands there.
// Must never hold a value from the file: it may be a secret in the wrong place, or somebody's address.
import type { FaultCode } from '#settings/fault-texts.ts';

export interface Fault {
  /** `mail.imap.port`; empty for the file as a whole. */
  readonly at: string;
  readonly code: FaultCode;
  /** A word of ours that the sentence needs: a bound, the allowed words, the other setting, the key that was meant. */
  readonly word: string;
}

export const fault = (at: string, code: FaultCode, word = ''): Fault => ({ at, code, word });

/** `limits.offerMinutes`, `people.coordinators[2]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`)).join('');
}
