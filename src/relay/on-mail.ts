// One mail out of the inbox: read, recognise, clean, decide, commit. A straight line; every mail ends in a state its sender knows.
import type { Lease, InboxRow } from '#relay/store-port.ts';
import { spans } from '#domain/limits.ts';
import { isClaimed } from '#relay/answer-by-mail.ts';
import { finish } from '#relay/finish.ts';
import { hold } from '#relay/held.ts';
import type { MailReader, ReadMail } from '#relay/mail-port.ts';
import { onBounce } from '#relay/on-bounce.ts';
import type { Parts } from '#relay/parts.ts';
import { placeMail } from '#relay/place-mail.ts';
import { quarantine } from '#relay/quarantine.ts';
import { inboxAad, unpackMail } from '#relay/receive.ts';
import { recogniseMail } from '#relay/recognise-mail.ts';
import { tellAddress } from '#relay/tell-requester.ts';
import { inUnit, later } from '#relay/unit.ts';

/** DNS that does not answer is retried for this long and then counts as nothing, never as fail. */
const dnsPatienceMs = 15 * spans.minute;
const dnsAgainMs = 30 * spans.second;

interface MailTurn {
  readonly row: InboxRow;
  readonly lease: Lease;
  readonly read: ReadMail;
}

const setAside = (parts: Parts, turn: MailTurn): Promise<void> => inUnit(parts, { lease: turn.lease }, async (unit) => quarantine(unit, turn.row.id));

const askDnsAgain = (parts: Parts, turn: MailTurn): Promise<void> =>
  inUnit(parts, { lease: turn.lease }, async (unit) => {
    unit.write({ write: 'inbox-change', id: turn.row.id, expect: 'received', change: { notBefore: later(unit.now, dnsAgainMs) } });
  });

const fromPerson = (parts: Parts, turn: MailTurn): Promise<void> =>
  inUnit(parts, { lease: turn.lease }, async (unit) => {
    const { read, row } = turn;
    if (!read.sender.ok) return;
    const { address } = read.sender;
    const claimed = await isClaimed(parts, row.id);
    const { placing, one, contact } = await recogniseMail(unit, parts, { read, address });
    const place = claimed && placing.placing === 'hold' ? ({ placing: 'join', level: 1 } as const) : placing;
    switch (place.placing) {
      case 'hold':
        if (one !== null && contact !== null) return hold(unit, parts, { one, contact, inbox: row.id });
        break;
      case 'turn-back':
        await tellAddress(unit, parts, { address, inReplyTo: read.messageId, says: [{ key: 'requester.mail.other-address' }] });
        break;
      case 'join':
      case 'join-latest':
        await placeMail(unit, parts, { read, address, one, level: place.level, automatic: one?.automatic ?? 'yes' });
        break;
      case 'begin':
        await placeMail(unit, parts, { read, address, one: null, level: place.level, automatic: place.answer === 'answer' ? 'yes' : 'no' });
        break;
    }
    return finish(unit, row.id);
  });

export const onMail = async (parts: Parts, turn: { readonly row: InboxRow; readonly lease: Lease; readonly reader: MailReader }): Promise<void> => {
  const { row, lease, reader } = turn;
  const raw = unpackMail(await parts.vault.openRow(inboxAad(row.id), row));
  const read = await reader.read(raw);
  const mail: MailTurn = { row, lease, read };
  if (read.automatic.robot === 'bounce') return onBounce(parts, { ...mail, bounce: read.automatic });
  if (read.automatic.robot !== 'no') return inUnit(parts, { lease }, async (unit) => finish(unit, row.id));
  if (!read.sender.ok) return setAside(parts, mail);
  const waited = parts.clock.now() - row.receivedAt;
  if (read.evidence.verdict === 'away' && waited < dnsPatienceMs) return askDnsAgain(parts, mail);
  return fromPerson(parts, mail);
};
