// The intake's judgement, on a mailbox made of arrays: whose fault is it, the mail's, the store's, or the connection's?
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newIntake } from '#mail/imap-intake.ts';
import type { Folder, IntakeMailbox } from '#mail/imap-mailbox.ts';
import type { LogEvent } from '#relay/log.ts';
import type { RawMail } from '#relay/mail-port.ts';

interface Box extends IntakeMailbox {
  inbox: number[];
  readonly folders: Record<Folder, number[]>;
  validity: string;
  /** Thrown at fetching this number; `dies`: and the connection goes with it. */
  readonly badFetch: Map<number, 'refused' | 'dies' | 'gone'>;
  moves: 'work' | 'fail';
  connected: boolean;
}

function newBox(count: number): Box {
  return {
    inbox: Array.from({ length: count }, (_, i) => i + 1),
    folders: { processed: [], quarantine: [] },
    validity: '1',
    badFetch: new Map(),
    moves: 'work',
    connected: true,
    numbering() {
      return this.validity;
    },
    async numbers() {
      return [...this.inbox];
    },
    async fetch(uid): Promise<RawMail | 'gone'> {
      const bad = this.badFetch.get(uid);
      if (bad === 'gone' || !this.inbox.includes(uid)) return 'gone';
      if (bad === 'dies') this.connected = false;
      if (bad !== undefined) throw new Error(bad);
      // Each from somebody else: mails of one sender wait for each other.
      const bytes = Buffer.from(`From: p${uid}@mail.example\r\n\r\n${uid}`);
      return { extent: 'whole', bytes, size: bytes.length };
    },
    async move(uid, to) {
      if (this.moves === 'fail') return 'stayed';
      this.inbox = this.inbox.filter((other) => other !== uid);
      this.folders[to].push(uid);
      return 'moved';
    },
    alive() {
      return this.connected ? 'yes' : 'no';
    },
  };
}

const uidOf = (mail: RawMail): number => Number(Buffer.from(mail.bytes).toString().split('\r\n\r\n')[1]);

function setUp(count: number) {
  const box = newBox(count);
  const kept: number[] = [];
  const events: LogEvent[] = [];
  const refuses = { all: false, these: new Set<number>() };
  const asked: number[] = [];
  const intake = newIntake({
    async take(mail) {
      const uid = uidOf(mail);
      asked.push(uid);
      if (refuses.all || refuses.these.has(uid)) throw new Error('store');
      if (kept.includes(uid)) return 'known';
      kept.push(uid);
      return 'kept';
    },
    log: (event) => void events.push(event),
  });
  const closing = new AbortController();
  /** A pass, over a new connection if the last one died. */
  const pass = async (times = 1): Promise<string> => {
    let end = '';
    for (let i = 0; i < times; i += 1) {
      box.connected = true;
      end = await intake.pass(box, closing.signal).catch(() => 'lost');
    }
    return end;
  };
  return { box, kept, events, refuses, asked, pass, closing };
}

describe('a mail', () => {
  test.each([
    ['that the server will not give', 'refused', 3],
    ['that is listed and never there', 'gone', 3],
    ['that ends the connection', 'dies', 6],
  ] as const)('%s is set aside unread, and the others arrive', async (_what, bad, tries) => {
    const { box, kept, events, pass } = setUp(3);
    box.badFetch.set(2, bad);
    await pass(tries);
    expect(box.folders.quarantine).toEqual([]);
    await pass();
    expect(box.folders).toEqual({ processed: [1, 3], quarantine: [2] });
    expect(kept).toEqual([1, 3]);
    expect(events.filter((event) => event.event === 'mail.set-aside')).toEqual([{ event: 'mail.set-aside', code: 'fetch' }]);
    expect(await pass()).toBe('done');
  });

  test('that could not be fetched a few times arrives when it can', async () => {
    const { box, kept, pass } = setUp(2);
    box.badFetch.set(1, 'dies');
    await pass(4);
    box.badFetch.clear();
    expect(await pass()).toBe('done');
    expect(kept).toEqual([1, 2]);
  });

  test('that somebody else moved is passed over', async () => {
    const { box, kept, pass } = setUp(2);
    box.badFetch.set(1, 'gone');
    await pass();
    box.inbox = [];
    expect(await pass()).toBe('done');
    expect([kept, box.folders.quarantine]).toEqual([[2], []]);
  });

  test('that the store refuses alone is set aside, once others were kept', async () => {
    const { box, kept, events, refuses, pass } = setUp(4);
    refuses.these.add(2);
    await pass(10);
    expect(box.folders).toEqual({ processed: [1, 3, 4], quarantine: [2] });
    expect(kept).toEqual([1, 3, 4]);
    expect(events).toContainEqual({ event: 'mail.set-aside', code: 'take' });
  });

  test('that the store refuses is not judged while there is no other', async () => {
    const { box, refuses, pass } = setUp(1);
    refuses.these.add(1);
    expect(await pass(50)).toBe('again');
    expect(box).toMatchObject({ inbox: [1], folders: { quarantine: [] } });
  });
});

describe('a store that is away', () => {
  test('costs nothing, for however long, and turns nothing round', async () => {
    const { box, kept, refuses, asked, pass } = setUp(5);
    refuses.all = true;
    await pass(2);
    expect(asked).toEqual([1, 1]);
    await pass(98);
    expect(box.folders).toEqual({ processed: [], quarantine: [] });
    refuses.all = false;
    expect(await pass()).toBe('done');
    expect(kept).toEqual([1, 2, 3, 4, 5]);
  });

  test('and comes back in the middle of a pass condemns nothing', async () => {
    const { box, kept, refuses, asked, pass } = setUp(3);
    refuses.all = true;
    await pass(5);
    const before = asked.length;
    // Back just after it has refused the first one again.
    const watch = asked.push.bind(asked);
    asked.push = (...uids) => {
      const length = watch(...uids);
      if (asked.length === before + 2) refuses.all = false;
      return length;
    };
    await pass(2);
    expect(box.folders.quarantine).toEqual([]);
    expect(kept.toSorted()).toEqual([1, 2, 3]);
  });
});

test('a mail that cannot be moved is not asked about again, and that is said once', async () => {
  const { box, events, asked, pass } = setUp(2);
  box.moves = 'fail';
  expect(await pass(5)).toBe('again');
  expect(asked).toEqual([1, 2]);
  expect(events.filter((event) => event.event === 'fault')).toEqual([{ event: 'fault', where: 'mail-in', code: 'move-refused' }]);
  box.moves = 'work';
  expect(await pass()).toBe('done');
  expect(box.folders.processed).toEqual([1, 2]);
});

test('new numbers make everything that was known about numbers void', async () => {
  const { box, kept, events, asked, pass } = setUp(2);
  box.moves = 'fail';
  await pass();
  box.moves = 'work';
  box.validity = '2';
  expect(await pass()).toBe('done');
  expect(asked).toEqual([1, 2, 1, 2]);
  expect(kept).toEqual([1, 2]);
  expect(events).toContainEqual({ event: 'mail.renumbered' });
});

test('a relay that is ending begins no other mail', async () => {
  const { kept, closing, pass } = setUp(3);
  closing.abort();
  await pass();
  expect(kept).toEqual([]);
});

test('through any weather each good mail is kept once, in order, and only bad ones are set aside', async () => {
  const weather = fc.record({
    store: fc.constantFrom('here', 'away'),
    moves: fc.constantFrom('work', 'fail'),
    shaken: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
    renumbered: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(weather, { maxLength: 30 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
      async (days, bad) => {
        const { box, kept, refuses, pass } = setUp(8);
        for (const uid of bad) box.badFetch.set(uid, 'refused');
        const shakes = new Map<number, number>();
        for (const [day, { store, moves, shaken, renumbered }] of days.entries()) {
          refuses.all = store === 'away';
          box.moves = moves;
          if (renumbered) box.validity = String(day);
          // A connection that is lost again and again while one mail is fetched may cost that mail its turn, six times over.
          const shake = shaken !== undefined && !bad.includes(shaken) && (shakes.get(shaken) ?? 0) < 5 ? shaken : null;
          if (shake !== null) {
            shakes.set(shake, (shakes.get(shake) ?? 0) + 1);
            box.badFetch.set(shake, 'dies');
          }
          await pass();
          if (shake !== null) box.badFetch.delete(shake);
        }
        refuses.all = false;
        box.moves = 'work';
        await pass(5);
        const good = [1, 2, 3, 4, 5, 6, 7, 8].filter((uid) => !bad.includes(uid));
        expect(kept).toEqual(good);
        expect(box.folders.processed.toSorted()).toEqual(good);
        expect(box.folders.quarantine.toSorted()).toEqual(bad.toSorted());
      },
    ),
  );
});
