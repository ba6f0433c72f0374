// Choices that the form of each setting allows and that still must not stand: unsafe ones, and ones that do not fit together.
// Reads the file as it was written, so that these are found in the same go as everything else.
import { fault } from '#settings/fault.ts';
import type { Fault } from '#settings/fault-texts.ts';
import { isLoopback } from '#settings/loopback.ts';
import { settingAt } from '#settings/setting-at.ts';

/** A tag has up to 33 letters with its plus sign (two more for bounces), and 64 are allowed before the @ (RFC 5321 4.5.3.1.1). */
const longestLocalPart = 30;

interface Reading {
  text(path: string): string;
  amount(path: string): number;
  list(path: string): readonly unknown[];
}

export function unsafeChoices(raw: unknown): readonly Fault[] {
  const reading: Reading = {
    text(path) {
      const value = settingAt(raw, path);
      return typeof value === 'string' ? value : '';
    },
    amount(path) {
      const value = settingAt(raw, path);
      return typeof value === 'number' ? value : Number.NaN; // compares as false: a wrong kind is told by the schema
    },
    list(path) {
      const value = settingAt(raw, path);
      return Array.isArray(value) ? value : [];
    },
  };
  return [...plainConnections(reading), ...accounts(reading), ...mailMisfits(reading), ...otherMisfits(reading)];
}

function plainConnections({ text }: Reading): readonly Fault[] {
  const mail = ['mail.imap', 'mail.smtp'].flatMap((server) =>
    text(`${server}.security`) === 'none' && !isLoopback(text(`${server}.host`)) ? [fault(`${server}.security`, 'plain-mail')] : [],
  );
  const matrix = ['matrix.homeserver', 'matrix.front.homeserver', 'matrix.desk.homeserver'].flatMap((path) =>
    isPlain(text(path), 'http:') ? [fault(path, 'plain-matrix')] : [],
  );
  return [...mail, ...matrix, ...(isPlain(text('redis.url'), 'redis:') ? [fault('redis.url', 'plain-redis')] : [])];
}

function isPlain(address: string, protocol: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === protocol && !isLoopback(url.hostname);
}

function accounts({ text, list }: Reading): readonly Fault[] {
  const front = text('matrix.front.user').toLowerCase();
  const bots = [front, text('matrix.desk.user').toLowerCase()];
  const people = list('people.coordinators').flatMap((person, index) =>
    typeof person === 'string' && person !== '' && bots.includes(person.toLowerCase())
      ? [fault(`people.coordinators[${index}]`, 'bot-is-person')]
      : [],
  );
  return [...(front !== '' && front === bots[1] ? [fault('matrix.desk.user', 'one-account')] : []), ...people];
}

function mailMisfits({ text }: Reading): readonly Fault[] {
  const processed = text('mail.imap.processedFolder').toLowerCase();
  const quarantine = text('mail.imap.quarantineFolder').toLowerCase();
  return [
    ...(text('mail.address').indexOf('@') > longestLocalPart ? [fault('mail.address', 'address-too-long', String(longestLocalPart))] : []),
    ...(processed === 'inbox' ? [fault('mail.imap.processedFolder', 'same-folder', 'mail.imap.quarantineFolder')] : []),
    ...(quarantine === 'inbox' || quarantine === processed
      ? [fault('mail.imap.quarantineFolder', 'same-folder', 'mail.imap.processedFolder')]
      : []),
  ];
}

function otherMisfits({ amount }: Reading): readonly Fault[] {
  return [
    ...(amount('limits.mailGatherMostMinutes') * 60 < amount('limits.mailGatherSeconds')
      ? [fault('limits.mailGatherMostMinutes', 'less-than', 'limits.mailGatherSeconds')]
      : []),
    ...(amount('limits.quietCloseDays') <= amount('limits.quietAskDays')
      ? [fault('limits.quietCloseDays', 'not-more-than', 'limits.quietAskDays')]
      : []),
    ...(amount('limits.beginHours') <= amount('limits.beginAskHours')
      ? [fault('limits.beginHours', 'not-more-than', 'limits.beginAskHours')]
      : []),
    ...(amount('limits.forgetDays') < amount('service.reopenDays') ? [fault('limits.forgetDays', 'less-than', 'service.reopenDays')] : []),
  ];
}
