// One text of a words file, taken apart into literal text and typed slots.
import { WordsFault } from '#words/fault.ts';

export const slotTypes = ['number', 'time', 'span', 'since', 'alias', 'pseudonym', 'code', 'zone', 'languages', 'word', 'block'] as const;
export type SlotType = (typeof slotTypes)[number];

export type Part = { readonly literal: string } | { readonly slot: string; readonly type: SlotType };
export type SlotTypes = ReadonlyMap<string, SlotType>;

/** `texts` by plural category; a text that depends on no number has `other` alone. */
export interface Template {
  readonly plural: string | null;
  readonly texts: ReadonlyMap<string, readonly Part[]>;
  readonly slots: SlotTypes;
}

const isSlotType = (text: string): text is SlotType => slotTypes.some((type) => type === text);
const placeholder = /\{([a-z][a-z-]*):([a-z]+)\}/gu;

const readParts = (text: string, where: string): readonly Part[] => {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(placeholder)) {
    const [whole, slot = '', type = ''] = match;
    if (!isSlotType(type)) throw new WordsFault('bad-slot', `${where} ${slot}`);
    if (type === 'block' && !standsAlone(text, match.index, whole.length)) throw new WordsFault('block-not-alone', `${where} ${slot}`);
    parts.push({ literal: text.slice(end, match.index) }, { slot, type });
    end = match.index + whole.length;
  }
  parts.push({ literal: text.slice(end) });
  const literals = parts.filter((part) => 'literal' in part);
  if (literals.some((part) => /[{}]/u.test(part.literal))) throw new WordsFault('bad-slot', where);
  return parts.filter((part) => !('literal' in part) || part.literal !== '');
};

const standsAlone = (text: string, at: number, length: number): boolean =>
  (at === 0 || text[at - 1] === '\n') && (at + length === text.length || text[at + length] === '\n');

const slotsOf = (
  texts: ReadonlyMap<string, readonly Part[]>,
  from: { readonly plural: string | null; readonly where: string },
): SlotTypes => {
  const slots = new Map<string, SlotType>();
  if (from.plural !== null) slots.set(from.plural, 'number');
  for (const part of [...texts.values()].flat()) {
    if ('literal' in part) continue;
    if ((slots.get(part.slot) ?? part.type) !== part.type) throw new WordsFault('bad-slot', `${from.where} ${part.slot}`);
    slots.set(part.slot, part.type);
  }
  return slots;
};

/** `raw` is a text, or `{plural: <slot>, one: …, other: …}` with exactly the plural categories of the language. */
export const readTemplate = (raw: unknown, at: { readonly language: string; readonly key: string }): Template => {
  const where = `${at.language} ${at.key}`;
  const forms = typeof raw === 'string' ? { other: raw } : raw;
  if (!isRecord(forms)) throw new WordsFault('not-a-text', where);
  const { plural = null, ...rest } = forms;
  if (plural !== null && typeof plural !== 'string') throw new WordsFault('plural-forms', where);
  const expected = plural === null ? ['other'] : new Intl.PluralRules(at.language).resolvedOptions().pluralCategories;
  const given = Object.keys(rest);
  if (given.length !== expected.length || expected.some((form) => !given.includes(form))) throw new WordsFault('plural-forms', where);
  const texts = new Map<string, readonly Part[]>();
  for (const [form, text] of Object.entries(rest)) {
    if (typeof text !== 'string') throw new WordsFault('not-a-text', where);
    if (text.trim() === '') throw new WordsFault('empty', where);
    texts.set(form, readParts(text.trimEnd(), where));
  }
  return { plural, texts, slots: slotsOf(texts, { plural, where }) };
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
