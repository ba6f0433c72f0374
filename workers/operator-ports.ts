// What the operator's commands need of mail, Matrix and queue, built from the settings. Loaded only by the commands that use it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkMailbox } from '#mail/imap-check.ts';
import { readingDefaults } from '#mail/reading/mail-reader.ts';
import { checkReading } from '#mail/reading/reading-process.ts';
import { openSmtpSender } from '#mail/smtp-sender.ts';
import { loginOnce } from '#matrix/login.ts';
import type { Check } from '#operator/checks.ts';
import type { BotLogin } from '#operator/init.ts';
import { checkRedis } from '#queue/check-redis.ts';
import type { Log } from '#relay/log.ts';
import { dataFiles } from '#settings/data-folder.ts';
import { firstLine } from '#settings/named-files.ts';
import type { Settings } from '#settings/read-settings.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';
import { systemChance } from '#vault/system-chance.ts';
import { systemClock } from '#vault/system-clock.ts';
import { WordsFault } from '#words/fault.ts';
import { openWords } from '#words/open-words.ts';
import { generationWitness } from '#workers/generation-witness.ts';
import { imapSettings, smtpSettings } from '#workers/mail-settings.ts';

const secret = (path: string): string => firstLine(readFileSync(path));
const ca = (path: string | undefined): string | null => (path === undefined ? null : readFileSync(path, 'utf8'));

const readWords = (settings: Settings) =>
  openWords({ folder: join(import.meta.dirname, '..', 'config', 'words'), defaultLanguage: settings.service.language });

const checkWords = async (settings: Settings): Promise<'ok' | { readonly code: string }> => {
  try {
    await readWords(settings);
    return 'ok';
  } catch (error) {
    return { code: error instanceof WordsFault ? error.code : 'unreadable' };
  }
};

/** Texts, mail in, mail out and queue; each server asked without sending anything to anybody. */
export const serverChecks = (settings: Settings): readonly Check[] => {
  const { mail, redis } = settings;
  return [
    { name: 'Texts (config/words)', run: () => checkWords(settings) },
    { name: 'Reading mails', run: () => checkReading(readingDefaults) },
    {
      name: 'Mail in (mail.imap)',
      run: () => checkMailbox(imapSettings(settings, { imapPassword: secret(mail.imap.passwordFile), imapCa: ca(mail.imap.caFile) })),
    },
    {
      name: 'Mail out (mail.smtp)',
      run: async () => {
        const secrets = { smtpPassword: secret(mail.smtp.passwordFile), smtpCa: ca(mail.smtp.caFile) };
        await using sender = openSmtpSender({ settings: smtpSettings(settings, { secrets, sender: '' }), clock: systemClock() });
        return await sender.check();
      },
    },
    {
      name: 'Queue (redis)',
      run: () =>
        checkRedis({
          url: redis.url,
          user: redis.user ?? null,
          password: redis.passwordFile === undefined ? null : secret(redis.passwordFile),
        }),
    },
  ];
};

/** Throws MatrixFault or StoreFault; the relay must not run. The device is named as the sender of our mails is: it is seen by everybody who shares a room with the bot. */
export const logIn = async (login: BotLogin): Promise<void> => {
  const { settings, bot } = login;
  const words = await readWords(settings);
  const files = dataFiles(settings.service.dataFolder);
  // Before the first start there is none, and nothing was noted.
  await using stack = new AsyncDisposableStack();
  const store = existsSync(files.store)
    ? stack.use(await openSqliteStore({ folder: settings.service.dataFolder, chance: systemChance() }))
    : null;
  await loginOnce({
    bot,
    homeserver: settings.matrix[bot].homeserver ?? settings.matrix.homeserver,
    user: settings.matrix[bot].user,
    password: login.password,
    deviceName: words.render(settings.service.language, { key: 'names.sender' }).trim(),
    file: files[bot],
    key: login.key,
    witness: store === null ? null : generationWitness(store, bot),
    recoveryKey: login.recoveryKey,
    keepRecoveryKey: login.keepRecoveryKey,
    start: 'resume',
    identity: 'keep',
    clock: systemClock(),
    log: quiet,
    die: () => process.exit(1),
  });
};

/** The command says what happened itself. */
const quiet: Log = () => undefined;
