// Writes the closed set of log events as JSON lines, each with its level. The only file that imports the logger.
// Must never let through what an event's type does not name: a field more, or a text that is no code, is left out here as well.
import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import type { Clock } from '#relay/clock.ts';
import type { Log, LogEvent } from '#relay/log.ts';

type Level = 'info' | 'warn' | 'error';
type EventOf<Name extends LogEvent['event']> = Extract<LogEvent, { readonly event: Name }>;
type LogShapes = {
  readonly [Name in LogEvent['event']]: { readonly level: Level; readonly fields: readonly Exclude<keyof EventOf<Name>, 'event'>[] };
};

/** error: somebody has to do something. warn: it mends itself, but is worth a look if it stays. info: as it should be. */
export const logShapes: LogShapes = {
  'relay.started': { level: 'info', fields: ['ms'] },
  'relay.stopped': { level: 'info', fields: [] },
  'relay.crashed': { level: 'error', fields: ['code', 'at'] },
  'node.warning': { level: 'warn', fields: ['code'] },
  fault: { level: 'error', fields: ['where', 'code'] },
  'mail.connected': { level: 'info', fields: [] },
  'mail.lost': { level: 'warn', fields: ['code', 'retryMs'] },
  'mail.taken': { level: 'info', fields: ['count'] },
  'mail.renumbered': { level: 'warn', fields: [] },
  'mail.set-aside': { level: 'warn', fields: ['code'] },
  'matrix.ready': { level: 'info', fields: ['bot', 'ms'] },
  'matrix.away': { level: 'warn', fields: ['bot', 'code'] },
  'matrix.unreadable': { level: 'warn', fields: ['bot', 'count'] },
  'matrix.guard': { level: 'warn', fields: ['bot', 'code'] },
  'queue.away': { level: 'warn', fields: [] },
  'queue.back': { level: 'info', fields: [] },
  'lane.blocked': { level: 'warn', fields: ['role', 'lane', 'code', 'attempts'] },
};

export interface LogPlace {
  readonly stream: DestinationStream;
  /** The least that is written. */
  readonly level: Level;
  readonly clock: Clock;
}

export function openLog({ stream, level, clock }: LogPlace): Log {
  const logger = pino(
    {
      level,
      // No process id and host name: they say nothing here.
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return (event) => {
    const shape: { readonly level: Level; readonly fields: readonly string[] } | undefined = Object.hasOwn(logShapes, event.event)
      ? logShapes[event.event]
      : undefined;
    if (shape === undefined) return;
    const fields = shape.fields.map((name) => [name, harmless(Reflect.get(event, name))]);
    logger[shape.level]({ event: event.event, ...Object.fromEntries(fields) });
  };
}

/** A number, or a word of letters, digits, dots and dashes: no address, Matrix id or sentence has that form. */
function harmless(value: unknown): number | string {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : 'left-out';
}
