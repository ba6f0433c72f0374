// Says where in the settings a fault is, and which.
import type { Fault, FaultCode } from '#settings/fault-texts.ts';

export const fault = (at: string, code: FaultCode, word = ''): Fault => ({ at, code, word });

/** `limits.offerMinutes`, `people.coordinators[2]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`)).join('');
}
