// One mail out of the inbox: read, recognise, clean, decide, commit. A straight line; every mail ends in a state its sender knows.
import type { Case } from '#domain/case/state.ts';
import type { Instant } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import { findRequesterWords } from '#domain/requester-words.ts';
import type { Say } from '#domain/say.ts';
import { answerDidYouWrite, provedByCode, yesOrNo } from '#relay/answer-by-mail.ts';
import { finish } from '#relay/finish.ts';
import { isFlooded } from '#relay/flood.ts';
import { expiredSay, hold, holdFirst, markClaimed, questionToSender, whatBecameOf } from '#relay/held.ts';
import type { MailAddress, MailReader, ReadMail } from '#relay/mail-port.ts';
import { onBounce } from '#relay/on-bounce.ts';
import { thanksAndHelplines } from '#relay/not-yet.ts';
import type { Parts } from '#relay/parts.ts';
import { placeMail } from '#relay/place-mail.ts';
import type { RecognisedMail } from '#relay/place-mail.ts';
import { quarantine } from '#relay/quarantine.ts';
import { inboxAad, unpackMail } from '#relay/receive.ts';
import { recogniseMail } from '#relay/recognise-mail.ts';
import { helpSay } from '#relay/requester-asks.ts';
import type { InboxRow, Lease } from '#relay/store-port.ts';
import { canonicalAddress, tellAddress } from '#relay/tell-requester.ts';
import { inUnit, later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

/** DNS that does not answer is retried for this long and then counts as nothing, never as fail. */
const dnsPatienceMs = 15 * spans.minute;
const dnsAgainMs = 30 * spans.second;

/** What was held for less is in its place among what else came. */
const shownAsLateMs = spans.minute;

interface MailTurn {
  readonly row: InboxRow;
  readonly lease: Lease;
  readonly read: ReadMail;
}

/** All but `placed` leave the row where it is: for an answer, or behind what an answer has freed. */
type Came = 'placed' | 'held' | 'later' | 'set-aside';

const setAside = async (parts: Parts, turn: MailTurn, code: string): Promise<void> => {
  await inUnit(parts, { lease: turn.lease }, async (unit) => quarantine(unit, turn.row.id));
  parts.log({ event: 'mail.set-aside', code });
};

const askDnsAgain = (parts: Parts, turn: MailTurn): Promise<void> =>
  inUnit(parts, { lease: turn.lease }, async (unit) => {
    unit.write({ write: 'inbox-change', id: turn.row.id, expect: 'received', change: { notBefore: later(unit.now, dnsAgainMs) } });
  });

/** HELP needs no proof: nobody waits for numbers of people who can help. */
const helpIn = (parts: Parts, read: ReadMail, one: Case | null): readonly Say[] => {
  const helps = findRequesterWords(read.text, 'not-asked').words.some((each) => each.word === 'help');
  return helps ? [helpSay(parts, { language: one?.language ?? parts.service.language, country: one?.country ?? null, words: 'with' })] : [];
};

/** An answer to "did you write just now?", from somebody who has no case yet. Null: it is none. */
const answerOfSender = async (unit: Unit, parts: Parts, mail: RecognisedMail): Promise<Came | null> => {
  const { read, address } = mail;
  const found = findRequesterWords(read.text, 'asked');
  const question = await questionToSender(unit, parts, address);
  // A NO without a code is believed of who has proved to have written it.
  const word = yesOrNo(found).find((each) => each.word === 'yes' || mail.level > 0);
  if (question === null || word === undefined) return null;
  const { say, claimed } = await answerDidYouWrite(unit, parts, { question, word, address });
  if (mail.automatic === 'yes') await tellAddress(unit, parts, { address, inReplyTo: read.messageId, says: [say] });
  if (!claimed || found.rest.trim() === '') return 'placed';
  markClaimed(unit, { inbox: mail.inbox, case: null });
  return 'later';
};

/** A first mail begins a case, unless too many of its kind have within the hour; then its sender is asked first. */
const begin = async (unit: Unit, parts: Parts, mail: RecognisedMail & { readonly receivedAt: Instant }): Promise<Came> => {
  const { read, address } = mail;
  if (mail.claimed === 'claimed') {
    // A code that went to this address and came back proves as much as a reply token.
    return placeMail(unit, parts, { ...mail, level: mail.level === 0 ? 1 : mail.level });
  }
  const answered = await answerOfSender(unit, parts, mail);
  if (answered !== null) return answered;
  const waits = (await questionToSender(unit, parts, address)) !== null || (await isFlooded(unit, parts, mail.level));
  if (!waits) return placeMail(unit, parts, mail);
  return holdFirst(unit, parts, {
    address,
    inReplyTo: read.messageId,
    inbox: mail.inbox,
    receivedAt: mail.receivedAt,
    automatic: mail.automatic,
    besides: helpIn(parts, read, null),
  });
};

const recognised = async (unit: Unit, parts: Parts, of: { readonly turn: MailTurn; readonly address: MailAddress }): Promise<Came> => {
  const { row, read } = of.turn;
  const { address } = of;
  const became = await whatBecameOf(parts, row.id);
  if (became === 'expired') {
    await tellAddress(unit, parts, { address, inReplyTo: read.messageId, says: [expiredSay] });
    return 'placed';
  }
  const claimed = became;
  const { placing, one, contact, sender } = await recogniseMail(unit, parts, { read, address });
  const waited = claimed === 'claimed' && unit.now - row.receivedAt >= shownAsLateMs;
  const mail = { read, address, inbox: row.id, claimed, lateFrom: waited ? row.receivedAt : null, automatic: 'yes' } as const;
  switch (placing.placing) {
    case 'hold': {
      if (one === null || contact?.kind !== 'mail') return 'placed';
      const found = findRequesterWords(read.text, 'asked');
      const proved = claimed === 'claimed' || (sender === 'on-record' && (await provedByCode(unit, parts, { one, found })));
      if (proved) return placeMail(unit, parts, { ...mail, one, level: 1 });
      const besides = sender === 'on-record' ? helpIn(parts, read, one) : [];
      await hold(unit, parts, { one, contact, inbox: row.id, besides });
      return 'held';
    }
    case 'turn-back':
      await tellAddress(unit, parts, {
        address,
        inReplyTo: read.messageId,
        says: await thanksAndHelplines(unit, parts, {
          whom: canonicalAddress(address),
          says: [...helpIn(parts, read, null), { key: 'requester.mail.other-address' }],
        }),
      });
      return 'placed';
    case 'join':
    case 'join-latest':
      return placeMail(unit, parts, { ...mail, one, level: placing.level });
    case 'begin':
      return begin(unit, parts, {
        ...mail,
        receivedAt: row.receivedAt,
        one: null,
        level: placing.level,
        automatic: placing.answer === 'answer' ? 'yes' : 'no',
      });
  }
};

const fromPerson = async (parts: Parts, of: { readonly turn: MailTurn; readonly address: MailAddress }): Promise<void> => {
  const { id } = of.turn.row;
  const code = await inUnit(parts, { lease: of.turn.lease }, async (unit) => {
    const came = await recognised(unit, parts, of);
    if (came !== 'placed') return came === 'set-aside' ? 'flood' : null;
    if (unit.leads() === 'somewhere') {
      finish(unit, id);
      return null;
    }
    // Nobody reads it, and its sender may not be answered or was answered too often today. It must not end in silence.
    quarantine(unit, id);
    return 'untold';
  });
  if (code !== null) parts.log({ event: 'mail.set-aside', code });
};

export const onMail = async (
  parts: Parts,
  turn: { readonly row: InboxRow; readonly lease: Lease; readonly reader: MailReader },
): Promise<void> => {
  const { row, lease, reader } = turn;
  const raw = unpackMail(await parts.vault.openRow(inboxAad(row.id), row));
  const read = await reader.read(raw);
  const mail: MailTurn = { row, lease, read };
  if (read.automatic.robot === 'bounce') return onBounce(parts, { ...mail, bounce: read.automatic });
  if (read.automatic.robot !== 'no') return inUnit(parts, { lease }, async (unit) => finish(unit, row.id));
  if (!read.sender.ok) return setAside(parts, mail, read.sender.why);
  const waited = parts.clock.now() - row.receivedAt;
  if (read.evidence.verdict === 'away' && waited < dnsPatienceMs) return askDnsAgain(parts, mail);
  return fromPerson(parts, { turn: mail, address: read.sender.address });
};
