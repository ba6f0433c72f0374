// Brings the bot's marks on a message's lines to its present state: the new reaction first, then the old one goes.
import { markOf } from '#domain/outgoing.ts';
import type { Tried } from '#relay/drain-outbox.ts';
import { putMessage } from '#relay/outgoing.ts';
import type { Line, Mark, Message } from '#relay/record-types.ts';
import { done, notDone } from '#relay/room-work.ts';
import type { Failure, In } from '#relay/room-work.ts';

type Remarked = { readonly mark: Mark | null } | { readonly failure: Failure };

/** A refusal leaves it as it is: the line may be gone, or carry the same mark from before. */
const remark = async (here: In, of: { readonly event: string; readonly mark: Mark | null; readonly symbol: string }): Promise<Remarked> => {
  const { account } = here.channel;
  if (of.mark?.symbol === of.symbol) return { mark: of.mark };
  const txn = `${here.row.id}-${of.event.slice(1, 12)}-${of.symbol.codePointAt(0)}`;
  const outcome = await account.react({ roomId: here.roomId, txnId: txn, eventId: of.event, symbol: of.symbol });
  if (outcome.outcome === 'refused') return { mark: of.mark };
  if (outcome.outcome !== 'accepted') return { failure: outcome };
  if (of.mark !== null) {
    const gone = await account.redact({ roomId: here.roomId, txnId: `${txn}-r`, eventId: of.mark.event });
    if (gone.outcome === 'later') return { failure: gone };
  }
  return { mark: { symbol: of.symbol, event: outcome.eventId } };
};

export const mark = async (here: In, message: Message): Promise<Tried> => {
  const { parts } = here.channel;
  if (message.direction === 'in') {
    if (message.event === null) return done();
    const remarked = await remark(here, { event: message.event, mark: message.mark, symbol: '✅' });
    if ('failure' in remarked) return notDone(parts, remarked.failure);
    return done(async (unit) => {
      const fresh = await unit.load('message', message.id);
      if (fresh?.value.direction === 'in') await putMessage(unit, { ...fresh.value, mark: remarked.mark });
    });
  }
  const lines: Line[] = [];
  for (const line of message.lines) {
    const remarked = await remark(here, {
      event: line.event,
      mark: line.mark,
      symbol: markOf(line.text === null ? 'withdrawn' : message.state),
    });
    if ('failure' in remarked) return notDone(parts, remarked.failure);
    lines.push({ ...line, mark: remarked.mark });
  }
  return done(async (unit) => {
    const fresh = await unit.load('message', message.id);
    if (fresh?.value.direction !== 'out') return;
    const marks = new Map(lines.map((line) => [line.event, line.mark]));
    await putMessage(unit, {
      ...fresh.value,
      lines: fresh.value.lines.map((line) => ({ ...line, mark: marks.get(line.event) ?? line.mark })),
    });
  });
};
