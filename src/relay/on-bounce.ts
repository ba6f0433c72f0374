// A bounce of ours: only the VERP token or a Message-ID of ours counts, since anybody can write one. Never shown as somebody's words.
import type { MessageId } from '#domain/ids.ts';
import type { Automatic } from '#relay/mail-port.ts';
import { finish } from '#relay/finish.ts';
import { loadOut, markLines, putMessage } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import type { InboxRow, Lease } from '#relay/store-port.ts';
import { tellFailed } from '#relay/tell-failed.ts';
import { inUnit } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

type Bounce = Automatic & { readonly robot: 'bounce' };

/** The mail of ours that it speaks of, as its VERP ref (`message:…` or `case:…`). */
const refOf = async (parts: Parts, bounce: Bounce): Promise<string | null> => {
  const known = async (kind: 'verp' | 'message-id', token: string | null): Promise<string | null> =>
    token === null ? null : ((await parts.store.lookup(kind, parts.vault.hash(kind, token).hash))[0]?.ref ?? null);
  return (await known('verp', bounce.verpToken)) ?? (await known('message-id', bounce.ownMessageId?.split('@')[0]?.toLowerCase() ?? null));
};

const tellBounced = async (unit: Unit, ref: string): Promise<void> => {
  if (!ref.startsWith('message:')) return;
  const message = await loadOut(unit, ref.slice('message:'.length) as MessageId);
  if (message === null || message.state === 'bounced') return;
  const changed = { ...message, state: 'bounced' as const };
  await putMessage(unit, changed);
  await markLines(unit, changed);
  await tellFailed(unit, { message: changed, say: { key: 'case.bounced' } });
};

export const onBounce = (parts: Parts, turn: { readonly row: InboxRow; readonly lease: Lease; readonly bounce: Bounce }): Promise<void> =>
  inUnit(parts, { lease: turn.lease }, async (unit) => {
    // `delayed` says nothing final; `unknown` comes from programs that write no status, and only when they give up.
    const ref = turn.bounce.outcome === 'delayed' ? null : await refOf(parts, turn.bounce);
    if (ref !== null) await tellBounced(unit, ref);
    finish(unit, turn.row.id);
  });
