// A process that takes mails into a database file and is killed at a named step: `before-commit:n`, `after-commit:n` (the n-th mail),
// `somewhere:ms`, or `never:0`, which ends by itself once the inbox is empty.
import { DatabaseSync } from 'node:sqlite';
import { instant } from '#domain/ids.ts';
import { openImapSource } from '#mail/imap-source.ts';
import type { ImapSettings } from '#mail/imap-source.ts';
import { mailKey } from '#mail/mail-key.ts';

const [, , settings = '', file = '', killAt = ''] = process.argv;
const [step = '', number = ''] = killAt.split(':');
const die = () => process.kill(process.pid, 'SIGKILL');

const db = new DatabaseSync(file);
db.exec(
  'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS kept (at INTEGER PRIMARY KEY, key TEXT UNIQUE, subject TEXT)',
);
const insert = db.prepare('INSERT OR IGNORE INTO kept (key, subject) VALUES (?, ?)');

let count = 0;
let lastAt = performance.now();
if (step === 'somewhere') setTimeout(die, Number(number));
const source = await openImapSource({
  settings: JSON.parse(settings) as ImapSettings,
  async take(mail) {
    count += 1;
    lastAt = performance.now();
    if (step === 'before-commit' && count === Number(number)) die();
    const { changes } = insert.run(mailKey(mail.bytes), /^Subject: (.*)\r$/m.exec(Buffer.from(mail.bytes).toString())?.[1] ?? '');
    if (step === 'after-commit' && count === Number(number)) die();
    return changes === 1 ? 'kept' : 'known';
  },
  log: () => undefined,
  clock: { now: () => instant(Date.now()) },
  chance: { below: () => 0 },
});
while (performance.now() - lastAt < 1_000) await new Promise((resolve) => setTimeout(resolve, 50));
await source[Symbol.asyncDispose]();
db.close();
