// Every sentence about a fault in the settings, for the operator: what is wrong, and what to do, in one line.

const forms = {
  'support-address':
    'must be one plain mail address in lower case, such as hello@example.org, without a plus sign: what stands behind the plus is used for answers.',
  'matrix-id': 'must be a Matrix id, such as @robin:example.org. Put it in quotes: YAML does not like a bare @.',
  'homeserver-url': 'must be the address of a homeserver, such as https://matrix.example.org, with nothing behind it.',
  'redis-url': 'must be redis://host:port, rediss://host:port or unix:///path/to/socket, without a name or password in it.',
  host: 'must be the name or address of a server, such as imap.example.org, without a port.',
  resolver: 'must be the address of a DNS server, such as 192.0.2.53.',
  language: 'must be a language code of two or three small letters, such as en.',
  'time-zone': 'is not a time zone that this machine knows. Write one such as Europe/Berlin.',
  line: 'must be one line of at most 100 characters.',
  file: 'must be the path of a file.',
} as const;

export type FormName = keyof typeof forms;

export const isFormName = (name: string): name is FormName => Object.hasOwn(forms, name);

const texts = {
  // the file itself
  'no-file': () => 'is not there. Name it with --config FILE; `hearken init --config FILE` makes one to fill in.',
  unreadable: () => 'may not be read by the user that this runs as.',
  'not-yaml': (where) => `is not YAML: look at ${where}.`,
  'same-key-twice': (where) => `has the same key twice in one section: look at ${where}.`,
  'has-aliases': () => 'uses the marks & and *, which are not read here. Write each setting out.',
  'too-large-file': () => 'is far too large for a settings file.',
  'not-settings': () => 'must begin with sections such as service: and mail:. Look at config/hearken.example.yaml.',
  // what stands in it
  'unknown-key': (meant) => (meant === '' ? 'is not a setting.' : `is not a setting. Did you mean ${meant}?`),
  missing: () => 'is missing.',
  'wrong-kind': (kind) => `must be ${kind}.`,
  'not-one-of': (allowed) => `must be one of: ${allowed}.`,
  'too-small': (least) => `must be at least ${least}.`,
  'too-large': (most) => `must be at most ${most}.`,
  'bad-form': (form) => (isFormName(form) ? forms[form] : 'cannot be used as it is.'),
  // choices that are not safe
  'plain-mail': () => 'must not be none: this server is not on this machine, and login and mails would go over the network in the clear.',
  'plain-matrix': () => 'must begin with https://: this homeserver is not on this machine.',
  'plain-redis': () => 'must be rediss:// or unix://: this server is not on this machine.',
  'one-account': () =>
    'is the account of the front bot as well. The two bots must never share one: whoever asks for support would meet the volunteers.',
  'bot-is-person': () => 'is the account of a bot. A person has to be named here.',
  'address-too-long': (most) => `must have at most ${most} letters before the @, so that there is room for a tag.`,
  // settings that do not fit together
  'same-file': (other) => `is the same file as ${other}. Each needs its own.`,
  'same-folder': (other) => `is the same folder as ${other}, or the inbox. Each needs its own.`,
  'same-content': (other) => `holds the same key as ${other}. Each must be drawn by itself: take a fresh one from \`hearken init\`.`,
  'not-more-than': (other) => `must be more than ${other}.`,
  'less-than': (other) => `must not be less than ${other}.`,
  'secret-in-data': () => 'must not lie in the data folder: a backup of the data would carry the key to it.',
  // files and folders it names
  'not-made': () => 'is not there yet. `hearken init` makes it.',
  'no-secret': () => 'names a file that is not there.',
  'not-a-file': () => 'does not name an ordinary file.',
  'not-a-folder': () => 'does not name a folder.',
  'open-to-others': (command) => `can be read or changed by others on this machine: run ${command} on it.`,
  'may-not-read': () => 'names a file or folder that the user this runs as may not use.',
  'key-length': () =>
    'must name a file of exactly 32 bytes. Do not mend it by hand; if it is new and nothing was stored yet, remove it and run `hearken init`.',
  'empty-secret': () => 'names a file whose first line is empty.',
  'secret-too-long': () => 'names a file that is too long for a password.',
} satisfies Readonly<Record<string, (word: string) => string>>;

export type FaultCode = keyof typeof texts;

/** Must never hold a value from the file: it may be a secret in the wrong place, or somebody's address. */
export interface Fault {
  /** `mail.imap.port`; empty for the file as a whole. */
  readonly at: string;
  readonly code: FaultCode;
  /** A word of ours that the sentence needs: a bound, the allowed words, the other setting, the key that was meant. */
  readonly word: string;
}

/** `mail.imap.port must be at most 65535.` */
export function faultText({ at, code, word }: Fault): string {
  const say: (word: string) => string = texts[code];
  return `${at === '' ? 'The settings file' : at} ${say(word)}`;
}
