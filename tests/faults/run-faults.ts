// `npm run faults -- --messages 10000 --seed N`: a long run in rounds, each on a new stack. What was done stands in a file, so that a
// run that was ended goes on where it stood.
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { drive, type RunResult } from './drive.ts';
import { longRound } from './plan.ts';
import { report } from './report.ts';

const messagesARound = 1_000;

interface State {
  readonly seed: number;
  readonly messages: number;
  readonly rounds: readonly Omit<RunResult, 'timelines'>[];
}

const readState = (file: string, asked: Pick<State, 'seed' | 'messages'>): State => {
  if (!existsSync(file)) return { ...asked, rounds: [] };
  const state = JSON.parse(readFileSync(file, 'utf8')) as State;
  return state.seed === asked.seed && state.messages === asked.messages ? state : { ...asked, rounds: [] };
};

const writeState = (file: string, state: State): void => {
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file}.new`, file);
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      messages: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(randomBytes(4).readUInt32LE()) },
      state: { type: 'string' },
    },
  });
  const asked = { seed: Number(values.seed), messages: Number(values.messages) };
  const file = values.state ?? `faults-${asked.seed}.json`;
  const rounds = [...readState(file, asked).rounds];
  console.log(`seed ${asked.seed}, ${asked.messages} messages; what was done stands in ${file}, what happens in ${file}.log`);
  for (let round = rounds.length; round * messagesARound < asked.messages; round += 1) {
    const messages = Math.min(messagesARound, asked.messages - round * messagesARound);
    appendFileSync(`${file}.log`, `\nround ${round + 1}\n`);
    const result = await drive(longRound({ seed: asked.seed, messages, round }), {
      tell: (line) => appendFileSync(`${file}.log`, `${line}\n`),
      judged: (done) => console.log(`\nround ${round + 1}\n${report(done)}`),
    });
    const { timelines: _timelines, ...figures } = result;
    rounds.push(figures);
    writeState(file, { ...asked, rounds });
  }
  const sum = (of: (round: Omit<RunResult, 'timelines'>) => number): number => rounds.reduce((all, round) => all + of(round), 0);
  console.log(
    `\nall: ${sum(({ messages }) => messages)} lines, ${sum(({ relayKills }) => relayKills)} kills of the relay, ${sum(({ sameMailAgain }) => sameMailAgain)} mails twice under one Message-ID, ${sum(({ faults }) => faults.length)} faults`,
  );
  process.exitCode = sum(({ faults }) => faults.length) === 0 ? 0 : 1;
};

if (import.meta.main) await main();
