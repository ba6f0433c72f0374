// Works off one inbox lane in order: what one sender or one room brought, one thing after the other.
import type { LaneId } from '#domain/ids.ts';
import type { Command } from '#relay/command-port.ts';
import { pauseAfter } from '#relay/drain-outbox.ts';
import { giveUpOn } from '#relay/give-up.ts';
import { holdLane } from '#relay/hold-lane.ts';
import type { MailReader } from '#relay/mail-port.ts';
import type { RoomEvent } from '#relay/matrix-port.ts';
import { onChat } from '#relay/on-chat.ts';
import { onDesk } from '#relay/on-desk.ts';
import { onMail } from '#relay/on-mail.ts';
import type { Parts } from '#relay/parts.ts';
import { inboxAad } from '#relay/receive.ts';
import type { InboxRow, Lease } from '#relay/store-port.ts';
import { spans } from '#domain/limits.ts';
import { inUnit, later, LeaseLost } from '#relay/unit.ts';

export interface Core {
  readonly parts: Parts;
  readonly reader: MailReader;
  readonly commands: readonly Command[];
  readonly holder: string;
}

const leaseMs = 60 * spans.second;
const mostRowsAWake = 1000;
const mostTries = 6;

const codeOf = (fault: unknown): string =>
  fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : 'unexpected';

const handle = async (core: Core, of: { readonly row: InboxRow; readonly lease: Lease }): Promise<void> => {
  const { parts } = core;
  const { row, lease } = of;
  if (row.channel === 'mail') return onMail(parts, { row, lease, reader: core.reader });
  const bytes = await parts.vault.openRow(inboxAad(row.id), row);
  const event = JSON.parse(new TextDecoder().decode(bytes)) as RoomEvent;
  return row.channel === 'front' ? onChat(parts, { row, lease, event }) : onDesk(parts, { row, lease, event, commands: core.commands });
};

/** A fault of ours: tried again with growing pauses; in the end the sender is told, and the row is set aside for the operator. */
const onFault = async (core: Core, of: { readonly row: InboxRow; readonly lease: Lease; readonly fault: unknown }): Promise<void> => {
  const { parts } = core;
  const { row, lease } = of;
  parts.log({ event: 'fault', where: `inbox-${row.channel}`, code: codeOf(of.fault) });
  if (row.attempts + 1 >= mostTries) return giveUpOn(core, { row, lease });
  return inUnit(parts, { lease }, async (unit) => {
    const change = { attempts: row.attempts + 1, notBefore: later(unit.now, pauseAfter(row.attempts, 0)) };
    unit.write({ write: 'inbox-change', id: row.id, expect: 'received', change });
  });
};

export const drainInbox = async (core: Core, lane: LaneId): Promise<void> => {
  const { parts } = core;
  // A name of its own for each drain: two of one process must keep out of each other's way as well.
  const holder = `${core.holder}/${parts.chance.id()}`;
  for (let count = 0; count < mostRowsAWake; count += 1) {
    const head = await parts.store.inboxHead(lane);
    if (head === null || head.notBefore > parts.clock.now()) return;
    try {
      if ((await holdLane(parts, { lane, holder, leaseMs }, (lease) => drainHead(core, { lane, lease }))) !== 'went') return;
    } catch (fault) {
      if (fault instanceof LeaseLost) return;
      throw fault;
    }
  }
  parts.queue.wake('core', lane);
};

const drainHead = async (core: Core, of: { readonly lane: LaneId; readonly lease: Lease }): Promise<'went' | 'nothing-due'> => {
  const { lane, lease } = of;
  const row = await core.parts.store.inboxHead(lane);
  if (row === null || row.notBefore > core.parts.clock.now()) return 'nothing-due';
  try {
    await handle(core, { row, lease });
  } catch (fault) {
    if (fault instanceof LeaseLost) throw fault;
    await onFault(core, { row, lease, fault });
  }
  return 'went';
};
