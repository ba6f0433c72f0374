// Two columns in the terminal, live: on the left who asks, on the right the volunteers. Plain lines where it is no terminal.
import type { Side, Step, Tell } from './conversation.ts';

const plainWidth = 100;
const mostWidth = 150;
const gap = 3;

/** Breaks at spaces; words longer than the width stand alone. */
export const wrap = (text: string, width: number): readonly string[] =>
  text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let current = '';
    for (const word of line.split(' ')) {
      if (current !== '' && current.length + 1 + word.length > width) {
        lines.push(current);
        current = word;
      } else current = current === '' ? word : `${current} ${word}`;
    }
    return [...lines, current];
  });

const took = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const linesOf = (step: Step, width: number): readonly string[] => [
  ...wrap(`${step.who} ${step.does}  (${took(step.tookMs)})`, width),
  ...(step.words === null ? [] : wrap(step.words, width - 4).map((line) => `  │ ${line}`)),
];

const sideName: Readonly<Record<Side, string>> = { asks: 'asks      ', volunteers: 'volunteers', service: 'service   ' };

const inColumns = (out: NodeJS.WriteStream): Tell => {
  const width = Math.min(out.columns, mostWidth);
  const column = Math.floor((width - gap) / 2);
  const indent = ' '.repeat(column + gap);
  out.write(`${'WHO ASKS'.padEnd(column + gap)}VOLUNTEERS\n${'─'.repeat(width)}\n`);
  return (step) => {
    const right = step.side === 'volunteers';
    for (const line of linesOf(step, step.side === 'service' ? width : column)) out.write(`${right ? indent : ''}${line}\n`);
    out.write('\n');
  };
};

const inLines =
  (out: NodeJS.WriteStream): Tell =>
  (step) => {
    for (const line of linesOf(step, plainWidth)) out.write(`${sideName[step.side]} ${line}\n`);
  };

export const teller = (out: NodeJS.WriteStream): Tell => (out.isTTY && out.columns >= 90 ? inColumns(out) : inLines(out));
