// Expected outcomes are values. Broken machines throw; people's mistakes do not.

export type Ok<Value> = { readonly ok: true; readonly value: Value };
export type Refused<Why> = { readonly ok: false; readonly why: Why };
export type Result<Value, Why> = Ok<Value> | Refused<Why>;

export const ok = <Value>(value: Value): Ok<Value> => ({ ok: true, value });
export const refuse = <Why>(why: Why): Refused<Why> => ({ ok: false, why });

/** Ends an exhaustive switch: the compiler refuses a case that was forgotten. */
export function never(value: never): never {
  throw new Error(`unreachable: ${typeof value}`);
}
