// Reads every import of the tree and holds it against the rules of docs/architecture.md: who may import whom, which package lives where,
// no cycles, sizes, and dependencies that are pinned, explained and there once. Prints each fault; the test asserts that there is none.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';

const root = dirname(import.meta.dirname);

export interface ImportOfFile {
  readonly file: string;
  /** As written: `#mail/addresses.ts`, `node:fs`, `zod`. */
  readonly target: string;
  readonly kind: 'type' | 'value';
}

interface Rule {
  /** Folders of ours, by their `#` names; `name:types` when only types may be taken, `name/file.ts` when only this file. */
  readonly ours: readonly string[];
  /** Packages, and `node:` for Node's own. */
  readonly packages: readonly string[];
}

/** That a host is this machine, and may be spoken to in clear, is decided in one place. */
const loopback = 'settings/loopback.ts';

/** A folder that is not here may not be imported from and is a fault. `tests` and `trial` stand outside: they may use what they test. */
export const rules: Readonly<Record<string, Rule>> = {
  domain: { ours: [], packages: [] },
  relay: { ours: ['domain'], packages: [] },
  commands: { ours: ['domain', 'relay', 'words'], packages: [] },
  words: { ours: ['domain', 'relay:types'], packages: ['node:', 'zod', 'yaml', 'luxon', 'chrono-node'] },
  cleaning: { ours: ['domain', 'relay:types'], packages: ['linkify-it'] },
  mail: {
    ours: ['domain', 'relay:types', loopback],
    packages: ['node:', 'imapflow', 'nodemailer', 'mailparser', 'mailauth', 'htmlparser2'],
  },
  matrix: { ours: ['domain', 'relay:types', loopback], packages: ['node:', 'matrix-js-sdk', 'fake-indexeddb'] },
  // Roles are a list beside the queue's port.
  queue: { ours: ['domain', 'relay', loopback], packages: ['node:', 'bullmq', 'ioredis'] },
  store: { ours: ['domain', 'relay'], packages: ['node:', 'kysely'] },
  // Its key file is a private file like the store's.
  vault: { ours: ['domain', 'relay', 'store'], packages: ['node:'] },
  settings: { ours: ['domain'], packages: ['node:', 'zod', 'yaml'] },
  operator: { ours: ['domain', 'relay:types', 'settings'], packages: ['node:', 'pino'] },
};

/** The workers put everything together and import no package themselves. */
const workersRule: Rule = { ours: [...Object.keys(rules), 'workers'], packages: ['node:'] };

/** The SQLite that Node brings is a package in this sense. */
const sqliteFolders: readonly string[] = ['store', 'vault', 'matrix'];

export const sourceFiles = (): readonly string[] => globSync('{src,workers,trial,tests,scripts}/**/*.{ts,mjs}', { cwd: root }).toSorted();

export function importsOf(file: string): readonly ImportOfFile[] {
  const { module, errors } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  if (errors.length > 0) throw new Error(`${file} cannot be read`);
  const fixed = module.staticImports.map(({ moduleRequest, entries }) => ({
    file,
    target: moduleRequest.value,
    kind: entries.length > 0 && entries.every((entry) => entry.isType) ? ('type' as const) : ('value' as const),
  }));
  const passedOn = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest === null ? [] : [{ file, target: moduleRequest.value, kind: isType ? ('type' as const) : ('value' as const) }],
    ),
  );
  const text = readFileSync(join(root, file), 'utf8');
  const later = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const written = /^['"](.*)['"]$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[1];
    return written === undefined ? [] : [{ file, target: written, kind: 'value' as const }];
  });
  return [...fixed, ...passedOn, ...later];
}

const packageOf = (target: string): string =>
  target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? target);

/** The file of ours that is meant, or null for a package. */
export function fileMeant({ file, target }: ImportOfFile): string | null {
  if (target.startsWith('.')) return normalize(join(dirname(file), target));
  const [, folder, rest] = /^#([a-z]+)\/(.+)$/.exec(target) ?? [];
  if (folder === undefined || rest === undefined) return null;
  return ['workers', 'trial', 'tests'].includes(folder) ? `${folder}/${rest}` : `src/${folder}/${rest}`;
}

const folderOf = (file: string): string => (file.startsWith('src/') ? (file.split('/')[1] ?? '') : (file.split('/')[0] ?? ''));

export function importFaults(one: ImportOfFile): readonly string[] {
  const from = folderOf(one.file);
  if (from === 'trial' || from === 'tests' || from === 'scripts') return [];
  const rule = from === 'workers' ? workersRule : rules[from];
  if (rule === undefined) return [`${one.file}: the folder ${from} has no rule`];
  const meant = fileMeant(one);
  return meant === null ? packageFaults(one, { from, rule }) : ourFaults(one, { from, rule, meant });
}

function packageFaults({ file, target }: ImportOfFile, { from, rule }: { readonly from: string; readonly rule: Rule }): readonly string[] {
  const name = target.startsWith('node:') ? 'node:' : packageOf(target);
  if (!rule.packages.includes(name)) return [`${file}: ${target} may not be imported in ${from}`];
  return target === 'node:sqlite' && !sqliteFolders.includes(from) ? [`${file}: ${target} may not be imported in ${from}`] : [];
}

function ourFaults(
  one: ImportOfFile,
  { from, rule, meant }: { readonly from: string; readonly rule: Rule; readonly meant: string },
): readonly string[] {
  const to = folderOf(meant);
  const allowed =
    to === from ||
    rule.ours.includes(to) ||
    rule.ours.includes(meant.replace(/^src\//, '')) ||
    (one.kind === 'type' && rule.ours.includes(`${to}:types`));
  return [
    ...(allowed
      ? []
      : [`${one.file}: ${one.target} may not be imported in ${from}${rule.ours.includes(`${to}:types`) ? ', save for types' : ''}`]),
    ...(existsSync(join(root, meant)) ? [] : [`${one.file}: ${one.target} is not there`]),
  ];
}

/** Every import counts, types as well. */
export function cycleFaults(imports: readonly ImportOfFile[]): readonly string[] {
  const next = new Map<string, readonly string[]>();
  for (const one of imports) {
    const meant = fileMeant(one);
    if (meant !== null) next.set(one.file, [...(next.get(one.file) ?? []), meant]);
  }
  const done = new Set<string>();
  const faults: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at !== -1) return void faults.push(`cycle: ${[...path.slice(at), file].join(' > ')}`);
    if (done.has(file)) return;
    for (const each of next.get(file) ?? []) visit(each, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return faults;
}

/** A file answers one question; beyond this it answers two. Tests and lists of samples may be longer. */
const mostLines = 400;
const mostImports = 25;

function sizeFaults(file: string, imports: readonly ImportOfFile[]): readonly string[] {
  if (!file.startsWith('src/') && !file.startsWith('workers/')) return [];
  const text = readFileSync(join(root, file), 'utf8');
  const lines = text.split('\n').length - 1;
  return [
    ...(lines > mostLines ? [`${file}: ${lines} lines, ${mostLines} are the most`] : []),
    ...(imports.length > mostImports ? [`${file}: ${imports.length} imports, ${mostImports} are the most`] : []),
    ...(/^(?:#!.*\n)?\/\/ \S/.test(text) ? [] : [`${file}: its first line does not say what it is for`]),
  ];
}

interface PackageFile {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
}

export function dependencyFaults(): readonly string[] {
  // Our own files, read as what they are.
  const ours = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageFile;
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string }>>;
  };
  const all = { ...ours.dependencies, ...ours.devDependencies, ...ours.optionalDependencies };
  const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
  const explained = new Set(
    [...page.matchAll(/^\| ((?:`[^`]+`,? ?)+)\|/gm)].flatMap(([, names = '']) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name)),
  );
  const named = Object.keys({ ...all, ...ours.overrides });
  const copies = [
    ...Object.keys(lock.packages).filter((path) => path.endsWith('node_modules/nodemailer')),
    ...globSync('node_modules/**/node_modules/nodemailer/package.json', { cwd: root }),
  ];
  return [
    ...Object.entries(all).flatMap(([name, version]) =>
      /^\d+\.\d+\.\d+$/.test(version) ? [] : [`package.json: ${name} is not pinned to one version`],
    ),
    ...Object.entries(all).flatMap(([name, version]) =>
      lock.packages[`node_modules/${name}`]?.version === version ? [] : [`package-lock.json: ${name} is not ${version}`],
    ),
    ...named.flatMap((name) => (explained.has(name) ? [] : [`docs/dependencies.md: ${name} has no line`])),
    ...[...explained].flatMap((name) =>
      name === undefined || named.includes(name) ? [] : [`docs/dependencies.md: ${name} is no dependency`],
    ),
    // Older ones send a mail to a part of the address that nobody meant.
    ...(copies.length === 1 && copies[0] === 'node_modules/nodemailer'
      ? []
      : [`nodemailer is there ${copies.length} times: ${copies.join(', ')}`]),
  ];
}

/** All of it; empty when everything is as it should be. */
export function architectureFaults(): readonly string[] {
  const files = sourceFiles();
  const imports = new Map(files.map((file) => [file, importsOf(file)]));
  const all = [...imports.values()].flat();
  return [
    ...all.flatMap(importFaults),
    ...cycleFaults(all),
    ...[...imports].flatMap(([file, each]) => sizeFaults(file, each)),
    ...dependencyFaults(),
  ];
}

if (import.meta.main) {
  const faults = architectureFaults();
  for (const fault of faults) console.log(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
