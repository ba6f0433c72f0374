// What the operator's commands say: what is wrong, where, and what to do, in one line each. Never a name, an address or a value.

const reasons: Readonly<Record<string, string>> = {
  // mail and queue
  login: 'the server refuses the user name or the password.',
  'login-later': 'the server lets nobody in just now. Try again in a few minutes.',
  tls: 'no safe connection could be made: the certificate is not good for this host, or the server offers none.',
  dns: 'there is no server of that name.',
  unreachable: 'nothing answers at that host and port.',
  timeout: 'there was no answer in time.',
  lost: 'the connection was lost.',
  'read-only': 'the inbox may be read and not changed.',
  'no-folder': 'its folders could not be made. Make them by hand, or name others.',
  'redis-evicts': 'it would throw away entries when it is full. Set maxmemory-policy noeviction.',
  'redis-old': 'it is older than 6.2.',
  'redis-refused': 'it does not let us in. Check redis.user and the password.',
  // texts
  'no-languages': 'there is no file for the language that service.language names.',
  'missing-key': 'a text is missing in one of the languages. `npm test` says which.',
  unreadable: 'a file cannot be read.',
  // Matrix
  'no-password': 'it is not logged in yet, and there is no password: put it into the file that passwordFile names.',
  'login-refused': 'the homeserver refuses the user name or the password.',
  'homeserver-away': 'the homeserver does not answer. Run this again when it does; what was begun goes on.',
  'homeserver-url': 'the address of the homeserver cannot be used.',
  'recovery-key-needed':
    'the account has an identity already, made elsewhere. Put its recovery key into the file that recoveryKeyFile names.',
  'recovery-key-wrong': 'the recovery key is not the one of this account.',
  'cross-signing-failed': "the account's identity could not be made or signed. Run this again; if it stays, look at the homeserver's log.",
  'other-account': 'its file belongs to another account.',
  'logged-out': 'the homeserver has logged it out.',
  'no-login': 'it is not logged in yet. Run `hearken init`.',
  'file-locked': 'its file is in use. Stop the relay first.',
  'file-old': 'its file is an older copy. Going on with it would break encryption for good: it has to log in anew.',
  'file-missing': 'its file is gone. It has to log in anew.',
  'file-broken': 'its file is damaged. It has to log in anew.',
  'wrong-key': 'its file was made with another key.',
  'disk-full': 'the disk is full.',
  'store-in-use': 'another process works on it, most likely a relay that runs already. There is never more than one: stop it first.',
  'store-newer': 'the store was written by a later version of Hearken.',
  'store-broken': 'the store is damaged.',
  'store-unreachable': 'it may not be written by the user that this runs as.',
  'not-this-database': 'the key file and the database in it do not belong together.',
  'mail-reader-broken':
    'the process that reads mails does not start. Install the packages once more with `npm ci --ignore-scripts`; if it stays, this Node is not the one that they bring.',
  // the relay itself
  'not-running': 'the relay is not running.',
  'not-allowed': 'this user may not ask the relay. Run this as the user that the relay runs as.',
  'no-answer': 'the relay is there and does not answer. If that stays so, restart it.',
  'already-running': 'another relay runs on this data folder. There is never more than one: stop it first.',
  'folder-name-too-long': 'the path of the data folder is too long for a socket in it: 90 characters are the most.',
};

/** Is there a sentence for it? What has none is a fault of our own. */
export const isExplained = (code: string): boolean => Object.hasOwn(reasons, code);

/** `where`: a part's name at the beginning of the line. The code comes along for whoever looks it up. */
export function trouble(where: string, code: string): string {
  const shown = /^[\w.-]{1,40}$/.test(code) ? code : 'unknown';
  const reason = Object.hasOwn(reasons, shown) ? reasons[shown] : undefined;
  return reason === undefined ? `${where}: it did not work (${shown}).` : `${where}: ${reason} (${shown})`;
}

/** What a fault at the start is about, for a line that has nothing else to begin with. */
const subjects: readonly (readonly [codes: RegExp, subject: string])[] = [
  [/^redis-/u, 'Redis (redis.url)'],
  [/^(?:store-|disk-full$|not-this-database$|folder-name-too-long$)/u, 'The data folder (service.dataFolder)'],
  [/^(?:no-languages|missing-key|unreadable)$/u, 'The texts (config/words)'],
  [/^mail-reader-broken$/u, 'Reading mail'],
  [
    /^(?:no-password|login-refused|homeserver-|recovery-key-|cross-signing-failed$|other-account$|logged-out$|no-login$|file-|wrong-key$)/u,
    'The Matrix account of a bot (`hearken doctor` says which)',
  ],
];

export const troubleAtStart = (code: string): string => trouble(subjects.find(([codes]) => codes.test(code))?.[1] ?? 'Hearken', code);

/** Above the usage: null when there was no command at all. */
export const unknownCommand = (word: string | null): string | null =>
  word === null ? null : `There is no command ${JSON.stringify(word.slice(0, 40))}.`;

export const usage = `Usage: hearken COMMAND [--config FILE]

  init      makes the settings file to fill in; then keys and the data folder, logs the two bots in, checks mail and queue; safe to run again
  doctor    checks the settings and every server, and changes nothing
  status    asks the running relay how things stand; ends with 0 when all is well

FILE is hearken.yaml in this folder, unless you say another. The relay itself runs with \`npm start -- --config FILE\`.`;

export const lines = {
  running: 'The relay is running, so there is nothing to set up. `hearken status` says how it is; `hearken doctor` checks everything.',
  made: (what: string) => `${what}: made.`,
  there: (what: string) => `${what}: was there.`,
  good: (what: string) => `${what}: good.`,
  keyLost: (what: string) =>
    `${what}: the key is not there, but data that was made with it is. A new one could not open it, so none is made: bring the key back from where you keep its copy.`,
  notWritable: (what: string) => `${what}: could not be made. May this user write there?`,
  loggedIn: (bot: string) => `${bot}: logged in; its device is signed, and its recovery key is written down.`,
  settingsMade:
    'The settings file was not there, so it was made, with an example in each place. Fill it in and run this again; close everything it names to others (chmod 600).',
  doneInit: 'Everything is ready. Copy the key files and both recovery keys to a safe place away from this machine, then start the relay.',
  notYet: 'Not ready yet. Mend what is said above and run this again; what is done stays done.',
  doneDoctor: 'Everything is good.',
  notGood: 'Something needs you: see above.',
} as const;
