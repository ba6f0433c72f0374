// Writes what derives from the code: the example settings, their JSON schema, the log's table in the operators' page, and the commands in
// the volunteers'. Tests compare them.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withCommands } from '#commands/commands-page.ts';
import { logShapes } from '#operator/open-log.ts';
import { exampleYaml, jsonSchema } from '#settings/written-files.ts';
import { openWords } from '#words/open-words.ts';

const root = new URL('../', import.meta.url);

function logTable(): string {
  const rows = Object.entries(logShapes).map(([event, { level, fields }]) => `| \`${event}\` | ${level} | ${fields.join(', ')} |`);
  return ['| event | level | with |', '|---|---|---|', ...rows].join('\n');
}

export function withLogTable(page: string): string {
  return page.replace(/(<!-- log -->\n)[^]*(<!-- \/log -->)/u, `$1${logTable()}\n$2`);
}

if (import.meta.main) {
  writeFileSync(new URL('config/hearken.example.yaml', root), exampleYaml());
  writeFileSync(new URL('config/hearken.schema.json', root), jsonSchema());
  const page = new URL('docs/operators.md', root);
  writeFileSync(page, withLogTable(readFileSync(page, 'utf8')));
  const words = await openWords({ folder: fileURLToPath(new URL('config/words', root)), defaultLanguage: 'en' });
  const volunteers = new URL('docs/volunteers.md', root);
  writeFileSync(volunteers, withCommands(readFileSync(volunteers, 'utf8'), words));
}
