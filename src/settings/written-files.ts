// The two files that derive from the schema: the example with every setting and its reason, and the JSON schema for editors.
import { stringify } from 'yaml';
import { z } from 'zod';
import { settingsSchema } from '#settings/schema.ts';
import { bare } from '#settings/setting-at.ts';

const head = (
  schema: string,
): string => `# Settings of Hearken. \`hearken init --config FILE\` makes a copy of this file, closed to others; fill that in.
# What has a # in front is optional: the default is shown, or an example where there is none.
# Paths are relative to the folder of this file. Secrets stand in files of their own, never here.
# Once it is filled in, the same command makes what is missing and checks everything; \`npm start -- --config FILE\` runs it.
#
# Editors complete and check it by config/hearken.schema.json, if the next line says where that lies from here.
# yaml-language-server: $schema=${schema}
`;

const width = 110;

/** `schema`: the way to the JSON schema from where the file will lie. */
export function exampleYaml(schema = './hearken.schema.json'): string {
  return `${head(schema)}\n${sectionLines(settingsSchema, 0).join('\n')}\n`;
}

export function jsonSchema(): string {
  const schema = z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ ...schema, title: 'Settings of Hearken' }, null, 2)}\n`;
}

function sectionLines(section: z.core.$ZodType, depth: number): readonly string[] {
  const inner = bare(section);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape).flatMap(([name, schema], index) => {
    const blank = depth === 0 && index > 0 ? [''] : [];
    return [...blank, ...commentLines(schema, depth), ...settingLines(name, { schema, depth })];
  });
}

function settingLines(name: string, { schema, depth }: { readonly schema: z.core.$ZodType; readonly depth: number }): readonly string[] {
  const indent = '  '.repeat(depth);
  if (bare(schema) instanceof z.ZodObject) return [`${indent}${name}:`, ...sectionLines(schema, depth + 1)];
  const { value, needed } = shown(schema);
  const lines = stringify({ [name]: value }, { lineWidth: 0, indentSeq: true })
    .trimEnd()
    .split('\n');
  return lines.map((line) => `${indent}${needed === 'yes' ? '' : '# '}${line}`);
}

/** An example for what must be filled in; the default for the rest. */
function shown(schema: z.core.$ZodType): { readonly value: unknown; readonly needed: 'yes' | 'no' } {
  const example = descriptionOf(schema).examples?.[0];
  if (schema instanceof z.ZodDefault) {
    const value: unknown = schema.def.defaultValue;
    return { value: Array.isArray(value) && value.length === 0 ? example : value, needed: 'no' };
  }
  return { value: example, needed: schema instanceof z.ZodOptional ? 'no' : 'yes' };
}

function commentLines(schema: z.core.$ZodType, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  const lines: string[] = [];
  let line = '';
  for (const word of (descriptionOf(schema).description ?? '').split(' ')) {
    if (line !== '' && indent.length + line.length + word.length + 3 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `${indent}# ${each}`);
}

function descriptionOf(schema: z.core.$ZodType): {
  readonly description?: string | undefined;
  readonly examples?: readonly unknown[] | undefined;
} {
  const meta = z.globalRegistry.get(schema) ?? {};
  return { description: meta.description, examples: Array.isArray(meta['examples']) ? meta['examples'] : undefined };
}
