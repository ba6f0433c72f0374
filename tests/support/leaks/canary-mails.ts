// Mails in which a person's identity stands in every place that mail programs and people put it. Bytes as they go over the wire.
import type { Planting } from '#tests/support/leaks/planted.ts';
import type { ReceivedMail } from '#trial/people/received-mail.ts';

export interface CanaryMail {
  readonly who: Planting;
  /** Their own address. */
  readonly from: string;
  readonly to: string;
  /** Sentences that are meant to arrive. */
  readonly words: string;
}

export const crlf = (lines: readonly string[]): string => lines.join('\r\n').replaceAll(/\r?\n/gu, '\r\n');
export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Header fields that clients and providers fill by themselves. */
export const headFields = (who: Planting): readonly string[] => [
  `Sender: ${who.name('Sender, name')} <${who.word('Sender, address')}@people.example>`,
  `Reply-To: ${who.name('Reply-To, name')} <${who.word('Reply-To, address')}@people.example>`,
  `Organization: ${who.name('Organization')} Ltd`,
  `X-Mailer: ${who.name('X-Mailer')} 1.0`,
  `User-Agent: ${who.name('User-Agent')}`,
  `X-Originating-Host: ${who.word('X-Originating-Host')}.example`,
  `Received: from ${who.word('Received, host')}.example (${who.word('Received, user')}@${who.word('Received, name of the line')}.example) by mail.people.example; ${new Date().toUTCString()}`,
  `Resent-From: ${who.name('Resent-From, name')} <${who.word('Resent-From, address')}@people.example>`,
  `Delivered-To: ${who.word('Delivered-To')}@people.example`,
  `X-Envelope-From: ${who.word('X-Envelope-From')}@people.example`,
  `X-Sender: ${who.word('X-Sender')}@${who.word('X-Sender, domain')}.example`,
  `Keywords: ${who.word('Keywords')}`,
  `Comments: ${who.name('Comments')}`,
  `Thread-Topic: ${who.name('Thread-Topic')}`,
  `Autocrypt: addr=${who.word('Autocrypt')}@people.example; keydata=${base64(who.word('Autocrypt, key'))}`,
  `OpenPGP: url=https://${who.word('OpenPGP')}.example/key.asc`,
  `Disposition-Notification-To: ${who.name('Disposition-Notification-To')} <d@people.example>`,
  `X-Face: ${who.word('X-Face')}`,
];

const html = (who: Planting, words: string): string =>
  `<html><head><title>${who.name('HTML title')}</title><meta name="author" content="${who.name('HTML meta')}"><style>.${who.word('HTML style')}{color:red}</style></head>` +
  `<body data-user="${who.word('HTML data attribute')}"><!-- ${who.name('HTML comment')} --><p title="${who.name('HTML tooltip')}">${words}</p>` +
  `<p>I wrote it down <a href="https://${who.word('link, host')}.example/p?user=${who.word('link, parameter')}&amp;mail=${who.word('link, mail parameter')}%40people.example">here</a>.</p>` +
  `<img src="https://${who.word('picture, address')}.example/x.png" alt="${who.name('picture, alt text')}">` +
  `<div style="display:none">${who.name('hidden text')}</div><span style="font-size:0">${who.name('text of size 0')}</span><input value="${who.name('form value')}">` +
  `<div class="gmail_signature">${who.name('HTML signature')}<br>${who.name('HTML signature, employer')} GmbH</div></body></html>`;

/** A first mail with everything beside the text: pages, files, cards, invitations, another mail. */
export const everythingMail = (mail: CanaryMail, cc: string): string => {
  const { who } = mail;
  const file = (head: readonly string[], body: string): readonly string[] => ['--outer', ...head, '', body];
  return crlf([
    `From: ${who.name('From, name')} Trial <${mail.from}>`,
    `To: ${who.name('To, name')} <${mail.to}>`,
    `Cc: ${who.name('Cc, name')} <${cc}>`,
    `Subject: A question of ${who.name('From, name')} at ${who.name('Subject')}`,
    `Message-ID: <${who.word('Message-ID')}@${who.word('Message-ID, host')}.example>`,
    `In-Reply-To: <${who.word('In-Reply-To')}@people.example>`,
    `References: <${who.word('References')}@people.example>`,
    `Date: ${new Date().toUTCString()}`,
    ...headFields(who),
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="outer"; name="${who.word('Content-Type, parameter')}"`,
    '',
    who.name('MIME preamble'),
    '--outer',
    'Content-Type: multipart/alternative; boundary="inner"',
    '',
    '--inner',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Description: ${who.name('part, description')}`,
    '',
    mail.words,
    `I am ${who.name('From, name')}, and ${who.word('From, name')} is what they shout at me.`,
    `You can write to ${mail.from} or to ${who.word('another address in the text')}@${who.word('employer, address in the text')}.example.`,
    `My page is https://${who.word('link in the text, host')}.example/${who.word('link in the text, path')}?me=${who.word('link in the text, parameter')}`,
    `On Matrix I am @${who.word('Matrix id in the text')}:${who.word('Matrix server in the text')}.example.`,
    `On the fediverse I am @${who.word('fediverse handle in the text')}@${who.word('fediverse server in the text')}.example.`,
    '-- ',
    `${who.name('signature, name')} Trial`,
    `${who.name('signature, employer')} GmbH`,
    `https://${who.word('signature, link')}.example`,
    '--inner',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    base64(html(who, mail.words)).replace(/.{76}/gu, '$&\r\n'),
    '--inner--',
    ...file(
      [
        'Content-Type: application/pdf',
        `Content-Disposition: attachment; filename="${who.name('file, name')}.pdf"`,
        `Content-Description: ${who.name('file, description')}`,
        'Content-Transfer-Encoding: base64',
      ],
      base64(`%PDF-1.4 ${who.name('file, inside')}`),
    ),
    ...file(
      [
        'Content-Type: image/png',
        'Content-Disposition: inline',
        `Content-ID: <${who.word('file, Content-ID')}@people.example>`,
        `Content-Location: https://${who.word('file, Content-Location')}.example/x.png`,
        'Content-Transfer-Encoding: base64',
      ],
      base64(`PNG ${who.name('picture, inside')}`),
    ),
    ...file(
      [`Content-Type: text/vcard; name="${who.word('vCard, file name')}.vcf"`, 'Content-Disposition: attachment'],
      `BEGIN:VCARD\r\nFN:${who.name('vCard, name')}\r\nTEL:+49 151 7882 6451\r\nORG:${who.name('vCard, employer')}\r\nEMAIL:${who.word('vCard, address')}@people.example\r\nEND:VCARD`,
    ),
    ...file(
      ['Content-Type: text/calendar; method=REQUEST'],
      `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nORGANIZER;CN=${who.name('calendar, name')}:mailto:${who.word('calendar, address')}@people.example\r\nATTENDEE;CN=${who.name('calendar, guest')}:mailto:g@people.example\r\nLOCATION:${who.name('calendar, place')}\r\nEND:VEVENT\r\nEND:VCALENDAR`,
    ),
    ...file(
      ['Content-Type: message/rfc822'],
      `From: ${who.name('nested mail, name')} <${who.word('nested mail, address')}@people.example>\r\nSubject: ${who.name('nested mail, subject')}\r\n\r\n${who.name('nested mail, text')}`,
    ),
    '--outer--',
    who.name('MIME epilogue'),
    '',
  ]);
};

const replyHead = (mail: CanaryMail, to: ReceivedMail): readonly string[] => [
  `From: "${mail.who.name('From, name')} Trial" <${mail.from}>`,
  `To: ${to.replyTo}`,
  `Subject: Re: ${to.subject}`,
  `Message-ID: <${mail.who.word('Message-ID of a reply')}.${Buffer.from(mail.words).toString('hex').slice(-12)}@people.example>`,
  `In-Reply-To: <${to.messageId}>`,
  `References: <${to.messageId}>`,
  `Date: ${new Date().toUTCString()}`,
  ...headFields(mail.who),
  'MIME-Version: 1.0',
];

/** An answer in plain text above a quote of our mail, into which the client has put names. */
export const plainReply = (mail: CanaryMail, to: ReceivedMail): string =>
  crlf([
    ...replyHead(mail, to),
    'Content-Type: text/plain; charset=utf-8',
    '',
    mail.words,
    '',
    '--',
    mail.who.name('signature of a reply'),
    '',
    `On Tue, 3 Mar 2026 at 10:12, ${mail.who.name('attribution, name')} <${mail.who.word('attribution, address')}@people.example> wrote:`,
    '',
    ...to.text.split('\n').map((line) => `> ${line}`),
    `> ${mail.who.name('quoted text')}`,
    `> > On Mon, ${mail.who.name('quoted attribution')} wrote:`,
    '',
  ]);

/** An answer that is a page and nothing else. */
export const htmlReply = (mail: CanaryMail, to: ReceivedMail): string =>
  crlf([
    ...replyHead(mail, to),
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    base64(
      html(mail.who, mail.words).replace(
        '</body>',
        `<div class="gmail_quote"><div class="gmail_attr">On Tue, ${mail.who.name('HTML attribution')} &lt;${mail.who.word('HTML attribution, address')}@people.example&gt; wrote:</div>` +
          `<blockquote class="gmail_quote">${to.text.replaceAll('\n', '<br>')}<br>${mail.who.name('HTML quote')}</blockquote></div></body>`,
      ),
    ).replace(/.{76}/gu, '$&\r\n'),
    '',
  ]);
