// Reads one words file into templates by key.
import { parse } from 'yaml';

import { WordsFault } from '#words/fault.ts';
import { isRecord, readTemplate } from '#words/template.ts';
import type { Template } from '#words/template.ts';

export interface LanguageWords {
  readonly language: string;
  readonly templates: ReadonlyMap<string, Template>;
}

const isLeaf = (value: unknown): boolean => !isRecord(value) || 'plural' in value;

function* leaves(tree: unknown, path: readonly string[]): Generator<readonly [string, unknown]> {
  if (isLeaf(tree) || !isRecord(tree)) {
    yield [path.join('.'), tree];
    return;
  }
  for (const [name, branch] of Object.entries(tree)) yield* leaves(branch, [...path, name]);
}

/** `text` is YAML 1.2: a tree of texts. Duplicate keys, aliases and anchors are faults. */
export const readLanguage = (language: string, text: string): LanguageWords => {
  let tree: unknown;
  try {
    tree = parse(text, { maxAliasCount: 0, uniqueKeys: true });
  } catch {
    throw new WordsFault('unreadable', language);
  }
  if (!isRecord(tree)) throw new WordsFault('unreadable', language);
  const templates = new Map<string, Template>();
  for (const [key, raw] of leaves(tree, [])) templates.set(key, readTemplate(raw, { language, key }));
  return { language, templates };
};
