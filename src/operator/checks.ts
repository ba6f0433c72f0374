// Asks the servers that the relay will need, without sending anything to anybody.
import { trouble, lines } from '#operator/operator-texts.ts';

export interface Check {
  /** As the operator knows it: `Mail in (mail.imap)`. */
  readonly name: string;
  /** Has a deadline of its own, and does not throw. */
  run(): Promise<'ok' | { readonly code: string }>;
}

/** Says each outcome, in order; all are asked at the same time. */
export async function runChecks(checks: readonly Check[], say: (line: string) => void): Promise<'good' | 'trouble'> {
  const outcomes = await Promise.all(checks.map((check) => check.run()));
  let found: 'good' | 'trouble' = 'good';
  for (const [index, outcome] of outcomes.entries()) {
    const name = checks[index]?.name ?? '';
    say(outcome === 'ok' ? lines.good(name) : trouble(name, outcome.code));
    if (outcome !== 'ok') found = 'trouble';
  }
  return found;
}

const deadlineMs = 15_000;

/** Spec: Client-Server API, GET /_matrix/client/versions. */
export async function checkHomeserver(url: string): Promise<'ok' | { readonly code: string }> {
  try {
    const answer = await fetch(new URL('/_matrix/client/versions', url), { signal: AbortSignal.timeout(deadlineMs), redirect: 'error' });
    await answer.body?.cancel();
    return answer.ok ? 'ok' : { code: 'homeserver-away' };
  } catch {
    return { code: 'homeserver-away' };
  }
}
