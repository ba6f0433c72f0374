// Mails of the same improbable person that take another way than words do: held, set aside, read with faults, come back, written by a robot.
import type { Planting } from '#tests/support/leaks/planted.ts';
import { base64, crlf, headFields } from '#tests/support/leaks/canary-mails.ts';

export interface TroubledMail {
  readonly who: Planting;
  readonly from: string;
  readonly to: string;
}

const head = (mail: TroubledMail, of: { readonly kind: string; readonly more?: readonly string[] }): readonly string[] => [
  `To: ${mail.to}`,
  `Subject: ${mail.who.name(`${of.kind}, subject`)}`,
  `Message-ID: <${mail.who.word(`${of.kind}, Message-ID`)}.${crypto.randomUUID()}@people.example>`,
  `Date: ${new Date().toUTCString()}`,
  ...headFields(mail.who),
  ...(of.more ?? []),
  'MIME-Version: 1.0',
];

const from = ({ who, from: address }: TroubledMail): string => `From: ${who.name('From, name')} Trial <${address}>`;
const plain = (text: string): readonly string[] => ['Content-Type: text/plain; charset=utf-8', '', text, ''];

/** In their name and without their provider's signature: it is held, and they are asked. */
export const heldMail = (mail: TroubledMail): string =>
  crlf([from(mail), ...head(mail, { kind: 'held mail' }), ...plain(`${mail.who.name('held mail, text')} at ${mail.from}.`)]);

/** Nobody can be made out who wrote it. */
export const mailOfNobody = (mail: TroubledMail): string =>
  crlf([
    `From: ${mail.who.name('mail of nobody, From')} (${mail.who.name('mail of nobody, comment')})`,
    ...head(mail, { kind: 'mail of nobody' }),
    ...plain(`${mail.who.name('mail of nobody, text')}, as ${mail.from}.`),
  ]);

export const outOfOffice = (mail: TroubledMail): string =>
  crlf([
    from(mail),
    ...head(mail, {
      kind: 'out of office',
      more: ['Auto-Submitted: auto-replied', `X-Autoreply-From: ${mail.who.word('out of office, field')}`],
    }),
    ...plain(`I am away until Monday, ask ${mail.who.name('out of office, colleague')}. ${mail.who.name('From, name')}`),
  ]);

/** Nothing in it is as it should be, and its words can be read all the same. */
export const tornMail = (mail: TroubledMail & { readonly words: string }): string => {
  const { who } = mail;
  return crlf([
    `From: =?x-${who.word('torn mail, charset of a name')}?Q?${who.name('torn mail, encoded name')}?= <${mail.from}>`,
    `X-Torn: =?utf-8?B?${base64(who.name('torn mail, encoded word')).slice(0, -1)}`,
    ...head(mail, { kind: 'torn mail' }),
    `Content-Type: multipart/mixed; boundary="outer"; ${who.word('torn mail, parameter')}`,
    '',
    '--outer',
    'Content-Type: text/plain; charset=utf-8',
    '',
    mail.words,
    '--outer',
    `Content-Type: application/${who.word('torn mail, type of a part')}; charset="${who.word('torn mail, charset')}"`,
    `Content-Transfer-Encoding: x-${who.word('torn mail, encoding')}`,
    `Content-Disposition: attachment; filename*=utf-8''%ZZ${who.word('torn mail, file name')}`,
    '',
    `=ZZ${who.name('torn mail, file')}`,
    '--outer',
    'Content-Type: multipart/alternative',
    '',
    who.name('torn mail, part without a boundary'),
    '',
  ]);
};

/** From the server that gave up on a mail of ours: with its own words about whom, and all of that mail. `returned`: as it was sent. */
export const bounceOf = (mail: TroubledMail & { readonly returned: string }): string => {
  const { who } = mail;
  return crlf([
    `From: Mail Delivery System <MAILER-DAEMON@${who.word('bounce, server')}.example>`,
    ...head(mail, { kind: 'bounce', more: ['Auto-Submitted: auto-replied', `X-Failed-Recipients: ${mail.from}`] }),
    'Content-Type: multipart/report; report-type=delivery-status; boundary="report"',
    '',
    '--report',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `The mailbox of ${who.name('bounce, name')} (${mail.from}) at ${who.name('bounce, employer')} GmbH is not there any more.`,
    '',
    '--report',
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; ${who.word('bounce, reporting server')}.example`,
    '',
    `Original-Recipient: rfc822;${mail.from}`,
    `Final-Recipient: rfc822; ${who.word('bounce, final recipient')}@people.example`,
    'Action: failed',
    'Status: 5.1.1',
    `Diagnostic-Code: smtp; 550 5.1.1 <${who.word('bounce, diagnosis')}@people.example> unknown`,
    '',
    '--report',
    'Content-Type: message/rfc822',
    '',
    mail.returned,
    '',
    '--report--',
    '',
  ]);
};
