// The settings file: what is right is read whole; what is wrong is told all at once, in plain words, without a value of the file.
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '#domain/limits.ts';
import { faultText } from '#settings/fault-texts.ts';
import { limitsOf } from '#settings/limits.ts';
import { readSettings, readSettingsForInit } from '#settings/read-settings.ts';
import { exampleYaml, jsonSchema } from '#settings/written-files.ts';
import { settingsFolder } from '#tests/support/settings-folder.ts';

/** `at code word`, in the order they are told. */
function faultsOf(
  path: string,
  read: (path: string) => ReturnType<typeof readSettings> | ReturnType<typeof readSettingsForInit> = readSettings,
): readonly string[] {
  const result = read(path);
  return result.ok ? [] : result.why.map(({ at, code, word }) => `${at} ${code}${word === '' ? '' : ` ${word}`}`);
}

describe('settings that are right', () => {
  it('are read with defaults filled in, paths made whole, and every secret read', () => {
    using at = settingsFolder();
    const read = readSettings(at.path);
    if (!read.ok) throw new Error(read.why.map(faultText).join('\n'));
    const { settings, secrets } = read.value;
    expect(settings.service).toEqual({
      language: 'en',
      timezone: 'Europe/Berlin',
      dataFolder: join(at.folder, 'data'),
      reopenDays: 30,
      waitNoteHours: 24,
    });
    expect(settings.mail.imap.passwordFile).toBe(join(at.folder, 'secrets', 'imap-password'));
    expect(settings.matrix.front.homeserver).toBeUndefined();
    expect(secrets.imapPassword).toBe('imap-password-of-the-test');
    expect(secrets.redisPassword).toBeNull();
    expect(secrets.storageKey).toHaveLength(32);
    expect(Buffer.from(secrets.deskKey).equals(readFileSync(join(at.folder, 'secrets', 'desk-key')))).toBe(true);
  });

  it('give the rules the times that the domain counts with', () => {
    using at = settingsFolder();
    const read = readSettings(at.path);
    expect(read.ok && limitsOf(read.value.settings)).toEqual(defaultLimits);
    at.set({ 'limits.offerMinutes': 5, 'service.reopenDays': 7, 'limits.mailGatherSeconds': 1 });
    const changed = readSettings(at.path);
    expect(changed.ok && limitsOf(changed.value.settings)).toEqual({
      ...defaultLimits,
      offerMs: 300_000,
      reopenMs: 7 * 86_400_000,
      mailGatherMs: 1000,
    });
  });

  it('may have sections whose lines are all comments', () => {
    using at = settingsFolder();
    at.writeText(`${readFileSync(at.path, 'utf8')}limits:\n  # offerMinutes: 5\nlog:\n`);
    expect(faultsOf(at.path)).toEqual([]);
  });

  it('may let the group read a secret, and share one password file between IMAP and SMTP', () => {
    using at = settingsFolder();
    chmodSync(join(at.folder, 'secrets', 'storage-key'), 0o440);
    at.set({ 'mail.smtp.passwordFile': 'secrets/imap-password' });
    expect(faultsOf(at.path)).toEqual([]);
  });

  it('need no password of a bot once it is logged in', () => {
    using at = settingsFolder();
    at.set({ 'matrix.front.passwordFile': 'secrets/gone' });
    expect(faultsOf(at.path)).toEqual([]);
  });
});

describe('before init', () => {
  it('what init makes may be missing, and start says that init makes it', () => {
    using at = settingsFolder('fresh');
    expect(faultsOf(at.path, readSettingsForInit)).toEqual([]);
    const missing = [
      'service.dataFolder',
      'keys.storageFile',
      'keys.indexFile',
      'keys.deliveryFile',
      'matrix.front.keyFile',
      'matrix.desk.keyFile',
      'matrix.front.recoveryKeyFile',
      'matrix.desk.recoveryKeyFile',
    ];
    expect(faultsOf(at.path)).toEqual(missing.map((each) => `${each} not-made`));
  });

  it('what init does not make is asked for', () => {
    using at = settingsFolder('fresh');
    rmSync(join(at.folder, 'secrets', 'imap-password'));
    expect(faultsOf(at.path, readSettingsForInit)).toEqual(['mail.imap.passwordFile no-secret']);
  });
});

describe('faults', () => {
  it('are all told at once, from every layer', () => {
    using at = settingsFolder();
    at.set({
      'service.timezone': 'Europe/Nowhere',
      'service.reopenDay': 30,
      'mail.address': 'hello+tag@example.org',
      'mail.imap.host': 'imap.example.org',
      'mail.smtp.port': 'many',
      'matrix.desk.user': '@letterbox:example.org',
      'redis.url': 'redis://redis.example.org:6379',
      'people.coordinators': ['robin', '@sam:example.org'],
      'keys.indexFile': 'secrets/storage-key',
      limit: ['x'],
    });
    chmodSync(join(at.folder, 'secrets', 'smtp-password'), 0o644);
    expect(faultsOf(at.path).toSorted()).toEqual(
      [
        'service.timezone bad-form time-zone',
        'service.reopenDay unknown-key reopenDays',
        'mail.address bad-form support-address',
        'mail.imap.security plain-mail',
        'mail.smtp.port wrong-kind a whole number',
        'matrix.desk.user one-account',
        'redis.url plain-redis',
        'people.coordinators[0] bad-form matrix-id',
        'keys.indexFile same-file keys.storageFile',
        'limit unknown-key limits',
        'mail.smtp.passwordFile open-to-others chmod 600',
      ].toSorted(),
    );
  });

  it.each([
    ['nothing at all', {}, '', 'not-settings'],
    ['a list', {}, '- a\n', 'not-settings'],
    ['broken YAML', {}, 'service:\n  a: [1\n', 'not-yaml'],
    ['a key twice', {}, 'service:\n  language: en\n  language: de\n', 'same-key-twice'],
  ])('tell of %s', (_what, _changes, text, code) => {
    using at = settingsFolder();
    at.writeText(text);
    expect(faultsOf(at.path).join()).toMatch(new RegExp(`^ ${code}`));
  });

  it('tell the line of a key that is there twice', () => {
    using at = settingsFolder();
    at.writeText('service:\n  language: en\n  language: de\n');
    const read = readSettings(at.path);
    expect(read.ok ? [] : read.why.map(faultText)).toEqual(['The settings file has the same key twice in one section: look at line 3.']);
  });

  it('tell of a file that is not there, and of one that others may read', () => {
    using at = settingsFolder();
    expect(faultsOf(join(at.folder, 'other.yaml'))).toEqual([' no-file']);
    chmodSync(at.path, 0o604);
    expect(faultsOf(at.path)).toEqual([' open-to-others chmod 600']);
  });

  it('refuse aliases, which could unfold into more than anybody wrote', () => {
    using at = settingsFolder();
    at.writeText('a: &a {x: 1}\nb: *a\n');
    expect(faultsOf(at.path)).toEqual([' has-aliases']);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['plain SMTP over a network', { 'mail.smtp.host': 'smtp.example.org' }, 'mail.smtp.security plain-mail'],
    ['a plain homeserver over a network', { 'matrix.homeserver': 'http://matrix.example.org' }, 'matrix.homeserver plain-matrix'],
    ["a bot's own plain homeserver", { 'matrix.front.homeserver': 'http://10.0.0.1:8008' }, 'matrix.front.homeserver plain-matrix'],
    ['a plain Redis over a network', { 'redis.url': 'redis://10.0.0.1' }, 'redis.url plain-redis'],
    ['a password in the address of Redis', { 'redis.url': 'rediss://:secret@redis.example.org' }, 'redis.url bad-form redis-url'],
    [
      'one account in two spellings',
      { 'matrix.desk.user': '@Letterbox:example.org' },
      'matrix.desk.user bad-form matrix-id,matrix.desk.user one-account',
    ],
    ['a bot as coordinator', { 'people.coordinators': ['@desk:example.org'] }, 'people.coordinators[0] bot-is-person'],
    ['nobody as coordinator', { 'people.coordinators': [] }, 'people.coordinators too-small 1 in the list'],
    ['an address in capitals', { 'mail.address': 'Hello@example.org' }, 'mail.address bad-form support-address'],
    ['an address with no room for a tag', { 'mail.address': `${'a'.repeat(31)}@example.org` }, 'mail.address address-too-long 30'],
    ['an offset for a time zone', { 'service.timezone': '+01:00' }, 'service.timezone bad-form time-zone'],
    ['a word where one of three belongs', { 'mail.imap.security': 'ssl' }, 'mail.imap.security not-one-of tls, starttls, none'],
    ['a number out of bounds', { 'limits.bodiesDays': 8 }, 'limits.bodiesDays too-large 7'],
    ['half a day', { 'limits.heldHours': 1.5 }, 'limits.heldHours wrong-kind a whole number'],
    ['a close before the question', { 'limits.quietCloseDays': 30 }, 'limits.quietCloseDays not-more-than limits.quietAskDays'],
    [
      'a conversation that goes on before anybody was asked',
      { 'limits.beginHours': 4 },
      'limits.beginHours not-more-than limits.beginAskHours',
    ],
    ['forgetting before the way back is gone', { 'limits.forgetDays': 20 }, 'limits.forgetDays less-than service.reopenDays'],
    [
      'gathering that ends before it began',
      { 'limits.mailGatherMostMinutes': 1, 'limits.mailGatherSeconds': 61 },
      'limits.mailGatherMostMinutes less-than limits.mailGatherSeconds',
    ],
    [
      'one folder for both',
      { 'mail.imap.quarantineFolder': 'hearken/processed' },
      'mail.imap.quarantineFolder same-folder mail.imap.processedFolder',
    ],
    [
      'the inbox as a folder of ours',
      { 'mail.imap.processedFolder': 'INBOX' },
      'mail.imap.processedFolder same-folder mail.imap.quarantineFolder',
    ],
    ['a missing setting', { 'mail.imap.user': undefined }, 'mail.imap.user missing'],
    ['a missing section', { keys: undefined }, 'keys missing'],
    ['a key among the data', { 'keys.storageFile': 'data/storage-key' }, 'keys.storageFile not-made,keys.storageFile secret-in-data'],
    ["one bot's key for the other", { 'matrix.desk.keyFile': 'secrets/front-key' }, 'matrix.desk.keyFile same-file matrix.front.keyFile'],
    ['a folder for a file', { 'mail.imap.passwordFile': 'secrets' }, 'mail.imap.passwordFile not-a-file'],
  ])('refuse %s', (_what, changes, told) => {
    using at = settingsFolder();
    at.set(changes);
    expect(faultsOf(at.path).join()).toBe(told);
  });

  it('refuse keys of another length, the same key twice, open and empty secrets, and an open data folder', () => {
    using at = settingsFolder();
    at.secret('storage-key', Buffer.alloc(31, 1));
    writeFileSync(join(at.folder, 'secrets', 'front-key'), readFileSync(join(at.folder, 'secrets', 'index-key')));
    chmodSync(join(at.folder, 'secrets', 'desk-key'), 0o660);
    at.secret('imap-password', '\nsecond line');
    chmodSync(join(at.folder, 'data'), 0o750);
    expect(faultsOf(at.path)).toEqual([
      'service.dataFolder open-to-others chmod 700',
      'keys.storageFile key-length',
      'matrix.desk.keyFile open-to-others chmod 600',
      'mail.imap.passwordFile empty-secret',
      'matrix.front.keyFile same-content keys.indexFile',
    ]);
  });

  it('see through a link to a secret that others may read', () => {
    using at = settingsFolder();
    const elsewhere = join(at.folder, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'key'), Buffer.alloc(32, 7), { mode: 0o644 });
    symlinkSync(join(elsewhere, 'key'), join(at.folder, 'secrets', 'linked-key'));
    at.set({ 'keys.storageFile': 'secrets/linked-key' });
    expect(faultsOf(at.path)).toEqual(['keys.storageFile open-to-others chmod 600']);
  });

  it('never say what stands in the file', () => {
    using at = settingsFolder();
    const canary = 'zanzibar-quietude';
    at.set({
      'service.timezone': canary,
      'mail.address': `${canary}+x@example.org`,
      'mail.imap.port': canary,
      'mail.imap.security': canary,
      'redis.url': `redis://u:${canary}@example.org`,
      'people.coordinators': [`${canary}@example.org`],
      [`${canary} with blanks`]: canary,
    });
    const read = readSettings(at.path);
    const told = read.ok ? '' : read.why.map(faultText).join('\n');
    expect(told.split('\n')).toHaveLength(8);
    expect(told).not.toContain(canary);
  });

  it('read as one plain line each', () => {
    using at = settingsFolder('fresh');
    at.set({ 'mail.imap.hots': 'x', 'mail.imap.port': 70000 });
    const read = readSettings(at.path);
    const told = read.ok ? [] : read.why.map(faultText);
    expect(told).toContain('mail.imap.hots is not a setting. Did you mean host?');
    expect(told).toContain('mail.imap.port must be at most 65535.');
    expect(told).toContain('keys.storageFile is not there yet. `hearken init` makes it.');
    for (const line of told) expect(line).toMatch(/^[^\n]+[.?]$/);
  });
});

describe('the written files', () => {
  const config = new URL('../../config/', import.meta.url);

  it('are what the schema says now (else: npm run generate)', () => {
    expect(readFileSync(new URL('hearken.example.yaml', config), 'utf8')).toBe(exampleYaml());
    expect(readFileSync(new URL('hearken.schema.json', config), 'utf8')).toBe(jsonSchema());
  });

  it('the example is right as it stands, once its secrets are there', () => {
    using at = settingsFolder('fresh');
    at.writeText(exampleYaml());
    expect(faultsOf(at.path, readSettingsForInit)).toEqual([]);
  });

  it('the example is right with every optional line switched on', () => {
    using at = settingsFolder('fresh');
    const names = [...JSON.stringify(JSON.parse(jsonSchema())).matchAll(/"properties":\{|"(\w+)":\{/g)].flatMap(([, name]) => name ?? []);
    at.writeText(exampleYaml().replaceAll(new RegExp(`^(\\s*)# ((?:${names.join('|')}):.*|  - .*)$`, 'gm'), '$1$2'));
    expect(readFileSync(at.path, 'utf8')).toMatch(/^  displayName: Letterbox$/m);
    expect(faultsOf(at.path, readSettingsForInit).filter((each) => !/no-secret/.test(each))).toEqual([]);
  });
});
