// What one try in a room came to, said in the words of the lanes: done, later, or for good.
import { spans } from '#domain/limits.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import type { Tried } from '#relay/drain-outbox.ts';
import type { MatrixAccount, PlainOutcome, RoomOutcome } from '#relay/matrix-port.ts';
import type { Parts } from '#relay/parts.ts';
import type { OutboxRow } from '#relay/store-port.ts';
import type { Unit } from '#relay/unit.ts';

export interface RoomChannel {
  readonly parts: Parts;
  readonly account: MatrixAccount;
  readonly federate: 'anywhere' | 'local-only';
}

/** One row at work in a room that stands. */
export interface In {
  readonly channel: RoomChannel;
  readonly row: OutboxRow;
  readonly room: Room;
  readonly roomId: string;
}

export type Failure = Exclude<RoomOutcome | PlainOutcome, { readonly outcome: 'accepted' | 'done' }>;
export type Guarded = Extract<RoomOutcome, { readonly outcome: 'guarded' }>;

export const done = (follow: (unit: Unit) => Promise<void> = async () => undefined): Tried => ({ end: 'done', follow });

const guardPauseMs = spans.second;

/** Not now, and a failure. */
export const again = (code: string, ms: number = guardPauseMs): Tried => ({ end: 'again', ms, counts: 'failure', code });

/** What a try that brought nothing means. `refused`: what follows when the homeserver says no for good; without, the row is over. */
export const notDone = (parts: Parts, outcome: Failure, refused: (unit: Unit) => Promise<void> = async () => undefined): Tried => {
  switch (outcome.outcome) {
    case 'later':
      return again(outcome.code, outcome.afterMs);
    case 'guarded':
      return again(`guard-${outcome.why}`);
    case 'refused':
      parts.log({ event: 'fault', where: 'room-refused', code: outcome.code });
      return done(refused);
  }
};

const readCase = async (parts: Parts, id: string) => (await parts.records.load('case', id))?.value ?? null;

const languageOf = async (parts: Parts, room: Room): Promise<string> => {
  if (room.for.purpose !== 'chat') return parts.service.language;
  return (await readCase(parts, room.for.case))?.language ?? parts.service.language;
};

export const renderFor = async (parts: Parts, room: Room, says: readonly Say[]): Promise<string> => {
  const language = await languageOf(parts, room);
  return says.map((say) => parts.words.render(language, say).trim()).join('\n\n');
};

export const nameOf = async (parts: Parts, room: Room): Promise<string> => {
  if (room.for.purpose === 'case') return (await readCase(parts, room.for.case))?.pseudonym ?? '';
  return parts.words.render(parts.service.language, { key: room.for.purpose === 'desk' ? 'names.desk-room' : 'names.chat-room' }).trim();
};

/** Words of the bot's own; they reach a volunteer's signed devices also while another one of theirs is not. */
export const notice = (
  here: In,
  body: string,
  options: { readonly replyTo?: string; readonly txn?: string; readonly devices?: 'all-signed' } = {},
): Promise<RoomOutcome> =>
  here.channel.account.post({
    roomId: here.roomId,
    members: [here.room.other],
    txnId: options.txn ?? here.row.id,
    devices: options.devices ?? 'some-signed',
    msgtype: 'm.notice',
    body,
    ...(options.replyTo === undefined ? {} : { replyTo: options.replyTo }),
  });
