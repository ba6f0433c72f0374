// What happened in a run, and when: kept short, so that the minutes around a fault can be printed beside it.
import type { FoundFault } from './compare.ts';
import type { WrittenLine } from './lines.ts';

export interface Happening {
  /** ms since 1970. */
  readonly at: number;
  readonly what: string;
}

export interface Journal {
  note(what: string): void;
  readonly happenings: readonly Happening[];
}

/** `tell`: for whoever watches; a line each. */
export const newJournal = (tell: (line: string) => void): Journal => {
  const happenings: Happening[] = [];
  const began = Date.now();
  return {
    happenings,
    note(what) {
      const at = Date.now();
      happenings.push({ at, what });
      tell(`${((at - began) / 1000).toFixed(2).padStart(8)} s  ${what}`);
    },
  };
};

const aroundMs = 12_000;
const mostLines = 40;

/** Everything that was done to the servers, and what the relay logged, around the moment of a fault; a line each. */
export const timeline = (
  fault: FoundFault,
  of: { readonly happenings: readonly Happening[]; readonly written: readonly WrittenLine[]; readonly log: readonly string[] },
): readonly string[] => {
  const until = Math.max(fault.foundAt ?? 0, fault.at) + aroundMs;
  const near = ({ at }: Happening): boolean => at >= fault.at - aroundMs && at <= until;
  const writing = of.written
    .filter((line) => line.conversation === fault.line?.conversation && line.way === fault.line.way)
    .map((line) => ({ at: line.at, what: `written: ${line.text}` }));
  const found = fault.foundAt === null ? [] : [{ at: fault.foundAt, what: `found at ${fault.place}` }];
  const logged = of.log.flatMap(logLine);
  const all = [...of.happenings, ...writing, ...found, ...logged].filter(near).toSorted((a, b) => a.at - b.at);
  const name = fault.line === null ? '' : `: conversation ${fault.line.conversation}, ${fault.line.way}, line ${fault.line.number}`;
  return [
    `${fault.kind}${name}, at ${fault.place}`,
    ...all.slice(0, mostLines).map(({ at, what }) => `  ${((at - fault.at) / 1000).toFixed(2).padStart(7)} s  ${what}`),
    ...(all.length > mostLines ? [`  and ${all.length - mostLines} more`] : []),
  ];
};

const logLine = (text: string): readonly Happening[] => {
  if (!text.startsWith('{')) return [];
  try {
    const { time, level: _level, ...rest } = JSON.parse(text) as { readonly time?: unknown; readonly level?: unknown };
    const at = typeof time === 'number' ? time : Date.parse(String(time));
    return Number.isNaN(at) ? [] : [{ at, what: `log ${JSON.stringify(rest)}` }];
  } catch {
    return [];
  }
};
