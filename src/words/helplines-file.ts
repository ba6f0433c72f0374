// The form of the helplines file, checked once at start. Dial strings are kept as they are dialled: nothing here changes one.
import { readFile } from 'node:fs/promises';

import { z } from 'zod';

const text = z.string().min(1).max(200);
/** A day, a month or a year: as exact as the source is. */
const sourceDate = z.string().regex(/^20\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/u);
const inLanguages = z.strictObject({ en: text }).catchall(text).readonly();

const way = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('text'), word: z.string().min(1).max(20).nullable(), to: text }),
  z.strictObject({ by: z.enum(['chat', 'whatsapp']), to: text }),
]);

const line = z.strictObject({
  name: text,
  /** What one dials in that country, digits and star; null: it cannot be called. */
  dial: z
    .string()
    .regex(/^[0-9*]{2,15}$/u)
    .nullable(),
  /** The same as people write it. */
  shown: text.nullable(),
  also: z.array(text).readonly(),
  note: inLanguages.nullable(),
  ways: z.array(way).readonly(),
  hours: z.union([z.literal('always'), inLanguages]).nullable(),
  languages: z
    .array(z.string().regex(/^[a-z]{2,3}$/u))
    .min(1)
    .readonly()
    .nullable(),
  newestSource: sourceDate,
  sources: z.array(text).min(1).readonly(),
  confirmedBy: text.nullable(),
  confirmedAt: z.iso.date().nullable(),
});

const country = z.strictObject({
  code: z.string().regex(/^[A-Z]{2}$/u),
  names: inLanguages,
  aliases: z.array(text).readonly(),
  emergency: z
    .array(z.strictObject({ dial: z.string().regex(/^\d{2,5}$/u), for: z.enum(['all', 'ambulance', 'police', 'mobile', 'text']) }))
    .readonly(),
  lines: z.array(line).min(1).readonly(),
});

const file = z.strictObject({
  about: z.string(),
  directories: z
    .array(z.strictObject({ name: text, at: text }))
    .min(1)
    .readonly(),
  countries: z.array(country).readonly(),
});

export type Helpline = Readonly<z.infer<typeof line>>;
export type HelplineCountry = Readonly<z.infer<typeof country>>;
export type HelplinesFile = Readonly<z.infer<typeof file>>;

/** The file cannot be read as what it should be; `where` names its fields. */
export class HelplinesFault extends Error {
  override readonly name = 'HelplinesFault';
  readonly code = 'helplines-file';

  constructor(where: readonly string[]) {
    super(`helplines: ${where.join('; ')}`);
  }
}

export const readHelplines = async (path: string): Promise<HelplinesFile> => {
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw new HelplinesFault(['not readable as JSON']);
  }
  const parsed = file.safeParse(raw);
  if (!parsed.success) throw new HelplinesFault(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`));
  return parsed.data;
};
