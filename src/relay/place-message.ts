// A requester's cleaned words become a message of their case. The text stands once, under the case's key.
import type { Case } from '#domain/case/state.ts';
import type { Instant, MessageId } from '#domain/ids.ts';
import { ok } from '#domain/result.ts';
import type { Result } from '#domain/result.ts';
import type { CaseRefusal } from '#domain/case/decide.ts';
import { applyCase } from '#relay/apply-case.ts';
import { putMessage } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import type { MessageIn } from '#relay/record-types.ts';
import { newId } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

export interface Words {
  readonly one: Case;
  readonly text: string;
  readonly quote: MessageIn['quote'];
  readonly length: MessageIn['length'];
  readonly files: number;
  /** Their event in the chat; null: by mail. */
  readonly event: string | null;
  readonly lateFrom: Instant | null;
}

export const placeMessage = async (
  unit: Unit,
  parts: Parts,
  words: Words,
): Promise<Result<{ readonly one: Case; readonly message: MessageId }, CaseRefusal | 'gone'>> => {
  const message: MessageIn = {
    direction: 'in',
    id: newId<MessageId>(parts),
    case: words.one.id,
    at: unit.now,
    text: words.text,
    hidden: 'shown',
    quote: words.quote,
    length: words.length,
    files: words.files,
    event: words.event,
    mark: null,
    lateFrom: words.lateFrom,
    copies: [],
  };
  const result = await applyCase(unit, parts, { case: words.one.id, command: { type: 'write', message: message.id } });
  if (!result.ok) return result;
  await putMessage(unit, message);
  if (words.event !== null) unit.index('event', { canonical: words.event, ref: `message:${message.id}`, owner: words.one.id });
  return ok({ one: result.value, message: message.id });
};
