// Mails that are held until somebody has answered "did you write just now?": the contact on record, or, when a flood of unproven
// first mails comes in, the sender of each. What is held is unread; it is placed in its turn, or gone.
import type { Case } from '#domain/case/state.ts';
import type { CaseId, QuestionId } from '#domain/ids.ts';
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
import { canonicalAddress, onceADay, tellAddress, tellRequester } from '#relay/tell-requester.ts';
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
  const about = didYouWrite(one.id);
  const standing = (await loadQuestions(unit, contact.questions)).find((question) => question.about === about);
  if (standing !== undefined) await putQuestion(unit, { ...standing, held: [...standing.held, inbox] }, underOwner(one.id));
  else
    await askTheContact(
      unit,
      parts,
      await askContact(unit, parts, { contact: contact.id, case: one.id, ask: askFor(unit, parts, { about, inbox }) }),
    );
  if (besides.length > 0) await tellRequester(unit, parts, { one, says: besides, auto: 'auto-replied' });
};

/** Today, or, when they were asked today already, as soon as they may be asked again. */
export const askTheContact = async (unit: Unit, parts: Parts, question: Question): Promise<void> => {
  const one = question.case === null ? null : await unit.load('case', question.case);
  const contact = one === null ? null : await unit.load('contact', one.value.contact);
  if (one === null || contact === null || contact.value.kind !== 'mail') return;
  if (await onceADay(unit, parts, { whom: canonicalAddress(contact.value.address), purpose: 'did-you-write' })) {
    await tellRequester(unit, parts, { one: one.value, says: [askingSay(unit, parts, question)] });
    return;
  }
  unit.timer('held-ask', { ref: question.id, at: instant((Math.floor(unit.now / spans.day) + 1) * spans.day) });
};

const strangerKey = (address: MailAddress): string => `asked|${canonicalAddress(address)}`;

/** The question that stands for somebody of whom nothing is known but the address of what is held. */
export const questionToSender = async (unit: Unit, parts: Parts, address: MailAddress): Promise<Question | null> => {
  for (const entry of await parts.store.lookup('code', parts.vault.hash('code', strangerKey(address)).hash)) {
    const question = await unit.load('question', entry.ref);
    if (question !== null) return question.value;
  }
  return null;
};

/** Holds a first mail; its sender is asked, if an automatic mail may go there at all. `besides`: what they asked for is not held up. */
export const holdFirst = async (
  unit: Unit,
  parts: Parts,
  of: {
    readonly address: MailAddress;
    readonly inReplyTo: string | null;
    readonly inbox: string;
    readonly automatic: Case['automatic'];
    readonly besides: readonly Say[];
  },
): Promise<void> => {
  const { address, inbox } = of;
  setHeld(unit, inbox);
  const standing = await questionToSender(unit, parts, address);
  const says = [...of.besides];
  if (standing !== null) await putQuestion(unit, { ...standing, held: [...standing.held, inbox] }, { under: 'storage' });
  else {
    const question = await askSender(unit, parts, askFor(unit, parts, { about: 'did-you-write', inbox }));
    unit.index('code', { canonical: strangerKey(address), ref: question.id, owner: null, dropAt: later(unit.now, parts.limits.heldMs) });
    if (of.automatic === 'yes' && (await onceADay(unit, parts, { whom: canonicalAddress(address), purpose: 'did-you-write' })))
      says.push(askingSay(unit, parts, question));
  }
  if (of.automatic === 'no' || says.length === 0) return;
  const whole = await withHelplines(unit, parts, { whom: canonicalAddress(address), says });
  await tellAddress(unit, parts, { address, inReplyTo: of.inReplyTo, says: whole });
};

const claimKey = (inbox: string): string => `claimed|${inbox}`;
const claimKeptMs = 7 * spans.day;

/** From now on this mail counts as written by the one it says, which a code has proved. */
export const markClaimed = (unit: Unit, of: { readonly inbox: string; readonly case: CaseId | null }): void =>
  unit.index('code', { canonical: claimKey(of.inbox), ref: of.inbox, owner: of.case, dropAt: later(unit.now, claimKeptMs) });

/** Held mails go back into their lanes: they are placed in their turn by the same line as all others. */
export const claimHeld = async (unit: Unit, parts: Parts, question: Question): Promise<void> => {
  for (const id of question.held) {
    markClaimed(unit, { inbox: id, case: question.case });
    unit.write({ write: 'inbox-change', id, expect: 'held', change: { state: 'received', notBefore: unit.now } });
    const row = await parts.store.inboxRow(id);
    if (row !== null) unit.wake('core', row.lane);
  }
};

export const isClaimed = async (parts: Parts, inbox: string): Promise<boolean> =>
  (await parts.store.lookup('code', parts.vault.hash('code', claimKey(inbox)).hash)).length > 0;

/** What was held is gone, unread. */
export const discardHeld = (unit: Unit, question: Question): void => {
  for (const id of question.held) unit.write({ write: 'inbox-change', id, expect: 'held', change: emptied });
};

export const askAgainLater = async (unit: Unit, parts: Parts, id: QuestionId): Promise<void> => {
  const question = await unit.load('question', id);
  if (question !== null) await askTheContact(unit, parts, question.value);
};
