// Writes the files that derive from the code: the example settings and their JSON schema. A test compares them.
import { writeFileSync } from 'node:fs';
import { exampleYaml, jsonSchema } from '#settings/written-files.ts';

const config = new URL('../config/', import.meta.url);
writeFileSync(new URL('hearken.example.yaml', config), exampleYaml());
writeFileSync(new URL('hearken.schema.json', config), jsonSchema());
