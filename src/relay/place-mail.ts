// What a recognised mail says: words for us, words for the volunteer, or something that cannot be carried. Told in one mail.
import type { Case } from '#domain/case/state.ts';
import type { Level } from '#domain/case/state.ts';
import { findRequesterWords } from '#domain/requester-words.ts';
import type { AskedOfThem, WordsFound } from '#domain/requester-words.ts';
import type { Say } from '#domain/say.ts';
import { applyCase } from '#relay/apply-case.ts';
import { beginCase, firstAnswer } from '#relay/begin-case.ts';
import { answerByMail } from '#relay/answer-by-mail.ts';
import { formatMailAddress } from '#relay/mail-address-form.ts';
import type { MailAddress, ReadMail } from '#relay/mail-port.ts';
import type { Parts } from '#relay/parts.ts';
import { placeMessage } from '#relay/place-message.ts';
import type { Contact, MessageOut } from '#relay/record-types.ts';
import { countrySay, helpSay, keepCountry, tellHolder } from '#relay/requester-asks.ts';
import { canonicalAddress, onceADay, tellAddress, tellRequester } from '#relay/tell-requester.ts';
import { underWayBack } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

export interface MailToPlace {
  readonly read: ReadMail;
  readonly address: MailAddress;
  /** Null: it begins a case. */
  readonly one: Case | null;
  readonly level: Level;
  readonly automatic: Case['automatic'];
}

const threadLength = 20;
const ownTextsLookedAt = 30;

/** What keeps a mail from being read as words, as the sentence its sender gets. */
const obstacle = (parts: Parts, read: ReadMail): Say | null => {
  if (read.unreadable === 'too-large') {
    return { key: 'requester.mail.too-large', slots: { most: { slot: 'number', value: Math.floor(parts.service.largestMail / 1_000_000) } } };
  }
  if (read.encrypted !== 'no') return { key: 'requester.mail.encrypted' };
  if (read.unreadable !== 'no') return { key: 'requester.mail.unreadable' };
  if (read.text.trim() === '' && read.subject.trim() === '') return { key: read.files > 0 ? 'requester.mail.file-only' : 'requester.mail.empty' };
  return null;
};

const ownTexts = async (parts: Parts, one: Case | null): Promise<readonly string[]> => {
  if (one === null) return [];
  const messages = await parts.records.find({ kind: 'message', parent: one.id });
  const out = messages.map((record) => record.value).filter((value): value is MessageOut => value.direction === 'out');
  const answer = parts.words.render(one.language, await firstAnswer(parts, { channel: 'mail', now: one.openedAt }));
  return [answer, ...out.slice(-ownTextsLookedAt).map((message) => message.lines.map((line) => line.text ?? '').join('\n'))];
};

/** Their Message-ID joins the thread, and what the mail tells about who they are joins the strings to take out. */
const learn = async (unit: Unit, one: Case, read: ReadMail): Promise<void> => {
  const contact = await unit.load('contact', one.contact);
  if (contact === null || contact.value.kind !== 'mail') return;
  const thread = read.messageId === null ? contact.value.thread : [...contact.value.thread, read.messageId].slice(-threadLength);
  const known = [...new Set([...contact.value.known, ...knownIn(read)])].slice(0, 100);
  await unit.put('contact', { ...contact, under: underWayBack(one.id), value: { ...contact.value, thread, known } });
};

const knownIn = (read: ReadMail): readonly string[] => [...new Set([read.displayName, ...read.identity].filter((each) => each.trim() !== ''))];

/** A subject that carries words is carried as a first line; what mail programs put there by themselves is not. */
const withSubject = (read: ReadMail, one: Case | null): string => {
  const subject = read.subject.trim();
  const carries = one === null && subject !== '' && !/^(?:re|aw|fwd?|wg|sv|vs)\s*:/iu.test(subject);
  return carries ? `${subject}\n\n` : '';
};

interface Placed {
  readonly one: Case | null;
  readonly says: readonly Say[];
}

const beginFrom = (unit: Unit, parts: Parts, mail: MailToPlace): Promise<Case> =>
  beginCase(unit, parts, {
    channel: 'mail',
    level: mail.level,
    automatic: mail.automatic,
    canonical: canonicalAddress(mail.address),
    contact: (ids): Contact => ({
      kind: 'mail',
      id: ids.contact,
      case: ids.case,
      address: mail.address,
      known: knownIn(mail.read),
      thread: mail.read.messageId === null ? [] : [mail.read.messageId],
      questions: [],
    }),
  });

/** The part for the volunteer. */
const placeText = async (unit: Unit, parts: Parts, of: { readonly mail: MailToPlace; readonly text: string }): Promise<Placed> => {
  const { mail } = of;
  const { read } = mail;
  const contact = mail.one === null ? null : await unit.load('contact', mail.one.contact);
  const cleaned = parts.clean({
    text: of.text,
    known: [...(contact?.value.known ?? []), ...knownIn(read), formatMailAddress(mail.address)],
    ownTexts: await ownTexts(parts, mail.one),
    form: 'mail',
  });
  if (cleaned.clean === 'no') {
    return { one: mail.one, says: [{ key: cleaned.why === 'nothing-left' ? 'requester.mail.empty' : 'requester.mail.not-clean' }] };
  }
  const begun = mail.one === null;
  const first = begun && (await onceADay(unit, parts, { whom: canonicalAddress(mail.address), purpose: 'first' }));
  const one = mail.one ?? (await beginFrom(unit, parts, mail));
  const files = read.files;
  const words = { one, text: cleaned.text, quote: cleaned.quote, length: cleaned.length, files, event: null, lateFrom: null } as const;
  const placed = await placeMessage(unit, parts, words);
  const says: Say[] = [];
  if (first) says.push(await firstAnswer(parts, { channel: 'mail', now: unit.now }));
  if (files > 0) says.push({ key: 'requester.mail.file' });
  if (cleaned.length === 'cut') says.push({ key: 'requester.mail.cut' });
  return { one: placed.ok ? placed.value.one : one, says };
};

/** The words for us, in the order written. Some need a case; without one they are answered all the same. */
const doWords = async (unit: Unit, parts: Parts, of: { readonly mail: MailToPlace; readonly found: WordsFound; readonly one: Case | null }): Promise<readonly Say[]> => {
  const says: Say[] = [];
  const language = of.one?.language ?? parts.service.language;
  let country = of.one?.country ?? null;
  for (const word of of.found.words) {
    switch (word.word) {
      case 'country': {
        const answer = countrySay(parts, { language, named: word.name });
        country = answer.country ?? country;
        if (of.one !== null && answer.country !== null) await keepCountry(unit, of.one, answer.country);
        if (of.one !== null) await tellHolder(unit, { one: of.one, key: 'case.they-asked-country' });
        says.push(answer.say);
        break;
      }
      case 'help':
        says.push(helpSay(parts, { language, country }));
        if (of.one !== null) await tellHolder(unit, { one: of.one, key: 'case.they-asked-help' });
        break;
      case 'stop':
        if (of.one === null) says.push({ key: 'requester.stop.nothing' });
        else {
          const stopped = await applyCase(unit, parts, { case: of.one.id, command: { type: 'stop' } });
          if (!stopped.ok) says.push({ key: 'requester.stop.nothing' });
        }
        break;
      case 'yes':
      case 'no':
      case 'new':
        // Answers and NEW were looked at before the text was placed.
        break;
    }
  }
  return says;
};

const askedOf = async (unit: Unit, one: Case | null): Promise<AskedOfThem> => {
  const contact = one === null ? null : await unit.load('contact', one.contact);
  return contact?.value.kind === 'mail' && contact.value.questions.length > 0 ? 'asked' : 'not-asked';
};

/** Everything a mail of a known or new sender can say. Resolves when the unit holds all that follows from it. */
export const placeMail = async (unit: Unit, parts: Parts, mail: MailToPlace): Promise<void> => {
  const { read } = mail;
  const tell = (one: Case | null, says: readonly Say[]): Promise<void> => {
    if (says.length === 0 || mail.automatic === 'no') return Promise.resolve();
    if (one !== null) return tellRequester(unit, parts, { one, says, auto: 'auto-replied' });
    return tellAddress(unit, parts, { address: mail.address, inReplyTo: read.messageId, says });
  };
  if (mail.one !== null) await learn(unit, mail.one, read);
  const blocked = obstacle(parts, read);
  if (blocked !== null) return tell(mail.one, [blocked]);

  const found = findRequesterWords(read.text, await askedOf(unit, mail.one));
  const answered = mail.one === null ? [] : await answerByMail(unit, parts, { one: mail.one, found });
  const begins = found.words.some((word) => word.word === 'new');
  const target: MailToPlace = begins ? { ...mail, one: null } : mail;
  const helps = found.words.some((word) => word.word === 'help');
  const text = withSubject(read, target.one) + (found.rest.trim() === '' && helps && target.one === null ? 'HELP' : found.rest);
  const wordless = found.words.length === 0;
  // A mail of nothing but words for us, and perhaps a quote below them, has no text for the volunteer.
  const placed: Placed =
    wordless || hasOwnText(found.rest) || (helps && target.one === null)
      ? await placeText(unit, parts, { mail: target, text })
      : { one: target.one, says: [] };
  const said = await doWords(unit, parts, { mail: target, found, one: placed.one });
  const copies = placed.one !== null && read.othersAddressed > 0 && (await onceADay(unit, parts, { whom: canonicalAddress(mail.address), purpose: `copies|${placed.one.id}` }));
  return tell(placed.one ?? mail.one, [
    ...answered,
    ...(begins && placed.one !== null ? [{ key: 'requester.new.done' }] : []),
    ...placed.says,
    ...said,
    ...(copies ? [{ key: 'requester.mail.copies' }] : []),
  ]);
};

const hasOwnText = (rest: string): boolean => {
  const own = rest.split(/\n(?=\s*(?:>|-{3,}|_{5,}|--\s*\n))/u)[0] ?? '';
  return own.replace(/^.*(?:wrote|schrieb|écrit|escribió|scrisse|schreef|skrev|napisał).{0,40}:\s*$/gimu, '').trim() !== '';
};
