// The log lets nothing through but the closed set of events, whatever it is handed.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { instant } from '#domain/ids.ts';
import { logShapes, openLog } from '#operator/open-log.ts';
import type { LogEvent } from '#relay/log.ts';

function collect(level: 'info' | 'warn' | 'error' = 'info') {
  const lines: string[] = [];
  const log = openLog({ stream: { write: (line) => void lines.push(line) }, level, clock: { now: () => instant(1_800_000_000_000) } });
  return { log, lines };
}

describe('the log', () => {
  it('writes one JSON object a line: level, time, event, fields', () => {
    const { log, lines } = collect();
    log({ event: 'mail.lost', code: 'ECONNRESET', retryMs: 1000 });
    expect(lines).toEqual(['{"level":"warn","time":"2027-01-15T08:00:00.000Z","event":"mail.lost","code":"ECONNRESET","retryMs":1000}\n']);
  });

  it('leaves out what is below the level', () => {
    const { log, lines } = collect('error');
    log({ event: 'queue.away' });
    log({ event: 'fault', where: 'mail-in', code: 'login' });
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['fault']);
  });

  it('lets no text through that could be an address, an id or a sentence, and no field that the event does not have', () => {
    const { log, lines } = collect();
    // A caller that got its types wrong: the compiler would stop all of these.
    const wrong = [
      { event: 'fault', where: 'ada@example.org', code: 'I feel alone' },
      { event: 'fault', where: '@ada:example.org', code: '!room:example.org' },
      { event: 'queue.away', message: 'ada@example.org', error: new Error('ada@example.org') },
      { event: 'mail.taken', count: 'ada' },
      { event: 'relay.started', ms: { toString: () => 'ada@example.org' } },
      { event: 'told.everything', text: 'ada@example.org' },
      { event: 'toString' },
    ] as unknown as readonly LogEvent[];
    for (const event of wrong) log(event);
    expect(lines).toHaveLength(5);
    expect(lines.join('')).not.toMatch(/@|!|alone|room/);
    expect(Object.keys(JSON.parse(lines[2] ?? '{}') as object)).toEqual(['level', 'time', 'event']);
  });

  it('has a level for each event that the relay knows, and for no other', () => {
    const source = readFileSync(new URL('../../src/relay/log.ts', import.meta.url), 'utf8');
    const named = [...source.matchAll(/readonly event: '([^']+)'/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(Object.keys(logShapes).toSorted()).toEqual(named.toSorted());
  });

  it('names every field of an event', () => {
    const source = readFileSync(new URL('../../src/relay/log.ts', import.meta.url), 'utf8');
    for (const [, name = '', rest = ''] of source.matchAll(/\{ readonly event: '([^']+)'((?:; readonly \w+: [^;}]+)*) \}/g)) {
      const fields = [...rest.matchAll(/readonly (\w+):/g)].map(([, field]) => field);
      expect(logShapes[name as LogEvent['event']].fields, name).toEqual(fields);
    }
  });
});
