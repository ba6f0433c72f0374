// Holds the file against the schema and says each difference as a fault of ours.
import type { z } from 'zod';
import { ok, refuse } from '#domain/result.ts';
import type { Result } from '#domain/result.ts';
import { fault, pathText } from '#settings/fault.ts';
import { isFormName } from '#settings/fault-texts.ts';
import type { Fault } from '#settings/fault-texts.ts';
import { nearWord } from '#settings/near-word.ts';
import { settingsSchema } from '#settings/schema.ts';
import type { SettingsFile } from '#settings/schema.ts';
import { keysAt, valueAt } from '#settings/setting-at.ts';

export function checkSchema(raw: unknown): Result<SettingsFile, readonly Fault[]> {
  const parsed = settingsSchema.safeParse(raw);
  return parsed.success ? ok(parsed.data) : refuse(parsed.error.issues.flatMap((issue) => faultsOf(issue, raw)));
}

function faultsOf(issue: z.core.$ZodIssue, raw: unknown): readonly Fault[] {
  const at = pathText(issue.path);
  if (issue.code !== 'unrecognized_keys' && valueAt(raw, issue.path) === undefined) return [fault(at, 'missing')];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => fault(pathText([...issue.path, printable(key)]), 'unknown-key', nearWord(key, keysAt(issue.path))));
    case 'invalid_value':
      return [fault(at, 'not-one-of', issue.values.join(', '))];
    case 'too_small':
      return [fault(at, 'too-small', amount(issue.minimum, issue.origin))];
    case 'too_big':
      return [fault(at, 'too-large', amount(issue.maximum, issue.origin))];
    case 'invalid_type':
      return [
        isFormName(issue.message)
          ? fault(at, 'bad-form', issue.message)
          : fault(at, 'wrong-kind', kinds[issue.expected] ?? 'something else'),
      ];
    default:
      return [fault(at, 'bad-form', issue.message)];
  }
}

const kinds: Readonly<Record<string, string>> = {
  object: 'a section with settings of its own',
  array: 'a list',
  string: 'a text',
  number: 'a whole number',
  int: 'a whole number',
};

const amount = (bound: number | bigint, origin: string): string => (origin === 'array' ? `${bound} in the list` : String(bound));

/** A key that somebody typed is said back, since it is what they must look for; but never a whole pasted text. */
const printable = (key: string): string => (/^[\w.-]{1,40}$/.test(key) ? key : '(a key that is not a word)');
