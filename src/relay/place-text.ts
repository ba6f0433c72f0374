// The part of a mail that is for the volunteer: cleaned of who wrote it, and placed in a case, which it may begin.
import type { Case, Level } from '#domain/case/state.ts';
import type { Instant } from '#domain/ids.ts';
import type { Say } from '#domain/say.ts';
import { beginCase, everyFirstAnswer, firstAnswer } from '#relay/begin-case.ts';
import { countBegun } from '#relay/flood.ts';
import { formatMailAddress } from '#relay/mail-address-form.ts';
import type { MailAddress, ReadMail } from '#relay/mail-port.ts';
import type { Parts } from '#relay/parts.ts';
import { placeMessage } from '#relay/place-message.ts';
import type { Contact, MessageOut } from '#relay/record-types.ts';
import { canonicalAddress, onceADay } from '#relay/tell-requester.ts';
import { underWayBack } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';
import { hasUnreadLetters } from '#relay/unread-letters.ts';

export interface MailToPlace {
  readonly read: ReadMail;
  readonly address: MailAddress;
  /** Where it goes. Null: it begins a case. */
  readonly one: Case | null;
  /** The case by which its writer is known: what is known there is taken out here as well. */
  readonly knownFrom: Case | null;
  readonly level: Level;
  readonly automatic: Case['automatic'];
  /** When it came, if it then waited for its writer to prove themselves. */
  readonly lateFrom: Instant | null;
}

export interface Placed {
  readonly one: Case | null;
  readonly says: readonly Say[];
}

const threadLength = 20;
const ownTextsLookedAt = 30;
const mostKnown = 100;

const ownTexts = async (parts: Parts, one: Case | null): Promise<readonly string[]> => {
  if (one === null) return [];
  const messages = await parts.records.find({ kind: 'message', parent: one.id });
  const out = messages.map((record) => record.value).filter((value): value is MessageOut => value.direction === 'out');
  const answers = everyFirstAnswer(parts, 'mail').map((say) => parts.words.render(one.language, say));
  return [...answers, ...out.slice(-ownTextsLookedAt).map((message) => message.lines.map((line) => line.text ?? '').join('\n'))];
};

const knownIn = (read: ReadMail): readonly string[] => [
  ...new Set([read.displayName, ...read.identity].filter((each) => each.trim() !== '')),
];

const knownOfCase = async (unit: Unit, one: Case | null): Promise<readonly string[]> => {
  const contact = one === null ? null : await unit.load('contact', one.contact);
  return contact?.value.known ?? [];
};

/** Their Message-ID joins the thread, and what the mail tells about who they are joins the strings to take out. */
export const learnFrom = async (unit: Unit, one: Case, read: ReadMail): Promise<void> => {
  const contact = await unit.load('contact', one.contact);
  if (contact === null || contact.value.kind !== 'mail') return;
  const thread = read.messageId === null ? contact.value.thread : [...contact.value.thread, read.messageId].slice(-threadLength);
  const known = [...new Set([...contact.value.known, ...knownIn(read)])].slice(0, mostKnown);
  await unit.put('contact', { ...contact, under: underWayBack(one.id), value: { ...contact.value, thread, known } });
};

const beginFrom = async (
  unit: Unit,
  parts: Parts,
  of: { readonly mail: MailToPlace; readonly known: readonly string[] },
): Promise<Case> => {
  const { mail, known } = of;
  countBegun(unit, parts, mail.level);
  return beginCase(unit, parts, {
    channel: 'mail',
    userId: null,
    level: mail.level,
    automatic: mail.automatic,
    canonical: canonicalAddress(mail.address),
    contact: (ids): Contact => ({
      kind: 'mail',
      id: ids.contact,
      case: ids.case,
      address: mail.address,
      known: known.slice(0, mostKnown),
      thread: mail.read.messageId === null ? [] : [mail.read.messageId],
      questions: [],
    }),
  });
};

/** F1, once for an address and a day. A mail that may be forged uses nothing up. */
export const firstAnswerTo = async (
  unit: Unit,
  parts: Parts,
  to: { readonly address: MailAddress; readonly automatic: Case['automatic'] },
): Promise<readonly Say[]> => {
  if (to.automatic === 'no' || !(await onceADay(unit, parts, { whom: canonicalAddress(to.address), purpose: 'first' }))) return [];
  return [await firstAnswer(parts, { channel: 'mail', now: unit.now })];
};

const empty: Say = { key: 'requester.mail.empty' };

export const saysEmpty = (say: Say): boolean => say.key === empty.key;

/** No words of theirs were in it. Of a file that came into a conversation which goes on, the volunteer is told as well. */
const placeWordless = async (unit: Unit, parts: Parts, mail: MailToPlace): Promise<Placed> => {
  const { one, read } = mail;
  if (read.files === 0) return { one, says: [empty] };
  const says = [{ key: 'requester.mail.file-only' }];
  if (one === null || one.state.phase === 'closed') return { one, says };
  const words = { one, text: '', quote: 'none', length: 'whole', files: read.files, event: null, lateFrom: mail.lateFrom } as const;
  const placed = await placeMessage(unit, parts, words);
  return { one: placed.ok ? placed.value.one : one, says };
};

const withoutPlaceholders = (text: string): string => text.replace(/\[[a-z]+\]|[\s\p{P}]/gu, '');

export const placeText = async (
  unit: Unit,
  parts: Parts,
  of: { readonly mail: MailToPlace; readonly text: string; readonly beside: 'words-for-us' | 'nothing' },
): Promise<Placed> => {
  const { mail } = of;
  const { read } = mail;
  const known = [...new Set([...(await knownOfCase(unit, mail.knownFrom)), ...knownIn(read)])];
  const cleaned = parts.clean({
    text: of.text,
    known: [...known, formatMailAddress(mail.address)],
    ownTexts: await ownTexts(parts, mail.knownFrom),
    form: 'mail',
  });
  if (cleaned.clean === 'no' && cleaned.why === 'identity-left') return { one: mail.one, says: [{ key: 'requester.mail.not-clean' }] };
  if (cleaned.clean === 'no' || cleaned.text === '') return placeWordless(unit, parts, mail);
  // Below a word for us it was a name to sign with, and nothing is left of it.
  if (of.beside === 'words-for-us' && withoutPlaceholders(cleaned.text) === '') return placeWordless(unit, parts, mail);
  const first = mail.one === null ? await firstAnswerTo(unit, parts, mail) : [];
  const one = mail.one ?? (await beginFrom(unit, parts, { mail, known }));
  const files = read.files;
  const words = {
    one,
    text: cleaned.text,
    quote: cleaned.quote,
    length: cleaned.length,
    files,
    event: null,
    lateFrom: mail.lateFrom,
  } as const;
  const placed = await placeMessage(unit, parts, words);
  const says: Say[] = [...first];
  if (files > 0) says.push({ key: 'requester.mail.file' });
  if (cleaned.length === 'cut') says.push({ key: 'requester.mail.cut' });
  if (hasUnreadLetters(cleaned.text)) says.push({ key: 'requester.mail.garbled' });
  return { one: placed.ok ? placed.value.one : one, says };
};
