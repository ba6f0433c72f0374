// The table of who wrote a mail, and what that is enough for: all thirty-six combinations, and the few rules they follow.
import { describe, expect, test } from 'vitest';
import { placeMail } from '#domain/who-wrote.ts';
import type { MailProof, Placing } from '#domain/who-wrote.ts';

const tokens = ['valid', 'none-or-stale'] as const;
const senders = ['on-record', 'another'] as const;
const verdicts = ['pass', 'nothing', 'fail'] as const;
const policies = ['none', 'quarantine', 'reject'] as const;

const all: readonly MailProof[] = tokens.flatMap((token) =>
  senders.flatMap((sender) => verdicts.flatMap((verdict) => policies.map((policy) => ({ token, sender, verdict, policy })))),
);

interface Row {
  readonly of: Partial<{ readonly [Key in keyof MailProof]: MailProof[Key] | readonly MailProof[Key][] }>;
  readonly then: Placing;
}

const rows: Readonly<Record<string, Row>> = {
  'a good token from the contact on record, proved: joins': {
    of: { token: 'valid', sender: 'on-record', verdict: 'pass' },
    then: { placing: 'join', level: 2 },
  },
  'a good token from the contact on record, whose domain publishes nothing: joins': {
    of: { token: 'valid', sender: 'on-record', verdict: 'nothing' },
    then: { placing: 'join', level: 1 },
  },
  'a good token, as if from the contact on record, forged: they are asked': {
    of: { token: 'valid', sender: 'on-record', verdict: 'fail' },
    then: { placing: 'hold' },
  },
  'a good token from another address, proved: turned back': {
    of: { token: 'valid', sender: 'another', verdict: 'pass' },
    then: { placing: 'turn-back' },
  },
  'a good token from another address, unproved: the contact on record is asked': {
    of: { token: 'valid', sender: 'another', verdict: ['nothing', 'fail'] },
    then: { placing: 'hold' },
  },
  'a known contact without a token, proved: joins the latest, reopens, or begins': {
    of: { token: 'none-or-stale', sender: 'on-record', verdict: 'pass' },
    then: { placing: 'join-latest', level: 1 },
  },
  'a known contact without a token, unproved: they are asked': {
    of: { token: 'none-or-stale', sender: 'on-record', verdict: ['nothing', 'fail'] },
    then: { placing: 'hold' },
  },
  'somebody unknown, proved: begins': {
    of: { token: 'none-or-stale', sender: 'another', verdict: 'pass' },
    then: { placing: 'begin', level: 1, answer: 'answer' },
  },
  'somebody unknown, whose domain publishes nothing: begins, unproved': {
    of: { token: 'none-or-stale', sender: 'another', verdict: 'nothing' },
    then: { placing: 'begin', level: 0, answer: 'answer' },
  },
  'somebody unknown, failed, and their domain does not mind: begins, unproved': {
    of: { token: 'none-or-stale', sender: 'another', verdict: 'fail', policy: 'none' },
    then: { placing: 'begin', level: 0, answer: 'answer' },
  },
  'somebody unknown, failed, and their domain minds: begins, and nothing automatic goes out': {
    of: { token: 'none-or-stale', sender: 'another', verdict: 'fail', policy: ['quarantine', 'reject'] },
    then: { placing: 'begin', level: 0, answer: 'no-answer' },
  },
};

const fits = (proof: MailProof, row: Row): boolean =>
  (Object.keys(row.of) as (keyof MailProof)[]).every((key) => {
    const wanted = row.of[key];
    return (Array.isArray(wanted) ? wanted : [wanted]).includes(proof[key]);
  });

describe.each(Object.entries(rows))('%s', (_, row) => {
  const cells = all.filter((proof) => fits(proof, row));
  test.each(cells.map((proof) => [`${proof.verdict}, policy ${proof.policy}`, proof] as const))('%s', (__, proof) => {
    expect(placeMail(proof)).toEqual(row.then);
  });
});

test('every mail is in exactly one row', () => {
  for (const proof of all)
    expect(
      Object.values(rows).filter((row) => fits(proof, row)),
      JSON.stringify(proof),
    ).toHaveLength(1);
});

describe('whatever the rest,', () => {
  test('what failed is never taken for its sender', () => {
    const failed = all.filter((proof) => proof.verdict === 'fail').map(placeMail);
    for (const placing of failed) expect('level' in placing ? placing.level : 0).toBe(0);
  });

  test('only a good token from the contact on record, and a pass, together prove the most', () => {
    const best = all.filter((proof) => {
      const placing = placeMail(proof);
      return 'level' in placing && placing.level === 2;
    });
    expect(new Set(best.map(({ token, sender, verdict }) => `${token} ${sender} ${verdict}`))).toEqual(new Set(['valid on-record pass']));
  });

  test('nobody gets into a conversation from an address that is not on record', () => {
    for (const proof of all.filter((each) => each.sender === 'another'))
      expect(['join', 'join-latest']).not.toContain(placeMail(proof).placing);
  });
});
