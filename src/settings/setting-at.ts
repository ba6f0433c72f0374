// Finds one setting by its path: what the file says, what the schema says, and the default between them.
import { z } from 'zod';
import { settingsSchema } from '#settings/schema.ts';

type Path = readonly PropertyKey[];

export function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined),
    raw,
  );
}

/** What holds at `mail.imap.security`: the file's word, or the default. */
export function settingAt(raw: unknown, path: string): unknown {
  const steps = path.split('.');
  const schema = schemaAt(steps);
  return valueAt(raw, steps) ?? (schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined);
}

/** The settings that belong into this section. */
export function keysAt(path: Path): readonly string[] {
  const schema = schemaAt(path);
  const section = schema === null ? null : bare(schema);
  return section instanceof z.ZodObject ? Object.keys(section.shape) : [];
}

function schemaAt(path: Path): z.core.$ZodType | null {
  return path.reduce<z.core.$ZodType | null>((schema, step) => {
    const section = schema === null ? null : bare(schema);
    return section instanceof z.ZodObject ? (section.shape[String(step)] ?? null) : null;
  }, settingsSchema);
}

/** Without its default or optional wrapping. */
export function bare(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
    ? bare(schema.unwrap())
    : schema;
}
