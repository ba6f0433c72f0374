// Mails as programs could write them, from harmless to hopeless, and then a few bytes changed at random. Same seed, same mails.
import fc from 'fast-check';
import { evidenceHeader, support } from '#tests/support/world.ts';

/** Words that nobody says by chance: no answer of ours may hold one. */
export const ownWords = ['zwirnelig', 'quarfelous', 'blimmetig', 'ostrabund', 'fennwickel'] as const;
export const saysOwnWord = new RegExp(ownWords.join('|'), 'iu');

/** Stand where a token of ours goes, which is only known once somebody was answered. As long as a token. */
export const replyMark = 'r'.repeat(26);
export const bounceMark = 'b'.repeat(26);

/** Somebody whose conversation goes on, and whose answers these tokens are. */
export const knownSender = 'ada@writers.example';
const strangers = ['new@strangers.example', 'n.ew+x@strangers.example', 'N_E-W@Strangers.Example', 'x@xn--dmin-moa0i.example'];

const oneOf = <Value>(...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);
const seldom = <Value>(usual: fc.Arbitrary<Value>, odd: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: odd });

const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  oneOf(
    '\0',
    '\r',
    '\u202e',
    '\u200b',
    '\ud800',
    '=?utf-8?q?=ff?=',
    '=?x?b?////?=',
    '"',
    '\\',
    '<',
    '>',
    '(',
    ';',
    ',',
    '@',
    ':',
    '%00',
    '\ufdfa',
    '\t',
  ),
);

const address = fc.oneof({ weight: 4, arbitrary: oneOf(knownSender) }, { weight: 4, arbitrary: oneOf(...strangers) });
const fromValue = (who: string): fc.Arbitrary<string> =>
  seldom(
    oneOf(
      who,
      `<${who}>`,
      `Jo Doe <${who}>`,
      `"Doe, Jo" <${who}>`,
      `Jo (they) <${who}>`,
      `=?utf-8?q?J=C3=B6?= <${who}>`,
      `${who} <${who}>`,
    ),
    fc.oneof(
      oneOf(
        '',
        `${who}, x@other.example`,
        `Group: ${who};`,
        `:;`,
        `<${who}`,
        `${who}>`,
        `"${who}" <x@other.example>`,
        `<@route.example:${who}>`,
        `"a b"@writers.example`,
        `(comment) ${who}`,
        `${who} (comment)`,
        `\r\n ${who}`,
        `x@[127.0.0.1]`,
        `x@localhost`,
        `öde@strangers.example`,
        `help@relay.example`,
        `MAILER-DAEMON@relay.example`,
        `postmaster@other.example`,
        `${'x'.repeat(80)}@writers.example`,
        `${who}\u202e`,
      ),
      noise.map((odd) => `${odd}${who}`),
      noise.map((odd) => `${who}${odd}`),
    ),
  );

const date = oneOf(
  'Wed, 11 Mar 2026 12:00:00 +0000',
  'Thu, 01 Jan 1970 00:00:00 +0000',
  'Fri, 31 Dec 2099 23:59:59 -1200',
  '',
  'never',
  '1e999',
);

const proof = oneOf('pass none', 'pass none', 'pass reject', 'nothing none', 'fail none', 'fail reject', 'fail quarantine', 'away none');

const robot = oneOf(
  `To: help+b-${bounceMark}@relay.example`,
  'Auto-Submitted: auto-replied',
  'Auto-Submitted: no',
  'Auto-Submitted: yes; x',
  'Precedence: bulk',
  'Precedence: list',
  'List-Id: <x.lists.example>',
  'List-Unsubscribe: <mailto:x@lists.example>',
  'Return-Path: <>',
  'X-Autoreply: yes',
  'X-Failed-Recipients: x@other.example',
  'Mailing-List: x',
);

const extra = fc.oneof(
  {
    weight: 3,
    arbitrary: oneOf(
      `To: help+${replyMark}@relay.example`,
      `In-Reply-To: <${replyMark}@relay.example>`,
      `References: <a@b> <${replyMark}@relay.example>`,
      `Cc: friend@other.example`,
    ),
  },
  {
    weight: 3,
    arbitrary: oneOf(
      'X-Mailer: x',
      'Reply-To: trap@other.example',
      'Sender: trap@other.example',
      ' folded onto what stands above',
      'no colon here',
      ': no name',
      'Subject: a second subject',
      'Content-Type: text/html',
      'DKIM-Signature: v=1; a=rsa-sha256; d=writers.example; s=k; h=from; bh=AA; b=AA',
      'Authentication-Results: relay.example; dmarc=pass header.from=writers.example',
      'Disposition-Notification-To: x@other.example',
    ),
  },
  { weight: 1, arbitrary: fc.oneof({ weight: 2, arbitrary: oneOf('X-Mailer: y') }, { weight: 1, arbitrary: robot }) },
  { weight: 1, arbitrary: oneOf('X-From: second@other.example', 'From : second@other.example', 'fRoM: second@other.example') },
  { weight: 1, arbitrary: noise.map((odd) => `X-Odd: ${odd}`) },
);

const word = oneOf(...ownWords, 'I', 'am', 'not', 'well', 'today', 'and', 'nobody', 'knows', 'é', 'ß', '你好', 'שלום', '🙂');
const sentence = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));
const line = fc.oneof(
  { weight: 6, arbitrary: sentence },
  {
    weight: 3,
    arbitrary: oneOf(
      '',
      'HELP',
      'STOP',
      'YES',
      'NO',
      'NEW',
      'YES ABCD2345',
      'COUNTRY Germany',
      'COUNTRY',
      '> HELP',
      '> quoted',
      '-- ',
      'Jo Doe',
      'On Monday, Jo wrote:',
      '_____',
      'Von: x',
      '.',
      '+49 30 123456',
      'https://example.org/x?y=1',
      'x@other.example',
      '@x:chat.example',
      '-----BEGIN PGP MESSAGE-----',
    ),
  },
  { weight: 1, arbitrary: noise },
);
const text = fc.array(line, { maxLength: 14 }).map((lines) => lines.join('\r\n'));

const html = fc
  .array(
    fc.oneof(
      sentence,
      oneOf(
        '<p>',
        '</p>',
        '<br>',
        '<div>',
        '</div>',
        '<div style="display:none">',
        '<blockquote type="cite">',
        '</blockquote>',
        '<!--',
        '-->',
        '<![CDATA[',
        '<script>',
        '</script>',
        '<style>',
        '<img src="x" alt="zwirnelig">',
        '<a href="https://quarfelous.example">',
        '&nbsp;',
        '&#0;',
        '&#xd800;',
        '&lt',
        '<table><tr><td>',
        '<',
        '>',
        '<p hidden>',
        '<div class="gmail_signature">',
      ),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(''));

type Body = { readonly type: string; readonly encoding: string; readonly content: Buffer };

const charset = oneOf(
  'utf-8',
  'us-ascii',
  'iso-8859-1',
  'utf-16le',
  'utf-7',
  'iso-2022-jp',
  'gb18030',
  'x-none',
  '',
  '"',
  'utf-8; format=flowed; delsp=yes',
);
const encodings: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  '8bit': (bytes) => bytes,
  '7bit': (bytes) => bytes,
  base64: (bytes) => Buffer.from(bytes.toString('base64').replace(/(.{60})/gu, '$1\r\n')),
  'quoted-printable': (bytes) =>
    Buffer.from(
      [...bytes].map((byte) => (byte === 61 || byte > 126 ? `=${byte.toString(16).toUpperCase()}` : String.fromCharCode(byte))).join(''),
    ),
  'x-uuencode': (bytes) => bytes,
  binary: (bytes) => bytes,
};
const encodingName = oneOf(...Object.keys(encodings));
const leafOf = (type: fc.Arbitrary<string>, content: fc.Arbitrary<string | Buffer>): fc.Arbitrary<Body> =>
  fc.tuple(type, encodingName, content, fc.boolean(), fc.nat(5)).map(([named, encoding, what, encoded, torn]) => {
    const bytes = typeof what === 'string' ? Buffer.from(what, 'utf8') : what;
    const wire = encoded ? (encodings[encoding]?.(bytes) ?? bytes) : bytes;
    return { type: named, encoding, content: torn === 0 ? wire.subarray(0, Math.floor(wire.length * 0.7)) : wire };
  });

const leaf: fc.Arbitrary<Body> = fc.oneof(
  {
    weight: 6,
    arbitrary: leafOf(
      charset.map((name) => `text/plain; charset=${name}`),
      text,
    ),
  },
  {
    weight: 3,
    arbitrary: leafOf(
      charset.map((name) => `text/html; charset=${name}`),
      html,
    ),
  },
  {
    weight: 2,
    arbitrary: leafOf(
      oneOf(
        'image/jpeg; name="zwirnelig.jpg"',
        'application/pdf; name=cv.pdf',
        'text/calendar; method=REQUEST',
        'text/vcard',
        'application/ms-tnef',
        'audio/ogg',
        'application/pgp-keys',
        'message/rfc822',
        'application/octet-stream',
      ),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    ),
  },
  {
    weight: 1,
    arbitrary: leafOf(
      oneOf(
        'application/pkcs7-mime; smime-type=enveloped-data',
        'application/pgp-encrypted',
        'message/delivery-status',
        'text/rfc822-headers',
        'text/plain; name=x.txt',
        'text',
        '',
        ';',
        'text/plain; charset="utf-8',
        'x/y',
      ),
      text,
    ),
  },
);

const boundary = oneOf('b', 'b1', '=_x', '"b b"', '');
const joined = (kind: string, parts: readonly Body[], of: { readonly boundary: string; readonly closed: boolean }): Body => {
  const mark = of.boundary.replaceAll('"', '');
  const bytes = parts.flatMap((part) => [
    Buffer.from(`--${mark}\r\nContent-Type: ${part.type}\r\nContent-Transfer-Encoding: ${part.encoding}\r\n\r\n`),
    part.content,
    Buffer.from('\r\n'),
  ]);
  return {
    type: `multipart/${kind}; boundary=${of.boundary}`,
    encoding: '7bit',
    content: Buffer.concat([...bytes, Buffer.from(of.closed ? `--${mark}--\r\n` : '')]),
  };
};
const kinds = oneOf(
  'alternative',
  'mixed',
  'related',
  'signed; protocol=x',
  'encrypted; protocol="application/pgp-encrypted"',
  'report; report-type=delivery-status',
  'digest',
  'odd',
);

const { body } = fc.letrec<{ body: Body; multipart: Body }>((tie) => ({
  body: fc.oneof({ maxDepth: 4 }, { weight: 5, arbitrary: leaf }, { weight: 3, arbitrary: tie('multipart') }),
  multipart: fc
    .tuple(kinds, fc.array(tie('body'), { maxLength: 4 }), boundary, fc.boolean())
    .map(([kind, parts, mark, closed]) => joined(kind, parts, { boundary: mark, closed })),
}));

const shaped: fc.Arbitrary<Buffer> = address
  .chain((who) =>
    fc.tuple(fromValue(who), fc.array(extra, { maxLength: 3 }), date, proof, body, seldom(sentence, noise), fc.nat(20), fc.nat(9)),
  )
  .map(([from, more, when, proved, content, subject, id, order]) => {
    const head = [
      `From: ${from}`,
      `To: ${support.local}@${support.domain}`,
      ...(id === 0 ? [] : [`Message-ID: <g${id}@writers.example>`]),
      `Subject: ${subject}`,
      `Date: ${when}`,
      `${evidenceHeader}: ${proved}`,
      'MIME-Version: 1.0',
      `Content-Type: ${content.type}`,
      `Content-Transfer-Encoding: ${content.encoding}`,
      ...more,
    ];
    const turned = order === 0 ? head.toReversed() : head;
    return Buffer.concat([Buffer.from(`${turned.join('\r\n')}\r\n\r\n`, 'utf8'), content.content]);
  });

const change = fc.record({ at: fc.noBias(fc.integer({ min: 0, max: 999_999 })), cut: fc.nat(30), put: fc.uint8Array({ maxLength: 5 }) });
const changed = (mail: Buffer, changes: readonly { readonly at: number; readonly cut: number; readonly put: Uint8Array }[]): Buffer =>
  changes.reduce((bytes, { at, cut, put }) => {
    const from = Math.floor((at / 1_000_000) * bytes.length);
    return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
  }, mail);

/** Half of them whole, half with bytes changed. */
export const badMail: fc.Arbitrary<Buffer> = fc.oneof(
  shaped,
  fc.tuple(shaped, fc.array(change, { minLength: 1, maxLength: 6 })).map(([mail, changes]) => changed(mail, changes)),
);
