// The volunteers' page lists exactly the commands that there are, in the words in which the bot names them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withCommands } from '#commands/commands-page.ts';
import { openWords } from '#words/open-words.ts';

const root = join(import.meta.dirname, '..', '..');

it('lists the commands as the table has them (else: npm run generate)', async () => {
  const page = readFileSync(join(root, 'docs', 'volunteers.md'), 'utf8');
  const words = await openWords({ folder: join(root, 'config', 'words'), defaultLanguage: 'en' });
  expect(page).toBe(withCommands(page, words));
  expect(page).toContain('!stepback');
});
