// The tree keeps to its own rules: imports, cycles, sizes, dependencies. And the reader of the rules finds what is planted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { architectureFaults, cycleFaults, importFaults, importsOf, sourceFiles } from '../../scripts/architecture.ts';
import type { ImportOfFile } from '../../scripts/architecture.ts';

const value = (file: string, target: string): ImportOfFile => ({ file, target, kind: 'value' });
const type = (file: string, target: string): ImportOfFile => ({ file, target, kind: 'type' });

describe('the tree', () => {
  it('keeps to its rules', () => {
    expect(architectureFaults()).toEqual([]);
  });

  it('was really read', () => {
    const files = sourceFiles();
    expect(files.length).toBeGreaterThan(150);
    const imports = files.flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(700);
    for (const known of ['#domain/result.ts', 'node:fs', 'matrix-js-sdk', 'zod'])
      expect(
        imports.map(({ target }) => target),
        known,
      ).toContain(known);
  });
});

describe('what is planted is found', () => {
  it.each([
    [value('src/domain/case/state.ts', 'node:fs'), 'node:fs may not be imported in domain'],
    [value('src/domain/case/state.ts', '#relay/clock.ts'), '#relay/clock.ts may not be imported in domain'],
    [type('src/domain/case/state.ts', '#relay/clock.ts'), '#relay/clock.ts may not be imported in domain'],
    [value('src/relay/unit.ts', '#store/sqlite-store.ts'), '#store/sqlite-store.ts may not be imported in relay'],
    [value('src/relay/unit.ts', '../store/sqlite-store.ts'), '../store/sqlite-store.ts may not be imported in relay'],
    [value('src/relay/unit.ts', 'zod'), 'zod may not be imported in relay'],
    [value('src/mail/addresses.ts', 'kysely'), 'kysely may not be imported in mail'],
    [value('src/mail/addresses.ts', 'node:sqlite'), 'node:sqlite may not be imported in mail'],
    [value('src/mail/addresses.ts', '#relay/receive.ts'), '#relay/receive.ts may not be imported in mail, save for types'],
    [value('src/mail/addresses.ts', '#settings/schema.ts'), '#settings/schema.ts may not be imported in mail'],
    [type('src/queue/connection.ts', '#settings/schema.ts'), '#settings/schema.ts may not be imported in queue'],
    [value('src/matrix/account.ts', 'nodemailer/lib/mail-composer'), 'nodemailer/lib/mail-composer may not be imported in matrix'],
    [value('src/store/sqlite-store.ts', '#workers/all.ts'), '#workers/all.ts may not be imported in store'],
    [value('workers/all.ts', 'zod'), 'zod may not be imported in workers'],
    [value('workers/all.ts', '#tests/support/until.ts'), '#tests/support/until.ts may not be imported in workers'],
    [value('src/elsewhere/one.ts', 'node:fs'), 'the folder elsewhere has no rule'],
    [value('src/relay/unit.ts', '#domain/gone.ts'), '#domain/gone.ts is not there'],
  ])('%o', (one, told) => {
    expect(importFaults(one)).toEqual([`${one.file}: ${told}`]);
  });

  it('types of a port may be taken', () => {
    expect(importFaults(type('src/mail/addresses.ts', '#relay/mail-port.ts'))).toEqual([]);
  });

  it('one file of a folder may be taken, where it is named', () => {
    expect(importFaults(value('src/mail/addresses.ts', '#settings/loopback.ts'))).toEqual([]);
  });

  it('a cycle, through types as well', () => {
    expect(
      cycleFaults([type('src/relay/a.ts', '#relay/b.ts'), value('src/relay/b.ts', './c.ts'), type('src/relay/c.ts', '#relay/a.ts')]),
    ).toEqual(['cycle: src/relay/a.ts > src/relay/b.ts > src/relay/c.ts > src/relay/a.ts']);
  });

  it('every way to import', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearken-imports-'));
    try {
      const path = join(folder, 'one.ts');
      writeFileSync(
        path,
        `import a from 'a';\nimport type { B } from 'b';\nimport { type C } from 'c';\nimport { type D, e } from 'd';\nimport 'f';\nexport { g } from 'g';\nexport * from 'h';\nconst i = await import('i');\n// import j from 'j';\nconst text = "import k from 'k'";\n`,
      );
      const found = importsOf(relative(join(import.meta.dirname, '..', '..'), path)).map(({ target, kind }) => `${target} ${kind}`);
      expect(found.toSorted()).toEqual(['a value', 'b type', 'c type', 'd value', 'f value', 'g value', 'h value', 'i value']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
