// `npm run bench`: starts the servers, measures, and prints each figure as a line of JSON and all of them as a table. What is missed
// is said in both, and ends it with 1. `--only messages,burst`, `--rounds 10`, `--soak 60m`, `--tiny`.
import { parseArgs } from 'node:util';
import { startStack } from '#trial/stack.ts';
import { groups, runBench, tiny, usual, type Group, type Size } from '#tests/bench/bench.ts';
import { jsonLine, table, type Judged } from '#tests/bench/figure.ts';
import { thisMachine } from '#tests/bench/machine.ts';

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

const spanOf = (text: string): number => {
  const [, amount, unit = ''] = /^(\d+)([smh])$/u.exec(text) ?? [];
  const ms = Number(amount) * (units[unit] ?? Number.NaN);
  if (Number.isNaN(ms)) throw new Error('--soak wants a span such as 90s, 60m or 2h');
  return ms;
};

const isGroup = (name: string): name is Group => groups.some((group) => group === name);

const wantedGroups = (text: string | undefined): readonly Group[] => {
  if (text === undefined) return groups;
  const names = text.split(',');
  if (!names.every(isGroup)) throw new Error(`--only wants some of ${groups.join(', ')}`);
  return names;
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      tiny: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      soak: { type: 'string' },
    },
  });
  const size: Size = {
    ...(values.tiny ? tiny : usual),
    ...(values.rounds === undefined ? {} : { rounds: Number(values.rounds) }),
    ...(values.soak === undefined ? {} : { soakMs: spanOf(values.soak) }),
  };
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const wanted = wantedGroups(values.only);
  print(JSON.stringify({ machine: thisMachine(), size }));
  const all: Judged[] = [];
  await using stack = await startStack({ progress: say });
  await runBench({
    stack,
    size,
    groups: wanted,
    say,
    give: (figure) => {
      all.push(figure);
      print(jsonLine(figure));
    },
  });
  for (const line of ['', ...table(all)]) print(line);
  if (all.some(({ verdict }) => verdict === 'missed')) process.exitCode = 1;
};

await main();
