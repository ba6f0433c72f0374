// Words of ours to a requester, on whichever channel they wrote. The address stays in the contact's record.
import type { Case } from '#domain/case/state.ts';
import type { CaseId, Instant } from '#domain/ids.ts';
import type { Say } from '#domain/say.ts';
import { spans } from '#domain/limits.ts';
import { formatMailAddress } from '#relay/mail-address-form.ts';
import type { MailAddress } from '#relay/mail-port.ts';
import type { Parts } from '#relay/parts.ts';
import type { Contact } from '#relay/record-types.ts';
import { loadRoom, sayInRoom } from '#relay/rooms.ts';
import { later } from '#relay/unit.ts';
import type { LaneTo, Unit } from '#relay/unit.ts';
import type { MailStamp } from '#relay/work.ts';

/** As an address stands in the contact index. */
export const canonicalAddress = (address: MailAddress): string => `mail|${formatMailAddress(address)}`;

export const laneOfAddress = (address: MailAddress): LaneTo => ({ role: 'mail-out', name: canonicalAddress(address) });

/** Registers what a mail of ours can be answered to: its reply token (also its Message-ID) and its VERP address. */
export const stampMail = (unit: Unit, parts: Parts, of: { readonly case: CaseId; readonly verpRef: string }): MailStamp => {
  const stamp: MailStamp = { token: parts.chance.id(), verp: parts.chance.id(), date: unit.now };
  unit.index('token', { canonical: stamp.token, ref: of.case, owner: of.case });
  unit.index('verp', { canonical: stamp.verp, ref: of.verpRef, owner: of.case });
  // Where the provider sets the envelope itself, a bounce names the mail by its Message-ID alone.
  unit.index('message-id', { canonical: stamp.token, ref: of.verpRef, owner: of.case });
  return stamp;
};

const dayOf = (now: Instant): number => Math.floor(now / spans.day);

/** How many automatic mails of this kind went to this address today; `add` counts one more. */
const mailsToday = (unit: Unit, parts: Parts, about: string): { readonly count: () => Promise<number>; readonly add: () => void } => {
  const canonical = `${about}|${dayOf(unit.now)}`;
  return {
    count: async () => (await parts.store.lookup('robot-day', parts.vault.hash('robot-day', canonical).hash)).length,
    add: () => unit.index('robot-day', { canonical, ref: parts.chance.id(), owner: null, dropAt: later(unit.now, 2 * spans.day) }),
  };
};

interface ADay {
  /** Canonical, as in the contact index. */
  readonly whom: string;
  readonly purpose: string;
}

/** For onceADay: what it is used up for today may be done once more. */
export const onceMoreToday = (unit: Unit, parts: Parts, to: ADay): void => mailsToday(unit, parts, `more|${to.purpose}|${to.whom}`).add();

/** True once a day for somebody and a purpose: the first answer, "did you write?". Marks it as used. */
export const onceADay = async (unit: Unit, parts: Parts, to: ADay): Promise<boolean> => {
  const today = mailsToday(unit, parts, `${to.purpose}|${to.whom}`);
  const used = await today.count();
  if (used > 0 && used > (await mailsToday(unit, parts, `more|${to.purpose}|${to.whom}`).count())) return false;
  today.add();
  return true;
};

const underDailyCap = async (unit: Unit, parts: Parts, address: MailAddress): Promise<'under' | 'last' | 'above'> => {
  const today = mailsToday(unit, parts, `any|${formatMailAddress(address)}`);
  const before = await today.count();
  if (before >= parts.service.automaticMailsADay) return 'above';
  today.add();
  return before === parts.service.automaticMailsADay - 1 ? 'last' : 'under';
};

/**
 * What waits for an answer is told whatever the cap says: nothing but the answer can end it. Whoever asks sees to it that it is asked
 * rarely: once for each close, or once a day.
 */
export type TellingAs = 'words' | 'question';

/** What may be said now, whole or not at all; the day's last mail says that it is, so that the silence after it is no riddle. */
const sayable = async (
  unit: Unit,
  parts: Parts,
  of: { readonly address: MailAddress; readonly says: readonly Say[]; readonly as: TellingAs },
): Promise<readonly Say[] | null> => {
  const cap = await underDailyCap(unit, parts, of.address);
  if (cap === 'above' && of.as === 'words') return null;
  return cap === 'last' ? [...of.says, { key: 'requester.mail.last-today' }] : of.says;
};

const mailSay = async (
  unit: Unit,
  parts: Parts,
  to: {
    readonly one: Case;
    readonly contact: Contact & { readonly kind: 'mail' };
    readonly says: readonly Say[];
    readonly auto: 'auto-replied' | 'auto-generated';
    readonly as: TellingAs;
  },
): Promise<void> => {
  const { one, contact } = to;
  const says = await sayable(unit, parts, { address: contact.address, says: to.says, as: to.as });
  if (says === null) return;
  const lane = laneOfAddress(contact.address);
  const stamp = stampMail(unit, parts, { case: one.id, verpRef: `case:${one.id}` });
  await unit.work(lane, { work: { work: 'mail-say', contact: contact.id, says, auto: to.auto, stamp }, owner: one.id });
};

/** Says something to the requester of this case. `replied` where it answers what they just wrote, for RFC 3834. */
export const tellRequester = async (
  unit: Unit,
  parts: Parts,
  to: { readonly one: Case; readonly says: readonly Say[]; readonly auto?: 'auto-replied' | 'auto-generated'; readonly as?: TellingAs },
): Promise<void> => {
  if (to.one.automatic === 'no') return;
  const contact = await unit.load('contact', to.one.contact);
  if (contact === null) return;
  if (contact.value.kind === 'mail') {
    await mailSay(unit, parts, {
      one: to.one,
      contact: contact.value,
      says: to.says,
      auto: to.auto ?? 'auto-generated',
      as: to.as ?? 'words',
    });
    return;
  }
  const room = await loadRoom(unit, contact.value.room);
  if (room === null) return;
  await sayInRoom(unit, room, to.says);
};

/** Words to an address without a case: turned back, refused. Sealed under a key of the row's own, gone on delivery. */
export const tellAddress = async (
  unit: Unit,
  parts: Parts,
  to: { readonly address: MailAddress; readonly inReplyTo: string | null; readonly says: readonly Say[]; readonly as?: TellingAs },
): Promise<void> => {
  const says = await sayable(unit, parts, { address: to.address, says: to.says, as: to.as ?? 'words' });
  if (says === null) return;
  const stamp: MailStamp = { token: parts.chance.id(), verp: parts.chance.id(), date: unit.now };
  await unit.work(laneOfAddress(to.address), {
    work: { work: 'mail-owed', to: to.address, inReplyTo: to.inReplyTo, says, language: parts.service.language, stamp },
    owner: null,
  });
};
