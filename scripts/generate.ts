// Writes the files that derive from the code: the example settings, their JSON schema, and the commands in the volunteers' page.
// Tests compare them.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withCommands } from '#commands/commands-page.ts';
import { exampleYaml, jsonSchema } from '#settings/written-files.ts';
import { openWords } from '#words/open-words.ts';

const config = new URL('../config/', import.meta.url);
writeFileSync(new URL('hearken.example.yaml', config), exampleYaml());
writeFileSync(new URL('hearken.schema.json', config), jsonSchema());

const page = new URL('../docs/volunteers.md', import.meta.url);
const words = await openWords({ folder: fileURLToPath(new URL('words', config)), defaultLanguage: 'en' });
writeFileSync(page, withCommands(readFileSync(page, 'utf8'), words));
