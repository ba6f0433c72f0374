// What every MailSource does, the real one and the fake: every mail is kept before it is let go, in order, and none is forgotten.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mailKey } from '#mail/mail-key.ts';
import type { MailSource, RawMail, TakeMail } from '#relay/mail-port.ts';
import { until } from '#tests/support/until.ts';

export interface SourceHarness extends AsyncDisposable {
  readonly maxMailBytes: number;
  open(take: TakeMail): Promise<MailSource>;
  put(raw: string): Promise<void>;
  /** How many lie there, not let go; and how many were let go. */
  inbox(): Promise<number>;
  processed(): Promise<number>;
  away(): Promise<void>;
  back(): Promise<void>;
}

export function rawMail(id: string, body = 'Hello\r\n'): string {
  return `Received: from a (a [192.0.2.1]) by b; Tue, 24 Nov 2026 12:00:00 +0000\r\nFrom: Someone <someone@mail.example>\r\nTo: support@peers.example\r\nSubject: ${id}\r\nMessage-ID: <${id}@mail.example>\r\n\r\n${body}`;
}

export const subjectOf = (mail: RawMail): string => /^Subject: (.*)$/m.exec(Buffer.from(mail.bytes).toString())?.[1]?.trim() ?? '';

/** A store that keeps each mail once. */
export function newKeeper() {
  const kept: RawMail[] = [];
  const keys = new Set<string>();
  return {
    kept,
    subjects: () => kept.map(subjectOf),
    take: async (mail: RawMail): Promise<'kept' | 'known'> => {
      const key = mailKey(mail.bytes);
      if (keys.has(key)) return 'known';
      keys.add(key);
      kept.push(mail);
      return 'kept';
    },
  };
}

export function mailSourceContract(name: string, open: () => Promise<SourceHarness>): void {
  describe(`${name} as a mail source`, () => {
    let at: SourceHarness;
    const opened: MailSource[] = [];
    const source = async (take: TakeMail): Promise<MailSource> => {
      const one = await at.open(take);
      opened.push(one);
      return one;
    };
    const empty = () => until('an empty inbox', async () => (await at.inbox()) === 0);
    beforeEach(async () => {
      at = await open();
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
      await at[Symbol.asyncDispose]();
    });

    test('brings what lies there and what comes later, whole and in order', async () => {
      const keeper = newKeeper();
      await at.put(rawMail('1'));
      await at.put(rawMail('2', 'naïve\r\n.\r\n'));
      const here = await source(keeper.take);
      await until('both', () => keeper.kept.length === 2);
      await at.put(rawMail('3'));
      await until('the third', () => keeper.kept.length === 3);
      expect(keeper.subjects()).toEqual(['1', '2', '3']);
      expect(Buffer.from(keeper.kept[1]?.bytes ?? []).toString()).toBe(rawMail('2', 'naïve\r\n.\r\n'));
      expect(keeper.kept.every((mail) => mail.extent === 'whole' && mail.size === mail.bytes.length)).toBe(true);
      await empty();
      expect(await at.processed()).toBe(3);
      expect(here.state()).toEqual({ state: 'connected' });
    });

    test('lets a mail go only after it was kept', async () => {
      await at.put(rawMail('1'));
      let asked = 0;
      let keep: () => void = () => undefined;
      const committed = new Promise<void>((resolve) => {
        keep = resolve;
      });
      await source(async () => {
        asked += 1;
        await committed;
        return 'kept';
      });
      await until('the question', () => asked === 1);
      expect([await at.inbox(), await at.processed()]).toEqual([1, 0]);
      keep();
      await empty();
      expect([asked, await at.processed()]).toEqual([1, 1]);
    });

    test('asks again, in order, for as long as a mail cannot be kept, and loses none', async () => {
      const keeper = newKeeper();
      let storeAway = true;
      let refused = 0;
      for (const id of ['1', '2', '3']) await at.put(rawMail(id));
      await source(async (mail) => {
        if (!storeAway) return keeper.take(mail);
        refused += 1;
        throw new Error('store away');
      });
      await until('many refusals', () => refused >= 12);
      expect([await at.inbox(), await at.processed()]).toEqual([3, 0]);
      storeAway = false;
      await empty();
      expect(keeper.subjects()).toEqual(['1', '2', '3']);
      expect(await at.processed()).toBe(3);
    });

    test('lets a mail go that was kept before', async () => {
      const keeper = newKeeper();
      await keeper.take({ extent: 'whole', bytes: Buffer.from(rawMail('1')), size: rawMail('1').length });
      await at.put(rawMail('1'));
      await at.put(rawMail('2'));
      await source(keeper.take);
      await empty();
      expect(keeper.subjects()).toEqual(['1', '2']);
    });

    test('brings the head alone of what is larger than the limit', async () => {
      const keeper = newKeeper();
      const large = rawMail(
        'large',
        'x'
          .repeat(998)
          .concat('\r\n')
          .repeat(Math.ceil(at.maxMailBytes / 1000) + 1),
      );
      await at.put(large);
      await at.put(rawMail('2'));
      await source(keeper.take);
      await empty();
      expect(keeper.subjects()).toEqual(['large', '2']);
      expect(keeper.kept[0]).toMatchObject({ extent: 'headers-only', size: large.length });
      expect(Buffer.from(keeper.kept[0]?.bytes ?? []).toString()).toBe(rawMail('large', ''));
      expect(keeper.kept[1]?.extent).toBe('whole');
    });

    test('says when the server is away, and goes on by itself within five seconds of its return', async () => {
      const keeper = newKeeper();
      const here = await source(keeper.take);
      await until('a connection', () => here.state().state === 'connected');
      await at.away();
      await until('away', () => here.state().state === 'away');
      expect(here.state()).toMatchObject({ code: expect.stringMatching(/^(?:lost|unreachable)$/) });
      await at.back();
      await until('back', () => here.state().state === 'connected', { deadlineMs: 5_000 });
      await at.put(rawMail('1'));
      await until('the mail', () => keeper.kept.length === 1);
      await empty();
      expect(keeper.subjects()).toEqual(['1']);
    });

    test('ends within five seconds, even while a mail is being kept, and brings nothing after that', async () => {
      let asked = 0;
      await at.put(rawMail('1'));
      const here = await source(() => {
        asked += 1;
        return new Promise(() => undefined);
      });
      await until('the question', () => asked === 1);
      const begun = performance.now();
      await here[Symbol.asyncDispose]();
      expect(performance.now() - begun).toBeLessThan(5_000);
      expect(here.state()).toMatchObject({ state: 'away' });
      await at.put(rawMail('2'));
      const keeper = newKeeper();
      await source(keeper.take);
      await empty();
      expect(keeper.subjects()).toEqual(['1', '2']);
      expect(asked).toBe(1);
    });
  });
}
