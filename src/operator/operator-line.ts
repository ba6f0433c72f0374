// What goes over the operator's socket: one line of JSON each way. Nothing that crosses here names a person.

export type OperatorCommand =
  | { readonly command: 'status' }
  /** Only where the relay was started for a test: moves its clock on by so many ms. */
  | { readonly command: 'advance-clock'; readonly ms: number };

export interface OperatorAnswer {
  /** `attention`: something is away or late. */
  readonly health: 'well' | 'attention';
  /** For the screen. */
  readonly lines: readonly string[];
}

export type OperatorReply =
  | { readonly ok: true; readonly answer: OperatorAnswer }
  | { readonly ok: false; readonly code: 'not-here' | 'failed' };

/** Longer than any command or answer of ours. */
export const longestLine = 64 * 1024;

/** Null: not one of our commands. */
export function readCommand(line: string): OperatorCommand | null {
  const value = parsed(line);
  if (value['command'] === 'status') return { command: 'status' };
  const ms = value['ms'];
  return value['command'] === 'advance-clock' && typeof ms === 'number' && Number.isSafeInteger(ms) && ms >= 0
    ? { command: 'advance-clock', ms }
    : null;
}

/** Null: not an answer of ours. */
export function readReply(line: string): OperatorReply | null {
  const value = parsed(line);
  if (value['ok'] === false) return { ok: false, code: value['code'] === 'not-here' ? 'not-here' : 'failed' };
  const answer = asRecord(value['answer']);
  const lines = answer['lines'];
  if (value['ok'] !== true || !Array.isArray(lines) || !lines.every((each) => typeof each === 'string')) return null;
  return { ok: true, answer: { health: answer['health'] === 'well' ? 'well' : 'attention', lines } };
}

const parsed = (line: string): Readonly<Record<string, unknown>> => {
  try {
    return asRecord(JSON.parse(line));
  } catch {
    return {};
  }
};

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
