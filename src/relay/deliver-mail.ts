// Sends what stands in a mail lane. The address is read from the contact's record at this moment and nowhere kept.
import type { Case } from '#domain/case/state.ts';

import type { Instant } from '#domain/ids.ts';
import type { OutState } from '#domain/outgoing.ts';
import { spans } from '#domain/limits.ts';
import type { Say, Slot } from '#domain/say.ts';
import type { Channel, Tried } from '#relay/drain-outbox.ts';
import type { MailOutcome, MailSender, OutgoingMail } from '#relay/mail-port.ts';
import { loadOut, markLines, putMessage } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import type { Contact, MessageOut } from '#relay/record-types.ts';
import type { Lease, OutboxRow } from '#relay/store-port.ts';
import { tellFailed } from '#relay/tell-failed.ts';
import { aliasSlotOf } from '#relay/telling.ts';
import { inUnit, underWayBack } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';
import type { MailStamp, MailWork, Work } from '#relay/work.ts';

/** A server that says "later" for longer than this will not say anything else. */
const patienceMs = 72 * spans.hour;
const blockedPauseMs = spans.minute;
/** The outgoing server itself is away, whoever the mail is for: then all goes on within half a minute of its coming back (O1). */
const serverAway: ReadonlySet<string> = new Set(['unreachable', 'lost', 'timeout', 'dns', 'token-away']);
const awayPauseMs = 20 * spans.second;
const threadLength = 20;

const nothing: Tried = { end: 'done', follow: async () => undefined };

interface Composed {
  readonly mail: Omit<OutgoingMail, 'lane'>;
  readonly contact: (Contact & { readonly kind: 'mail' }) | null;
  readonly message: MessageOut | null;
}

const renderAll = (parts: Parts, of: { readonly language: string; readonly says: readonly Say[] }): string =>
  of.says.map((say) => parts.words.render(of.language, say).trim()).join('\n\n');

const envelope = (parts: Parts, of: { readonly language: string; readonly stamp: MailStamp; readonly thread: readonly string[] }) => ({
  subject: parts.words.render(of.language, { key: 'mail.subject' }).trim(),
  messageId: `${of.stamp.token}@${parts.service.mailDomain}`,
  date: of.stamp.date,
  inReplyTo: of.thread.at(-1) ?? null,
  references: of.thread,
  replyToken: of.stamp.token,
});

const wordsOf = (parts: Parts, of: { readonly one: Case; readonly message: MessageOut }): string => {
  const { one, message } = of;
  const text = message.lines.flatMap((line) => (line.text === null ? [] : [line.text])).join('\n\n');
  const alias = aliasSlotOf(message.alias);
  const says = (key: string, slots: Readonly<Record<string, Slot>>): string => parts.words.render(one.language, { key, slots }).trim();
  const when = (at: Instant): Slot => ({ slot: 'time', value: at, zone: parts.service.zone, form: 'day-and-clock' });
  const head =
    message.corrects === null
      ? ''
      : `${says('requester.correction', { when: when(message.corrects), zone: { slot: 'zone', value: parts.service.zone } })}\n\n`;
  return `${head}${text}\n\n${says('requester.signed', { alias })}`;
};

/** The case's contact by mail, or null when there is no way back any more. */
const mailContact = async (unit: Unit, id: string): Promise<(Contact & { readonly kind: 'mail' }) | null> => {
  const contact = await unit.load('contact', id);
  return contact?.value.kind === 'mail' ? contact.value : null;
};

const compose = async (unit: Unit, parts: Parts, work: MailWork): Promise<Composed | null> => {
  if (work.work === 'mail-owed') {
    const thread = work.inReplyTo === null ? [] : [work.inReplyTo];
    const text = renderAll(parts, work);
    // An answer to an address without a case takes no bounce: there is nobody to tell.
    const mail = { ...envelope(parts, { ...work, thread }), to: work.to, text, verpToken: null, autoSubmitted: 'auto-replied' } as const;
    return { mail, contact: null, message: null };
  }
  const contact = await mailContact(unit, work.contact);
  const one = contact === null ? null : ((await unit.load('case', contact.case))?.value ?? null);
  if (contact === null || one === null) return null;
  const head = envelope(parts, { language: one.language, stamp: work.stamp, thread: contact.thread });
  if (work.work === 'mail-say') {
    const text = renderAll(parts, { language: one.language, says: work.says });
    return { mail: { ...head, to: contact.address, text, verpToken: work.stamp.verp, autoSubmitted: work.auto }, contact, message: null };
  }
  const message = await loadOut(unit, work.message);
  if (message === null || message.lines.every((line) => line.text === null)) return null;
  const text = wordsOf(parts, { one, message });
  return { mail: { ...head, to: contact.address, text, verpToken: work.stamp.verp, autoSubmitted: null }, contact, message };
};

/** From now on an edit comes too late: the text that is sent is the text that stands. */
const begin = (parts: Parts, of: { readonly row: OutboxRow; readonly work: MailWork; readonly lease: Lease }): Promise<Composed | null> =>
  inUnit(parts, { lease: of.lease }, async (unit) => {
    const composed = await compose(unit, parts, of.work);
    const states = ['gathering', 'queued', 'sending', 'unsure'] as const;
    unit.write({
      write: 'outbox-change',
      id: of.row.id,
      expect: states,
      change: { state: 'sending', triedAt: of.row.triedAt ?? unit.now },
    });
    if (composed !== null && composed.message !== null) await putMessage(unit, { ...composed.message, state: 'sending' });
    return composed;
  });

const learnSent = async (unit: Unit, composed: Composed): Promise<void> => {
  if (composed.contact === null) return;
  const contact = await unit.load('contact', composed.contact.id);
  if (contact === null || contact.value.kind !== 'mail' || contact.value.thread.includes(composed.mail.messageId)) return;
  const thread = [...contact.value.thread, composed.mail.messageId].slice(-threadLength);
  await unit.put('contact', { ...contact, under: underWayBack(contact.value.case), value: { ...contact.value, thread } });
};

const tellState = async (
  unit: Unit,
  of: { readonly message: MessageOut | null; readonly state: OutState; readonly say: Say | null },
): Promise<void> => {
  const message = of.message === null ? null : await loadOut(unit, of.message.id);
  // A bounce may have been quicker than the answer of the server that sent it.
  if (message === null || message.state === 'bounced') return;
  const changed = { ...message, state: of.state };
  await putMessage(unit, changed);
  await markLines(unit, changed);
  if (of.say !== null) await tellFailed(unit, { message: changed, say: of.say });
};

const triedOf = (parts: Parts, of: { readonly row: OutboxRow; readonly composed: Composed; readonly outcome: MailOutcome }): Tried => {
  const { row, composed, outcome } = of;
  const { message } = composed;
  const failed: Tried = { end: 'done', follow: (unit) => tellState(unit, { message, state: 'failed', say: { key: 'case.failed' } }) };
  switch (outcome.outcome) {
    case 'accepted':
      return {
        end: 'done',
        follow: async (unit) => {
          await learnSent(unit, composed);
          await tellState(unit, { message, state: 'accepted', say: null });
        },
      };
    case 'unsure': {
      const again = row.state === 'unsure';
      const after: Slot = { slot: 'span', ms: parts.limits.unsureAgainMs };
      if (again) return { end: 'done', follow: (unit) => tellState(unit, { message, state: 'unsure', say: { key: 'case.unsure-over' } }) };
      return {
        end: 'unsure',
        ms: parts.limits.unsureAgainMs,
        follow: (unit) => tellState(unit, { message, state: 'unsure', say: { key: 'case.unsure', slots: { after } } }),
      };
    }
    case 'later': {
      const since = row.triedAt ?? parts.clock.now();
      if (parts.clock.now() - since > patienceMs) return failed;
      const most = serverAway.has(outcome.code) ? { mostMs: awayPauseMs } : {};
      return {
        end: 'again',
        ms: 0,
        counts: 'failure',
        code: outcome.code,
        ...most,
        follow: (unit) => tellState(unit, { message, state: 'sending', say: null }),
      };
    }
    case 'blocked':
      return {
        end: 'again',
        ms: blockedPauseMs,
        counts: 'failure',
        code: outcome.code,
        follow: (unit) => tellState(unit, { message, state: 'sending', say: null }),
      };
    case 'refused':
      return failed;
  }
};

const isMail = (work: Work): work is MailWork => work.work === 'mail-message' || work.work === 'mail-say' || work.work === 'mail-owed';

export const mailChannel = (parts: Parts, of: { readonly sender: MailSender; readonly holder: string }): Channel => ({
  role: 'mail-out',
  holder: of.holder,
  send: async (row, work, lease) => {
    if (!isMail(work)) return nothing;
    const composed = await begin(parts, { row, work, lease });
    if (composed === null) return nothing;
    const outcome = await of.sender.send({ ...composed.mail, lane: row.lane });
    return triedOf(parts, { row, composed, outcome });
  },
  giveUp: (work) => async (unit) => {
    const message = work.work === 'mail-message' ? await loadOut(unit, work.message) : null;
    await tellState(unit, { message, state: 'failed', say: { key: 'case.failed' } });
  },
});
