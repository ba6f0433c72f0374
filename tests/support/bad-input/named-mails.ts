// Bad mails by name, each as somebody's program could send it, with what has to become of it.
import { support } from '#tests/support/world.ts';
import type { Fate } from '#tests/support/bad-input/fate.ts';

export interface NamedMail {
  readonly name: string;
  /** `from`: the address it is sent from; `to`: where a mail of theirs goes. */
  readonly bytes: (of: { readonly from: string; readonly to: string; readonly says: string }) => Buffer;
  /** What becomes of it from somebody new, and from somebody whose conversation goes on. */
  readonly becomes: { readonly stranger: Fate; readonly known: Fate };
  /** The key of what its sender is told, where something is not carried. */
  readonly told?: string;
}

interface Parts {
  readonly from: string;
  readonly to: string;
  readonly says: string;
}

const crlf = (lines: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(lines.map((line) => Buffer.concat([typeof line === 'string' ? Buffer.from(line, 'utf8') : line, Buffer.from('\r\n')])));

let counter = 0;
const head = ({ from, to }: Parts, more: readonly string[] = []): readonly string[] => [
  `From: ${from}`,
  `To: ${to}`,
  'Subject: hello',
  `Message-ID: <bad${(counter += 1)}@writers.example>`,
  'Date: Wed, 11 Mar 2026 12:00:00 +0000',
  'MIME-Version: 1.0',
  ...more,
];
const plain = (parts: Parts, more: readonly string[] = []): Buffer =>
  crlf([...head(parts, ['Content-Type: text/plain; charset=utf-8', ...more]), '', parts.says]);
const withFrom = (value: (from: string) => string) => (parts: Parts) =>
  crlf([`From: ${value(parts.from)}`, ...head(parts).slice(1), 'Content-Type: text/plain', '', parts.says]);

const everywhere = (fate: Fate) => ({ stranger: fate, known: fate });
const carried = everywhere('carried');
const nobody = everywhere('quarantined');
const unreadable = { becomes: everywhere('answered'), told: 'requester.mail.unreadable' } as const;
const encrypted = { becomes: everywhere('answered'), told: 'requester.mail.encrypted' } as const;

/** As programs write a picture: base64 in lines. */
const picture = (kB: number): readonly string[] => Array.from({ length: kB * 13 }, () => Buffer.alloc(57, 0xd8).toString('base64'));

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const charset = (name: string, body: (says: string) => Buffer | string) => (parts: Parts) =>
  crlf([...head(parts, [`Content-Type: text/plain; charset=${name}`, 'Content-Transfer-Encoding: 8bit']), '', body(parts.says)]);

const nested = (of: { readonly tags: number; readonly says: string }): string =>
  '<div>'.repeat(of.tags) + of.says + '</div>'.repeat(of.tags);

export const largest = 5_000_000;

export const namedMails: readonly NamedMail[] = [
  { name: 'no From', bytes: (parts) => crlf([...head(parts).slice(1), 'Content-Type: text/plain', '', parts.says]), becomes: nobody },
  { name: 'an empty From', bytes: withFrom(() => ''), becomes: nobody },
  { name: 'two From fields', bytes: (parts) => plain(parts, ['From: other@writers.example']), becomes: nobody },
  { name: 'two addresses in one From', bytes: withFrom((from) => `${from}, other@writers.example`), becomes: nobody },
  { name: 'group syntax', bytes: withFrom((from) => `Friends: ${from};`), becomes: nobody },
  { name: 'an empty group', bytes: withFrom(() => 'Undisclosed recipients:;'), becomes: nobody },
  { name: 'a comment in the address', bytes: withFrom((from) => `<${from.replace('@', '(c)@')}>`), becomes: nobody },
  { name: 'a comment after the address', bytes: withFrom((from) => `${from} (Somebody)`), becomes: nobody },
  { name: 'a comment in the name', bytes: withFrom((from) => `Jo (she/her) <${from}>`), becomes: carried },
  { name: 'a quoted local part', bytes: withFrom((from) => `"a b"@${from.split('@')[1]}`), becomes: nobody },
  { name: 'a quoted local part with an address in it', bytes: withFrom((from) => `"${from}"@other.example`), becomes: nobody },
  { name: 'an address as the name of another', bytes: withFrom((from) => `"boss@other.example" <${from}>`), becomes: carried },
  { name: 'a source route', bytes: withFrom((from) => `<@relay.example,@x.example:${from}>`), becomes: nobody },
  { name: 'an address literal', bytes: withFrom(() => 'me@[192.0.2.1]'), becomes: nobody },
  { name: 'a folded From', bytes: withFrom((from) => `Jo\r\n <${from}>`), becomes: carried },
  { name: 'an encoded name of nothing', bytes: withFrom((from) => `=?x-none?q?=00=ff?= <${from}>`), becomes: carried },
  { name: 'NUL in From', bytes: withFrom((from) => `J\0o <${from}>`), becomes: nobody },
  { name: 'a bare CR in From', bytes: withFrom((from) => `Jo <${from}>\rFrom: x@other.example`), becomes: nobody },

  { name: 'Latin-1 that says it is UTF-8', bytes: charset('utf-8', (says) => latin1(`${says} é à ß`)), becomes: carried },
  { name: 'UTF-8 that says it is ASCII', bytes: charset('us-ascii', (says) => `${says} é à ß`), becomes: carried },
  { name: 'a charset that nobody knows', bytes: charset('x-unknown-9', (says) => `${says} é`), becomes: carried },
  { name: 'a charset of a thousand letters', bytes: charset('x'.repeat(1_000), (says) => says), becomes: carried },
  { name: 'UTF-16 that says so', bytes: charset('utf-16le', (says) => Buffer.from(says, 'utf16le')), becomes: carried },
  {
    name: 'half a character at the end',
    bytes: charset('utf-8', (says) => Buffer.concat([Buffer.from(says), Buffer.from([0xe2, 0x82])])),
    becomes: carried,
  },
  {
    name: 'ISO-2022-JP torn in an escape',
    bytes: charset('iso-2022-jp', (says) => Buffer.concat([Buffer.from(says), Buffer.from([0x1b, 0x24])])),
    becomes: carried,
  },

  {
    name: 'torn base64',
    bytes: (parts) =>
      crlf([
        ...head(parts, ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64']),
        '',
        Buffer.from(`${parts.says} and more of it`).toString('base64').slice(0, -3),
      ]),
    becomes: carried,
  },
  {
    name: 'base64 with other things in it',
    bytes: (parts) =>
      crlf([
        ...head(parts, ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64']),
        '',
        Buffer.from(parts.says)
          .toString('base64')
          .replace(/(.{4})/gu, '$1 !\t'),
      ]),
    becomes: carried,
  },
  {
    name: 'torn quoted-printable',
    bytes: (parts) =>
      crlf([
        ...head(parts, ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable']),
        '',
        `${parts.says} =C3=`,
      ]),
    becomes: carried,
  },
  {
    name: 'a transfer encoding that nobody knows',
    bytes: (parts) => crlf([...head(parts, ['Content-Type: text/plain', 'Content-Transfer-Encoding: x-own']), '', parts.says]),
    becomes: carried,
  },
  {
    name: 'a thousand parts',
    bytes: (parts) =>
      crlf([
        ...head(parts, ['Content-Type: multipart/mixed; boundary=b']),
        '',
        ...Array.from({ length: 1_000 }, (_, at) => `--b\r\nContent-Type: text/plain\r\n\r\n${parts.says} ${at}`),
        '--b--',
      ]),
    ...unreadable,
  },
  {
    name: 'parts in parts, 300 deep',
    bytes: (parts) =>
      crlf([
        ...head(parts, ['Content-Type: multipart/mixed; boundary=b0']),
        '',
        ...Array.from({ length: 300 }, (_, at) => `--b${at}\r\nContent-Type: multipart/mixed; boundary=b${at + 1}\r\n`),
        '--b300\r\nContent-Type: text/plain\r\n',
        parts.says,
      ]),
    ...unreadable,
  },
  {
    name: 'a multipart without its boundary',
    bytes: (parts) => crlf([...head(parts, ['Content-Type: multipart/mixed; boundary=b']), '', parts.says]),
    ...unreadable,
  },
  {
    name: 'a multipart that does not end',
    bytes: (parts) =>
      crlf([...head(parts, ['Content-Type: multipart/mixed; boundary=b']), '', '--b', 'Content-Type: text/plain', '', parts.says]),
    becomes: carried,
  },
  {
    name: '200,000 nested tags',
    bytes: (parts) => crlf([...head(parts, ['Content-Type: text/html; charset=utf-8']), '', nested({ tags: 200_000, says: parts.says })]),
    ...unreadable,
  },
  {
    name: 'tags that do not close',
    bytes: (parts) => crlf([...head(parts, ['Content-Type: text/html; charset=utf-8']), '', `<p>${parts.says}<b><i><a href="x`]),
    becomes: carried,
  },
  {
    name: 'a thousand quotes in quotes, with 300,000 lines',
    bytes: (parts) =>
      crlf([
        ...head(parts, ['Content-Type: text/html']),
        '',
        `<p>${parts.says}</p>${'<blockquote>'.repeat(900)}${'<br>a'.repeat(300_000)}`,
      ]),
    becomes: carried,
  },
  {
    name: 'a megabyte of opening brackets',
    bytes: (parts) => crlf([...head(parts, ['Content-Type: text/html']), '', `<p>${parts.says}</p>${'<'.repeat(1_000_000)}`]),
    becomes: carried,
  },
  {
    name: '50 MB',
    bytes: (parts) => Buffer.concat([plain(parts), Buffer.alloc(50_000_000, 'a really long mail\r\n')]),
    becomes: everywhere('answered'),
    told: 'requester.mail.too-large',
  },
  {
    name: '4 MB of text',
    bytes: (parts) => Buffer.concat([plain(parts), Buffer.alloc(4_000_000, 'a really long mail\r\n')]),
    becomes: carried,
    told: 'requester.mail.cut',
  },
  {
    name: '4 MB on one line',
    bytes: (parts) => Buffer.concat([plain(parts), Buffer.alloc(4_000_000, 'word ')]),
    becomes: carried,
    told: 'requester.mail.cut',
  },
  {
    name: '4 MB without a space',
    bytes: (parts) => Buffer.concat([plain(parts), Buffer.alloc(4_000_000, 'x')]),
    becomes: carried,
    told: 'requester.mail.cut',
  },
  {
    name: '4 MB of at signs',
    bytes: (parts) => Buffer.concat([plain(parts), Buffer.alloc(4_000_000, 'a@')]),
    becomes: carried,
    told: 'requester.mail.cut',
  },
  {
    name: 'a head of a megabyte',
    bytes: (parts) =>
      plain(
        parts,
        Array.from({ length: 14_000 }, (_, at) => `X-Filter-${at}: ${'x'.repeat(60)}`),
      ),
    ...unreadable,
  },
  {
    name: 'a picture and no text',
    bytes: (parts) =>
      crlf([
        ...head(parts, ['Content-Type: multipart/mixed; boundary=b']).map((line) => (line.startsWith('Subject:') ? 'Subject:' : line)),
        '',
        '--b',
        'Content-Type: image/jpeg; name="me.jpg"',
        'Content-Transfer-Encoding: base64',
        '',
        ...picture(40),
        '--b--',
      ]),
    becomes: { stranger: 'answered', known: 'both-told' },
    told: 'requester.mail.file-only',
  },
  {
    name: 'nothing at all',
    bytes: (parts) => crlf([...head(parts).map((line) => (line.startsWith('Subject:') ? 'Subject:' : line)), '']),
    becomes: everywhere('answered'),
    told: 'requester.mail.empty',
  },
  {
    name: 'a head and no body, not even an empty line',
    bytes: (parts) => crlf(head(parts).map((line) => (line.startsWith('Subject:') ? 'Subject:' : line))).subarray(0, -2),
    becomes: everywhere('answered'),
    told: 'requester.mail.empty',
  },
  {
    name: 'PGP in the text',
    bytes: (parts) => plain({ ...parts, says: '-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA1\r\n=aaaa\r\n-----END PGP MESSAGE-----' }),
    ...encrypted,
  },
  {
    name: 'PGP/MIME',
    bytes: (parts) =>
      crlf([
        ...head(parts, ['Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b']),
        '',
        '--b',
        'Content-Type: application/pgp-encrypted',
        '',
        'Version: 1',
        '--b',
        'Content-Type: application/octet-stream',
        '',
        '-----BEGIN PGP MESSAGE-----',
        '--b--',
      ]),
    ...encrypted,
  },
  {
    name: 'S/MIME',
    bytes: (parts) =>
      crlf([
        ...head(parts, [
          'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m',
          'Content-Transfer-Encoding: base64',
        ]),
        '',
        'MIAGCSqGSIb3DQEHA6CAMIACAQAxggE=',
      ]),
    ...encrypted,
  },
  {
    name: 'no Message-ID',
    bytes: (parts) => crlf([...head(parts).filter((line) => !line.startsWith('Message-ID')), '', parts.says]),
    becomes: carried,
  },
  {
    name: 'a Message-ID of nothing',
    bytes: (parts) => crlf([...head(parts).map((line) => (line.startsWith('Message-ID') ? 'Message-ID: <>' : line)), '', parts.says]),
    becomes: carried,
  },
  {
    name: 'a Message-ID that somebody else has used',
    bytes: (parts) =>
      crlf([...head(parts).map((line) => (line.startsWith('Message-ID') ? 'Message-ID: <same@writers.example>' : line)), '', parts.says]),
    becomes: carried,
  },
  ...['Thu, 01 Jan 1970 00:00:00 +0000', 'Thu, 31 Dec 2099 23:59:59 +0000', 'yesterday', ''].map((date) => ({
    name: `the date “${date}”`,
    bytes: (parts: Parts) => crlf([...head(parts).map((line) => (line.startsWith('Date') ? `Date: ${date}` : line)), '', parts.says]),
    becomes: carried,
  })),
  { name: 'NUL in the text', bytes: (parts) => plain({ ...parts, says: `${parts.says}\0\0 on\0` }), becomes: carried },
  {
    name: 'NUL in the subject',
    bytes: (parts) => crlf([...head(parts).map((line) => (line.startsWith('Subject') ? 'Subject: a\0b' : line)), '', parts.says]),
    becomes: carried,
  },
  { name: 'bare CR in the text', bytes: (parts) => plain({ ...parts, says: `${parts.says}\rand\rmore` }), becomes: carried },
  { name: 'bare LF alone', bytes: (parts) => Buffer.from(plain(parts).toString('utf8').replaceAll('\r\n', '\n')), becomes: carried },
  { name: 'bare CR alone', bytes: (parts) => Buffer.from(plain(parts).toString('utf8').replaceAll('\r\n', '\r')), becomes: nobody },
  {
    name: 'a line of 100,000 characters',
    bytes: (parts) => plain({ ...parts, says: `${parts.says} ${'word '.repeat(20_000)}` }),
    becomes: carried,
  },
  {
    name: 'a smuggled end of data',
    bytes: (parts) => plain({ ...parts, says: `${parts.says}\n.\nMAIL FROM:<x@y.example>\r\n.\r\nmore` }),
    becomes: carried,
  },
  { name: 'a byte order mark before the head', bytes: (parts) => Buffer.concat([Buffer.from('\ufeff'), plain(parts)]), becomes: nobody },
  {
    name: 'a From line of mbox before the head',
    bytes: (parts) => Buffer.concat([Buffer.from(`From x Wed Mar 11 12:00:00 2026\r\n`), plain(parts)]),
    becomes: carried,
  },
  { name: 'no bytes', bytes: () => Buffer.alloc(0), becomes: nobody },
  { name: 'only noise', bytes: () => Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 7919) % 256)), becomes: nobody },
  {
    name: 'a mail of ours come back to us',
    bytes: (parts) => plain({ ...parts, from: `${support.local}@${support.domain}` }),
    becomes: everywhere('nothing'),
  },
  { name: 'an answering machine', bytes: (parts) => plain(parts, ['Auto-Submitted: auto-replied']), becomes: everywhere('nothing') },
  { name: 'a mailing list', bytes: (parts) => plain(parts, ['List-Id: <all.lists.example>']), becomes: everywhere('nothing') },
];
