// Who wrote a mail, and to which case it belongs: gathers the evidence that src/domain/who-wrote.ts decides by.
import type { Case } from '#domain/case/state.ts';
import { placeMail } from '#domain/who-wrote.ts';
import type { Placing } from '#domain/who-wrote.ts';
import { formatMailAddress } from '#relay/mail-address-form.ts';
import type { MailAddress, ReadMail } from '#relay/mail-port.ts';
import type { Parts } from '#relay/parts.ts';
import type { Contact } from '#relay/record-types.ts';
import type { Unit } from '#relay/unit.ts';

export interface MailRecognised {
  readonly placing: Placing;
  /** The case of a valid token, else the latest case of this sender that may still be written to; null: none. */
  readonly one: Case | null;
  readonly contact: Contact | null;
  /** Is the sender the contact on record of `one`? */
  readonly sender: 'on-record' | 'another';
}

/** Reply tokens in a mail: the tags of the addresses it went to, and our own Message-IDs in its references. */
const tokensIn = (read: ReadMail, mailDomain: string): readonly string[] => {
  const ours = read.references.map((id) => id.split('@')).filter(([, domain]) => domain?.toLowerCase() === mailDomain.toLowerCase());
  return [...new Set([...read.tags, ...ours.map(([local]) => local ?? '')].map((token) => token.toLowerCase()))]
    .filter((token) => token !== '')
    .slice(0, 100);
};

const mayBeWrittenTo = (one: Case, unit: Unit, parts: Parts): boolean =>
  one.state.phase !== 'closed' || unit.now - one.state.at <= parts.limits.reopenMs;

const caseOfToken = async (unit: Unit, parts: Parts, read: ReadMail): Promise<Case | null> => {
  for (const token of tokensIn(read, parts.service.mailDomain)) {
    const [entry] = await parts.store.lookup('token', parts.vault.hash('token', token).hash);
    const one = entry === undefined ? null : await unit.load('case', entry.ref);
    if (one !== null && mayBeWrittenTo(one.value, unit, parts)) return one.value;
  }
  return null;
};

/** Cases this address has written in, those that are not closed first, the latest first. */
const casesOf = async (unit: Unit, parts: Parts, address: MailAddress): Promise<readonly Case[]> => {
  const entries = await parts.store.lookup('contact', parts.vault.hash('contact', `mail|${formatMailAddress(address)}`).hash);
  const found: Case[] = [];
  for (const entry of entries) {
    const one = await unit.load('case', entry.ref);
    if (one !== null) found.push(one.value);
  }
  const rank = (one: Case): number => (one.state.phase === 'closed' ? 1 : 0);
  return found.toSorted((a, b) => rank(a) - rank(b) || b.openedAt - a.openedAt);
};

const isContact = (contact: Contact | null, address: MailAddress): boolean =>
  contact?.kind === 'mail' && formatMailAddress(contact.address) === formatMailAddress(address);

export const recogniseMail = async (
  unit: Unit,
  parts: Parts,
  from: { readonly read: ReadMail; readonly address: MailAddress },
): Promise<MailRecognised> => {
  const { read, address } = from;
  const evidence = {
    verdict: read.evidence.verdict === 'away' ? ('nothing' as const) : read.evidence.verdict,
    policy: read.evidence.policy,
  };
  const ofToken = await caseOfToken(unit, parts, read);
  if (ofToken !== null) {
    const contact = (await unit.load('contact', ofToken.contact))?.value ?? null;
    const sender = isContact(contact, address) ? 'on-record' : 'another';
    return { placing: placeMail({ token: 'valid', sender, ...evidence }), one: ofToken, contact, sender };
  }
  const known = await casesOf(unit, parts, address);
  const one = known.find((each) => mayBeWrittenTo(each, unit, parts)) ?? null;
  const contact = one === null ? null : ((await unit.load('contact', one.contact))?.value ?? null);
  const sender = one === null ? 'another' : 'on-record';
  return { placing: placeMail({ token: 'none-or-stale', sender, ...evidence }), one, contact, sender };
};
