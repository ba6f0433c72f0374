// The operator's socket: one question, one answer, for the folder's owner alone; and a relay that is not there is said to be not there.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instant } from '#domain/ids.ts';
import { ask } from '#operator/ask.ts';
import { askedSeldom } from '#operator/asked-seldom.ts';
import { longSpan } from '#operator/long-span.ts';
import type { OperatorAnswer } from '#operator/operator-line.ts';
import { startOperatorSocket } from '#operator/operator-socket.ts';
import { relayStatus } from '#operator/relay-status.ts';
import type { StatusSources } from '#operator/relay-status.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearken-socket-'));
  path = join(folder, 'operator.sock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const answer: OperatorAnswer = { health: 'well', lines: ['one', 'two'] };
const handlers = { status: async () => answer };

/** What comes back for these bytes until the relay closes. */
function say(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    let heard = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (heard += chunk));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET' ? resolve(heard) : reject(error),
    );
    socket.once('close', () => resolve(heard));
    socket.write(bytes);
  });
}

describe('the socket', () => {
  it('answers what it is asked, and nobody but its owner may ask', async () => {
    await using _socket = await startOperatorSocket({ path, handlers });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await ask(path, { command: 'status' })).toEqual(answer);
    expect(await ask(path, { command: 'status' })).toEqual(answer);
  });

  it('moves the clock only where the relay was started for that', async () => {
    const moved: number[] = [];
    {
      await using _socket = await startOperatorSocket({ path, handlers });
      await expect(ask(path, { command: 'advance-clock', ms: 1000 })).rejects.toMatchObject({ code: 'not-here' });
    }
    await using _socket = await startOperatorSocket({ path, handlers: { ...handlers, advanceClock: async (ms) => void moved.push(ms) } });
    await ask(path, { command: 'advance-clock', ms: 1000 });
    expect(moved).toEqual([1000]);
    expect(await say('{"command":"advance-clock","ms":-5}\n')).toBe('{"ok":false,"code":"not-here"}\n');
  });

  it('refuses to start where another relay answers, and takes the place of one that was killed', async () => {
    await using _socket = await startOperatorSocket({ path, handlers });
    await expect(startOperatorSocket({ path, handlers })).rejects.toMatchObject({ code: 'already-running' });
    expect(await ask(path, { command: 'status' })).toEqual(answer);
    const left = join(folder, 'left.sock');
    writeFileSync(left, '');
    await using _other = await startOperatorSocket({ path: left, handlers });
    expect(await ask(left, { command: 'status' })).toEqual(answer);
  });

  it('is gone once it is closed, and then the relay is said not to run', async () => {
    await (await startOperatorSocket({ path, handlers }))[Symbol.asyncDispose]();
    await expect(ask(path, { command: 'status' })).rejects.toMatchObject({ code: 'not-running' });
  });

  it('answers what is no command, and cuts what is longer than any', async () => {
    await using _socket = await startOperatorSocket({ path, handlers });
    for (const line of ['', 'status', '[]', 'null', '{"command":"eval"}', '{"command":"advance-clock"}'])
      expect(await say(`${line}\n`), line).toBe('{"ok":false,"code":"not-here"}\n');
    expect(await say('x'.repeat(100_000))).toBe('');
    expect(await ask(path, { command: 'status' })).toEqual(answer);
  });

  it('says that it failed, and not how', async () => {
    await using _socket = await startOperatorSocket({ path, handlers: { status: () => Promise.reject(new Error('ada@example.org')) } });
    expect(await say('{"command":"status"}\n')).toBe('{"ok":false,"code":"failed"}\n');
    await expect(ask(path, { command: 'status' })).rejects.toMatchObject({ code: 'failed', message: 'failed' });
  });

  it('is not made where its name would be cut short', async () => {
    await expect(startOperatorSocket({ path: join(folder, 'x'.repeat(100)), handlers })).rejects.toMatchObject({
      code: 'folder-name-too-long',
    });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'hello\n'],
    ['no lines', '{"ok":true,"answer":{"lines":[1]}}\n'],
  ])('an answer that is %s is not believed', async (_what, text) => {
    const server = createServer((socket) => void socket.end(text));
    await new Promise<void>((resolve) => void server.listen({ path }, resolve));
    try {
      await expect(ask(path, { command: 'status' })).rejects.toMatchObject({ code: text === '' ? 'no-answer' : 'odd-answer' });
    } finally {
      server.close();
    }
  });
});

describe('status', () => {
  const now = instant(1_800_000_000_000);
  const counts = {
    recordsByState: { 'case.open': 5, 'case.waiting': 2, 'volunteer.available': 1, 'message.relayed': 99, 'case.closed': 0 },
    inboxByState: { received: 1, held: 0, quarantined: 0, done: 40 },
    outbox: 3,
    oldestDueMs: 0,
  };
  const sources: StatusSources = {
    store: { counts: async () => counts },
    queue: { state: () => 'ready', refused: () => null },
    mailSource: { state: () => ({ state: 'connected' }) },
    mailSender: async () => 'ok',
    accounts: [
      { bot: 'front', state: () => ({ state: 'ready' }) },
      { bot: 'desk', state: () => ({ state: 'ready' }) },
    ],
    clock: { now: () => now },
    upSince: instant(now - 183_600_000),
    roles: ['mail-in', 'mail-out', 'front-bot', 'desk-bot', 'core', 'tidy'],
  };

  it('fits on one screen', async () => {
    const told = await relayStatus(sources);
    expect(told.health).toBe('well');
    expect(told.lines.join('\n')).toBe(`Hearken has been running for 2 days 3 hours: mail-in, mail-out, front-bot, desk-bot, core, tidy.

Mail in        connected
Mail out       ready
Front bot      ready
Desk bot       ready
Queue          ready

Conversations  2 waiting, 5 open
Volunteers     1 available
To do          1 to read, 3 to send
Set aside      0 held until their sender answers, 0 in quarantine

All is well.`);
  });

  it('says what is away, what that means, and what to do', async () => {
    const told = await relayStatus({
      ...sources,
      queue: { state: () => 'away', refused: () => null },
      mailSource: { state: () => ({ state: 'away', code: 'auth' }) },
      mailSender: async () => ({ code: 'EAUTH' }),
      accounts: [{ bot: 'desk', state: () => ({ state: 'away', code: 'no @ada:example.org' }) }],
      store: { counts: async () => ({ ...counts, oldestDueMs: 600_000, inboxByState: { ...counts.inboxByState, quarantined: 2 } }) },
    });
    expect(told.health).toBe('attention');
    expect(told.lines).toContain('Mail in        away (auth)');
    expect(told.lines).toContain('Desk bot       away (unknown)');
    expect(told.lines).toContain('To do          1 to read, 3 to send; the oldest that is due has waited 10 minutes');
    expect(told.lines.filter((line) => /^(Mail in|Mail out|Desk bot|Queue|Work is late|Quarantine)\b.*\. /.test(line))).toHaveLength(6);
    expect(told.lines.length).toBeLessThan(24);
    expect(told.lines.join('')).not.toContain('@');
  });

  it('says why a Redis that is there is not used', async () => {
    const told = await relayStatus({ ...sources, queue: { state: () => 'away', refused: () => 'redis-evicts' } });
    expect(told.health).toBe('attention');
    expect(told.lines).toContain('Queue          not used (redis-evicts)');
    expect(told.lines.at(-1)).toMatch(/^Queue: Redis is there, and is not used: .*maxmemory-policy noeviction.*Everything goes on/u);
  });

  it('something in quarantine is said, and is no alarm', async () => {
    const told = await relayStatus({
      ...sources,
      store: { counts: async () => ({ ...counts, inboxByState: { ...counts.inboxByState, quarantined: 1 } }) },
    });
    expect(told.health).toBe('well');
    expect(told.lines.at(-1)).toMatch(/^Quarantine: /);
  });

  it('asks the mail server once in a while, and everybody waits for the same answer', async () => {
    let asked = 0;
    let at = 0;
    const check = askedSeldom(async () => (asked += 1), { everyMs: 1000, clock: { now: () => instant(at) } });
    expect(await Promise.all([check(), check()])).toEqual([1, 1]);
    at = 999;
    expect(await check()).toBe(1);
    at = 1000;
    expect(await check()).toBe(2);
  });

  it.each([
    [0, '0 seconds'],
    [999, '0 seconds'],
    [61_000, '1 minute 1 second'],
    [3_600_000, '1 hour'],
    [90_061_000, '1 day 1 hour'],
  ])('says %i ms as %s', (ms, said) => {
    expect(longSpan(ms)).toBe(said);
  });
});
