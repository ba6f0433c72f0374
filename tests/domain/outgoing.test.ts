// A volunteer's line on its way out: what they see of each state, and what an edit or a removal can still do (V12).
import { describe, expect, test } from 'vitest';
import { amendmentOf, markOf } from '#domain/outgoing.ts';
import type { Amendment, OutState } from '#domain/outgoing.ts';

const table: Readonly<Record<OutState, readonly [mark: string, byMail: Amendment, byChat: Amendment]>> = {
  gathering: ['⏳', 'change', 'change'],
  queued: ['⏳', 'change', 'change'],
  sending: ['📤', 'too-late', 'carry'],
  accepted: ['✅', 'offer-correction', 'carry'],
  unsure: ['❔', 'too-late', 'carry'],
  failed: ['⚠️', 'nothing-there', 'nothing-there'],
  bounced: ['⚠️', 'nothing-there', 'nothing-there'],
  withdrawn: ['🗑', 'nothing-there', 'nothing-there'],
};

describe.each(Object.entries(table) as [OutState, (typeof table)[OutState]][])('while %s', (state, [mark, byMail, byChat]) => {
  test(`they see ${mark}`, () => expect(markOf(state)).toBe(mark));
  test(`by mail: ${byMail}`, () => expect(amendmentOf(state, 'mail')).toBe(byMail));
  test(`in a chat: ${byChat}`, () => expect(amendmentOf(state, 'matrix')).toBe(byChat));
});

test('a mail that has left is never changed behind the requester’s back', () => {
  for (const state of ['sending', 'accepted', 'unsure', 'failed', 'bounced'] as const)
    expect(['change', 'carry']).not.toContain(amendmentOf(state, 'mail'));
});
