// The operators' page says what is so: commands, log events, links, and the files it names.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logShapes } from '#operator/open-log.ts';
import { usage } from '#operator/operator-texts.ts';
import { dataFiles } from '#settings/data-folder.ts';
import { settingsSchema } from '#settings/schema.ts';
import { keyFileName } from '#vault/vault.ts';
import { withLogTable } from '../../scripts/generate.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'operators.md'), 'utf8');

describe("the operators' page", () => {
  it('has the log as it is (else: npm run generate)', () => {
    expect(page).toContain('| `lane.blocked` | warn |');
    expect(withLogTable(page)).toBe(page);
  });

  it('names every command of the command line, and no other', () => {
    const commands = [...usage.matchAll(/^ {2}(\w+) {2}/gm)].map(([, name]) => name);
    expect(commands).toEqual(['init', 'doctor', 'status']);
    const named = [...page.matchAll(/npm run hearken -- (\w+)/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(commands));
  });

  it('names the files in the data folder as they are', () => {
    const names = Object.values(dataFiles('')).concat(keyFileName);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('names settings that are there', () => {
    const sections = Object.keys(settingsSchema.shape);
    const named = [...page.matchAll(/`((?:[a-z]+)(?:\.[a-zA-Z]+)+)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => sections.includes(path.split('.')[0] ?? ''));
    expect(named.length).toBeGreaterThan(0);
    const schema = JSON.parse(readFileSync(join(root, 'config', 'hearken.schema.json'), 'utf8')) as unknown;
    const isThere = (path: string): boolean =>
      path
        .split('.')
        .reduce<unknown>(
          (at, step) => (at as { readonly properties?: Readonly<Record<string, unknown>> } | undefined)?.properties?.[step],
          schema,
        ) !== undefined;
    expect(named.filter((path) => !isThere(path) && !Object.hasOwn(logShapes, path) && !path.endsWith('.sqlite'))).toEqual([]);
  });

  it('links to pages that are there', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)/gu)].map((match) => normalize(join('docs', match[1] ?? '')));
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });
});

describe('settings', () => {
  it('are all read by something, save those that say that nothing reads them yet', () => {
    const code = globSync('{src/settings,src/operator,workers}/**/*.ts', { cwd: root })
      .filter(
        (path) =>
          !/^src\/settings\/(?:schema|forms|fault-texts|unsafe-choices|named-files|written-files)|^src\/operator\/operator-texts/.test(
            path,
          ),
      )
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .join('\n');
    interface Node {
      readonly properties?: Readonly<Record<string, Node>>;
      readonly description?: string;
    }
    const leaves = (at: Node, path: readonly string[]): readonly { readonly path: string; readonly said: string }[] =>
      at.properties === undefined
        ? [{ path: path.join('.'), said: at.description ?? '' }]
        : Object.entries(at.properties).flatMap(([name, next]) => leaves(next, [...path, name]));
    const all = leaves(JSON.parse(readFileSync(join(root, 'config', 'hearken.schema.json'), 'utf8')) as Node, []);
    expect(all.length).toBeGreaterThan(50);
    const isRead = (path: string): boolean => new RegExp(`\\b${path.split('.').at(-1) ?? ''}\\b`).test(code);
    expect(all.filter(({ path, said }) => isRead(path) === said.includes('Nothing reads this yet')).map(({ path }) => path)).toEqual([]);
    expect(all.filter(({ said }) => said === '').map(({ path }) => path)).toEqual([]);
  });
});
