// Mails that are held until somebody has answered "did you write just now?": the contact on record, or, when a flood of unproven
// first mails comes in, the sender of each. What is held is unread; it is placed in its turn, or gone, and its sender told.
import type { Case } from '#domain/case/state.ts';
import type { CaseId, Instant, QuestionId } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import type { Question } from '#domain/question.ts';
import type { Say } from '#domain/say.ts';
import { emptied } from '#relay/finish.ts';
import type { MailAddress } from '#relay/mail-port.ts';
import { withHelplines } from '#relay/not-yet.ts';
import type { Parts } from '#relay/parts.ts';
import { askContact, askSender, loadQuestions, putQuestion } from '#relay/questions.ts';
import type { Ask } from '#relay/questions.ts';
import type { Contact } from '#relay/record-types.ts';
import { quarantine } from '#relay/quarantine.ts';
import { canonicalAddress, onceADay, onceMoreToday, tellAddress, tellRequester } from '#relay/tell-requester.ts';
import type { TellingAs } from '#relay/tell-requester.ts';
import { later, underOwner } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

export const didYouWrite = (id: CaseId): string => `did-you-write:${id}`;

/** Eight characters without those that look alike; 40 bits, five tries, 72 hours at most. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const codeLength = 8;

const drawCode = (parts: Parts): string =>
  Array.from({ length: codeLength }, () => alphabet[parts.chance.below(alphabet.length)] ?? '2').join('');

/** The question with a fresh code, of which only a hash is kept. */
const askingSay = (unit: Unit, parts: Parts, question: Question): Say => {
  const code = drawCode(parts);
  unit.index('code', {
    canonical: code,
    ref: question.id,
    owner: question.case,
    dropAt: question.deadline ?? later(unit.now, parts.limits.heldMs),
  });
  return {
    key: 'requester.did-you-write.ask',
    slots: { code: { slot: 'code', value: code }, held: { slot: 'span', ms: parts.limits.heldMs } },
  };
};

export const codeFits = async (parts: Parts, of: { readonly question: Question; readonly code: string }): Promise<boolean> => {
  const entries = await parts.store.lookup('code', parts.vault.hash('code', of.code).hash);
  return of.question.triesLeft > 0 && entries.some((entry) => entry.ref === of.question.id);
};

const askFor = (unit: Unit, parts: Parts, of: { readonly about: string; readonly inbox: string }): Ask => ({
  about: of.about,
  asks: { key: 'requester.did-you-write.ask' },
  // Answered by the code in it, or by a NO.
  answers: [],
  silence: { act: 'nothing' },
  deadline: later(unit.now, parts.limits.heldMs),
  held: [of.inbox],
});

const setHeld = (unit: Unit, inbox: string): void =>
  unit.write({ write: 'inbox-change', id: inbox, expect: 'received', change: { state: 'held' } });

/** Holds a mail for this case's contact; asks once a day, and adds to a question that stands. `besides`: what they asked for is not held up. */
export const hold = async (
  unit: Unit,
  parts: Parts,
  of: {
    readonly one: Case;
    readonly contact: Contact & { readonly kind: 'mail' };
    readonly inbox: string;
    readonly besides: readonly Say[];
  },
): Promise<void> => {
  const { one, contact, inbox, besides } = of;
  setHeld(unit, inbox);
  if (besides.length > 0) await tellRequester(unit, parts, { one, says: besides, auto: 'auto-replied' });
  const about = didYouWrite(one.id);
  const standing = (await loadQuestions(unit, contact.questions)).find((question) => question.about === about);
  if (standing !== undefined) await putQuestion(unit, { ...standing, held: [...standing.held, inbox] }, underOwner(one.id));
  else
    await askTheContact(
      unit,
      parts,
      await askContact(unit, parts, { contact: contact.id, case: one.id, ask: askFor(unit, parts, { about, inbox }) }),
    );
};

const whoWrote = (address: MailAddress): Parameters<typeof onceADay>[2] => ({ whom: canonicalAddress(address), purpose: 'did-you-write' });

/** Once a day; and once more for each time that a code has proved it was they, since where no mail can be proved every one is held. */
const mayAskWhoWrote = (unit: Unit, parts: Parts, address: MailAddress): Promise<boolean> => onceADay(unit, parts, whoWrote(address));

/** Today, or, when they were asked today already, as soon as they may be asked again. */
export const askTheContact = async (unit: Unit, parts: Parts, question: Question): Promise<void> => {
  const one = question.case === null ? null : await unit.load('case', question.case);
  const contact = one === null ? null : await unit.load('contact', one.value.contact);
  if (one === null || contact === null || contact.value.kind !== 'mail') return;
  if (await mayAskWhoWrote(unit, parts, contact.value.address)) {
    await putQuestion(unit, { ...question, asking: 'done' }, underOwner(one.value.id));
    // Also where nothing else automatic goes: whoever is on record can settle it, and nothing else does.
    await tellRequester(unit, parts, { one: { ...one.value, automatic: 'yes' }, says: [askingSay(unit, parts, question)], as: 'question' });
    return;
  }
  await putQuestion(unit, { ...question, asking: 'tomorrow' }, underOwner(one.value.id));
  unit.timer('held-ask', { ref: question.id, at: tomorrow(unit.now) });
};

const tomorrow = (now: Instant): Instant => instant((Math.floor(now / spans.day) + 1) * spans.day);

const strangerKey = (address: MailAddress): string => `asked|${canonicalAddress(address)}`;

/** The question that stands for somebody of whom nothing is known but the address of what is held. */
export const questionToSender = async (unit: Unit, parts: Parts, address: MailAddress): Promise<Question | null> => {
  for (const entry of await parts.store.lookup('code', parts.vault.hash('code', strangerKey(address)).hash)) {
    const question = await unit.load('question', entry.ref);
    if (question !== null) return question.value;
  }
  return null;
};

interface FirstMail {
  readonly address: MailAddress;
  readonly inReplyTo: string | null;
  readonly inbox: string;
  readonly receivedAt: Instant;
  readonly automatic: Case['automatic'];
  /** What they asked for is not held up. */
  readonly besides: readonly Say[];
}

const shortestWaitMs = 30 * spans.minute;

/**
 * Nobody can be asked about it today: it waits outside its lane and is looked at again, and comes in once the flood is over. To an
 * address that may not have written nothing automatic goes; when the flood lasts as long as anything is held, the operator owns it.
 */
const waitOutside = (unit: Unit, parts: Parts, first: FirstMail): 'held' | 'set-aside' => {
  const waited = unit.now - first.receivedAt;
  if (first.automatic === 'no' && waited >= parts.limits.heldMs) {
    quarantine(unit, first.inbox);
    return 'set-aside';
  }
  setHeld(unit, first.inbox);
  const growing = Math.min(unit.now + Math.max(shortestWaitMs, waited), first.receivedAt + parts.limits.heldMs);
  unit.timer('held-again', { ref: first.inbox, at: first.automatic === 'no' ? instant(growing) : tomorrow(unit.now) });
  return 'held';
};

/** Holds a first mail and asks its sender, once a day; a question that stands is asked for this one as well. */
export const holdFirst = async (unit: Unit, parts: Parts, first: FirstMail): Promise<'held' | 'set-aside'> => {
  const { address, inbox } = first;
  const standing = await questionToSender(unit, parts, address);
  const whom = canonicalAddress(address);
  const tell = async (says: readonly Say[], as: TellingAs = 'words'): Promise<void> => {
    if (first.automatic === 'no' || says.length === 0) return;
    const whole = await withHelplines(unit, parts, { whom, says });
    await tellAddress(unit, parts, { address, inReplyTo: first.inReplyTo, says: whole, as });
  };
  if (standing !== null) {
    setHeld(unit, inbox);
    await putQuestion(unit, { ...standing, held: [...standing.held, inbox] }, { under: 'storage' });
    await tell(first.besides);
    return 'held';
  }
  if (first.automatic === 'no' || !(await mayAskWhoWrote(unit, parts, address))) {
    await tell(first.besides);
    return waitOutside(unit, parts, first);
  }
  setHeld(unit, inbox);
  const question = await askSender(unit, parts, askFor(unit, parts, { about: 'did-you-write', inbox }));
  unit.index('code', { canonical: strangerKey(address), ref: question.id, owner: null, dropAt: later(unit.now, parts.limits.heldMs) });
  await tell([...first.besides, askingSay(unit, parts, question)], 'question');
  return 'held';
};

const markKeptMs = 7 * spans.day;

const mark = (unit: Unit, of: { readonly as: 'claimed' | 'expired'; readonly inbox: string; readonly case: CaseId | null }): void =>
  unit.index('code', { canonical: `${of.as}|${of.inbox}`, ref: of.inbox, owner: of.case, dropAt: later(unit.now, markKeptMs) });

const isMarked = async (parts: Parts, of: { readonly as: 'claimed' | 'expired'; readonly inbox: string }): Promise<boolean> =>
  (await parts.store.lookup('code', parts.vault.hash('code', `${of.as}|${of.inbox}`).hash)).length > 0;

/** From now on this mail counts as written by the one it says, which a code has proved. */
export const markClaimed = (unit: Unit, of: { readonly inbox: string; readonly case: CaseId | null }): void =>
  mark(unit, { as: 'claimed', ...of });

/** Has a code proved it, or is its time over without one? */
export const whatBecameOf = async (parts: Parts, inbox: string): Promise<'claimed' | 'expired' | 'no'> => {
  if (await isMarked(parts, { as: 'claimed', inbox })) return 'claimed';
  return (await isMarked(parts, { as: 'expired', inbox })) ? 'expired' : 'no';
};

/** A held mail goes back into its lane and is dealt with in its turn, by the same line as all others. */
export const backIntoLane = async (unit: Unit, parts: Parts, id: string): Promise<void> => {
  const row = await parts.store.inboxRow(id);
  if (row?.state !== 'held') return;
  unit.write({ write: 'inbox-change', id, expect: 'held', change: { state: 'received', notBefore: unit.now } });
  unit.wake('core', row.lane);
};

export const claimHeld = async (
  unit: Unit,
  parts: Parts,
  of: { readonly question: Question; readonly address: MailAddress },
): Promise<void> => {
  const { question } = of;
  onceMoreToday(unit, parts, whoWrote(of.address));
  for (const id of question.held) {
    markClaimed(unit, { inbox: id, case: question.case });
    await backIntoLane(unit, parts, id);
  }
};

/** No answer came. Who is on record is told; where nobody is, the address stands in the mail alone, which is read for it once more. */
export const expireHeld = async (unit: Unit, parts: Parts, question: Question): Promise<void> => {
  const one = question.case === null ? null : await unit.load('case', question.case);
  const [first, ...others] = question.held;
  if (one !== null || first === undefined) {
    discardHeld(unit, question);
    if (one !== null) await tellRequester(unit, parts, { one: { ...one.value, automatic: 'yes' }, says: [expiredSay] });
    return;
  }
  mark(unit, { as: 'expired', inbox: first, case: null });
  await backIntoLane(unit, parts, first);
  discardHeld(unit, { ...question, held: others });
};

export const expiredSay: Say = { key: 'requester.did-you-write.expired' };

/** What was held is gone, unread. */
export const discardHeld = (unit: Unit, question: Question): void => {
  for (const id of question.held) unit.write({ write: 'inbox-change', id, expect: 'held', change: emptied });
};

export const askAgainLater = async (unit: Unit, parts: Parts, id: QuestionId): Promise<void> => {
  const question = await unit.load('question', id);
  if (question !== null) await askTheContact(unit, parts, question.value);
};
