// What a recognised mail says: words for us, words for the volunteer, or something that cannot be carried. Told in one mail.
import type { Case } from '#domain/case/state.ts';
import { findRequesterWords, ownTextAbove, restWithSentences, withoutCodes } from '#domain/requester-words.ts';
import type { AskedOfThem, WordsFound } from '#domain/requester-words.ts';
import type { Say } from '#domain/say.ts';
import { applyCase, putCase } from '#relay/apply-case.ts';
import { answerByMail } from '#relay/answer-by-mail.ts';
import { isFirstAnswer } from '#relay/begin-case.ts';
import { markClaimed } from '#relay/held.ts';
import type { ReadMail } from '#relay/mail-port.ts';
import { thanksAndHelplines } from '#relay/not-yet.ts';
import type { Parts } from '#relay/parts.ts';
import { firstAnswerTo, learnFrom, placeText, saysEmpty } from '#relay/place-text.ts';
import type { MailToPlace, Placed } from '#relay/place-text.ts';
import { questionsAsked } from '#relay/questions.ts';
import { countrySay, helpSay, keepCountry, tellHolder } from '#relay/requester-asks.ts';
import { canonicalAddress, tellAddress, tellRequester } from '#relay/tell-requester.ts';
import type { Unit } from '#relay/unit.ts';

export type RecognisedMail = Omit<MailToPlace, 'knownFrom'> & {
  readonly inbox: string;
  /** Was it held, and did a code prove it? Then the code in it has been dealt with. */
  readonly claimed: 'claimed' | 'no';
};

/** What keeps a mail from being read as words, as the sentence its sender gets. */
const obstacle = (parts: Parts, read: ReadMail): Say | null => {
  if (read.unreadable === 'too-large') {
    return {
      key: 'requester.mail.too-large',
      slots: { most: { slot: 'number', value: Math.floor(parts.service.largestMail / 1_000_000) } },
    };
  }
  if (read.encrypted !== 'no')
    return { key: 'requester.mail.encrypted', slots: { chat: { slot: 'block', lines: [parts.service.frontUser] } } };
  if (read.unreadable !== 'no') return { key: 'requester.mail.unreadable' };
  return null;
};

/** A subject that carries words is carried as a first line; what mail programs put there by themselves is not. */
const withSubject = (read: ReadMail, one: Case | null): string => {
  const subject = read.subject.trim();
  const carries = one === null && subject !== '' && !/^(?:re|aw|fwd?|wg|sv|vs)\s*:/iu.test(subject);
  return carries ? `${subject}\n\n` : '';
};

const howToBegin: Say = { key: 'requester.new.how' };

interface Done {
  /** Where to find people to talk to: said before anything else. */
  readonly helplines: readonly Say[];
  readonly says: readonly Say[];
}

/** The words for us, in the order written. Some need a case; without one they are answered all the same. */
const doWords = async (
  unit: Unit,
  parts: Parts,
  of: { readonly found: WordsFound; readonly one: Case | null; readonly words: 'with' | 'in-first-answer' },
): Promise<Done> => {
  const helplines: Say[] = [];
  const says: Say[] = [];
  const language = of.one?.language ?? parts.service.language;
  let country = of.one?.country ?? null;
  for (const word of of.found.words) {
    switch (word.word) {
      case 'country': {
        const answer = countrySay(parts, { language, named: word.name });
        country = answer.country ?? country;
        if (of.one !== null && answer.country !== null) await keepCountry(unit, of.one, answer.country);
        if (of.one !== null && answer.country !== null) await tellHolder(unit, { one: of.one, key: 'case.they-asked-country' });
        helplines.push(answer.say);
        break;
      }
      case 'help':
        helplines.push(helpSay(parts, { language, country, words: of.words }));
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
  return { helplines, says };
};

const askedOf = async (unit: Unit, one: Case | null): Promise<AskedOfThem> => {
  const contact = one === null ? null : await unit.load('contact', one.contact);
  const questions = contact?.value.kind === 'mail' ? await questionsAsked(unit, contact.value.questions) : [];
  return questions.length > 0 ? 'asked' : 'not-asked';
};

interface Raised {
  readonly one: Case;
  readonly says: readonly Say[];
}

/** Better proof than the case had until now. Whoever got no answer because they may not have written gets it then. */
const raise = async (unit: Unit, parts: Parts, of: { readonly mail: RecognisedMail; readonly one: Case }): Promise<Raised> => {
  const { mail, one } = of;
  if (mail.level <= one.level) return { one, says: [] };
  const raised: Case = { ...one, level: mail.level, automatic: 'yes' };
  await putCase(unit, raised);
  return { one: raised, says: one.automatic === 'no' ? await firstAnswerTo(unit, parts, { address: mail.address, automatic: 'yes' }) : [] };
};

const onceForCase = async (unit: Unit, parts: Parts, one: Case): Promise<boolean> => {
  const canonical = `copies|${one.id}`;
  if ((await parts.store.lookup('robot-day', parts.vault.hash('robot-day', canonical).hash)).length > 0) return false;
  unit.index('robot-day', { canonical, ref: one.id, owner: one.id });
  return true;
};

/**
 * Everything a mail of a known or new sender can say. `later`: what was held for them goes first, and this one after it.
 * Resolves when the unit holds all that follows from it.
 */
export const placeMail = async (unit: Unit, parts: Parts, mail: RecognisedMail): Promise<'placed' | 'later'> => {
  const { read } = mail;
  const tell = async (one: Case | null, says: readonly Say[]): Promise<void> => {
    const automatic = one?.automatic ?? mail.automatic;
    if (says.length === 0 || automatic === 'no') return;
    if (one !== null) return tellRequester(unit, parts, { one, says, auto: 'auto-replied' });
    const whole = await thanksAndHelplines(unit, parts, { whom: canonicalAddress(mail.address), says });
    return tellAddress(unit, parts, { address: mail.address, inReplyTo: read.messageId, says: whole });
  };
  const raised = mail.one === null ? null : await raise(unit, parts, { mail, one: mail.one });
  const known = raised?.one ?? null;
  if (known !== null) await learnFrom(unit, known, read);
  const blocked = obstacle(parts, read);
  if (blocked !== null) {
    await tell(known, [...(raised?.says ?? []), blocked]);
    return 'placed';
  }

  const written = mail.claimed === 'claimed' ? withoutCodes(read.text) : read.text;
  const asked = await askedOf(unit, known);
  const found = findRequesterWords(written, asked);
  const own = ownTextAbove(found.rest).trim() !== '';
  const answered = known === null ? null : await answerByMail(unit, parts, { one: known, found });
  if (known !== null && answered?.held === 'claimed' && own) {
    markClaimed(unit, { inbox: mail.inbox, case: known.id });
    await tell(known, [...(raised?.says ?? []), ...answered.says]);
    return 'later';
  }
  const begins = found.words.some((word) => word.word === 'new');
  const helps = found.words.some((word) => word.word === 'help') && (begins || known === null);
  if (begins && !own && !helps) {
    await tell(known, [...(raised?.says ?? []), ...(answered?.says ?? []), howToBegin]);
    return 'placed';
  }
  const target: MailToPlace = { ...mail, one: begins ? null : known, knownFrom: known };
  const sentences = restWithSentences(written, { asked, isCountry: (name) => parts.helplines.country(name) !== null });
  const text = withSubject(read, target.one) + (helps && found.rest.trim() === '' ? 'HELP' : sentences);
  // A mail of nothing but words for us, and perhaps a quote below them, has no text for the volunteer.
  const wordsAbove = findRequesterWords(ownTextAbove(written), asked).words;
  const hasText = (wordsAbove.length === 0 || own || helps) && answered?.again !== 'declined';
  const beside = wordsAbove.length > 0 && !helps ? 'words-for-us' : 'nothing';
  const placed: Placed = hasText ? await placeText(unit, parts, { mail: target, text, beside }) : { one: target.one, says: [] };
  const words = placed.says.some(isFirstAnswer) ? 'in-first-answer' : 'with';
  // What stood beside words for us was a signature: whoever wrote those is not told that the mail was empty.
  const wordsAlone = placed.says.some(saysEmpty) && (found.words.length > 0 || written !== read.text);
  const said = await doWords(unit, parts, { found, one: placed.one, words });
  const copies = placed.one !== null && read.othersAddressed > 0 && (await onceForCase(unit, parts, placed.one));
  await tell(placed.one ?? known, [
    ...said.helplines,
    ...(answered?.says ?? []),
    ...(begins && known !== null && placed.one !== null ? [{ key: 'requester.new.done-mail' }] : []),
    ...(raised?.says ?? []),
    ...(wordsAlone && begins ? [howToBegin] : []),
    ...(wordsAlone ? placed.says.filter((say) => !saysEmpty(say)) : placed.says),
    ...said.says,
    ...(copies ? [{ key: 'requester.mail.copies' }] : []),
  ]);
  return 'placed';
};
