// A run's result for whoever reads a terminal: what was done, what came of it, and the minutes around each fault.
import { execFileSync } from 'node:child_process';
import type { RunResult } from './drive.ts';

/** Of the code that is being tried; `+` behind it where files were changed since. */
export const commitNow = (): string => {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', '../../src', '../../workers') === '' ? '' : '+'}`;
  } catch {
    return 'no commit';
  }
};

export const report = (result: RunResult): string => {
  const { serverKills: kills } = result;
  const points = Object.entries(result.atPoints).map(([point, count]) => `${point} ${count}`);
  const verdict =
    result.faults.length === 0
      ? 'none lost, doubled, out of order, unreadable, late or in the wrong place'
      : `${result.faults.length} FAULTS: ${counts(result)}`;
  return [
    `seed ${result.seed}, commit ${commitNow()}: ${result.messages} lines in ${result.conversations} conversations, ${result.seconds} s`,
    `kills of the relay: ${result.relayKills}, of these at named points: ${points.join(', ')}; longest start ${result.longestStartMs} ms, starts that failed ${result.failedStarts}`,
    `kills of the homeserver ${kills['the homeserver']} (in the middle of making a room: ${result.homeserverKilledInCreateRoom}), Valkey ${kills.Valkey}, IMAP ${kills['the IMAP server']}, SMTP ${kills['the SMTP server']}; Redis wiped ${result.wipes} times; answers of the homeserver lost ${result.answersCut}; new devices ${result.newDevices}`,
    `from writing to reading: median ${result.median} ms, longest ${result.longest} ms`,
    `mails that came twice under one Message-ID, as SMTP allows: ${result.sameMailAgain}; conversations with a mail that may have been taken: ${result.unsureMails}`,
    verdict,
    ...result.timelines.flatMap((lines) => ['', ...lines]),
  ].join('\n');
};

const counts = ({ faults }: RunResult): string => {
  const of = new Map<string, number>();
  for (const { kind } of faults) of.set(kind, (of.get(kind) ?? 0) + 1);
  return [...of].map(([kind, count]) => `${kind} ${count}`).join(', ');
};
