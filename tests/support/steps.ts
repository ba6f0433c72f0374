// Steps that many stories share: what somebody hears next, an offer that comes next, words in a chat.
import { joinNewRoom, take, type AtDesk, type Holding } from '#trial/conversation.ts';
import type { MatrixPerson, SeenEvent } from '#trial/people/matrix-person.ts';
import type { Stage } from '#tests/support/stage.ts';

export const quiet = (): void => undefined;

export const spans = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

const patience = { deadlineMs: 30_000 };

/** A moment at this person's client: what is seen after it is new. */
export const mark = (person: MatrixPerson): { readonly after?: SeenEvent } => {
  const last = person.seen.at(-1);
  return last === undefined ? {} : { after: last };
};

/** Says something and waits for what is heard in the same room after it. Resolves to the words. */
export const sayAndHear = async (
  person: MatrixPerson,
  line: { readonly room: string; readonly says: string; readonly hears: string },
): Promise<string> => {
  const from = mark(person);
  await person.say(line.room, line.says);
  return bodyOf(await person.waitForText(line.room, line.hears, { ...patience, ...from }));
};

/** The same at a desk. */
export const atTheDesk = (at: AtDesk, line: { readonly says: string; readonly hears: string }): Promise<string> =>
  sayAndHear(at.person, { room: at.desk, ...line });

export const inCaseRoom = (holding: Holding, line: { readonly says: string; readonly hears: string }): Promise<string> =>
  sayAndHear(holding.at.person, { room: holding.room, ...line });

export const bodyOf = (event: SeenEvent): string => (event.what.type === 'text' || event.what.type === 'edit' ? event.what.body : '');

/** Every text seen in this room so far, in the order in which it came. */
export const textsIn = (person: MatrixPerson, room: string): readonly string[] =>
  person.seen.filter((event) => event.roomId === room && event.what.type === 'text').map(bodyOf);

/** Takes the next offer at this desk and opens what waits. `says`: words of the offer. */
export const takeNext = async (
  stage: Stage,
  at: AtDesk,
  of: { readonly expects: string; readonly offer?: string; readonly after?: SeenEvent },
): Promise<Holding> => {
  const { expects, offer = 'Someone has been waiting', after } = of;
  const seen = await at.person.waitForText(at.desk, offer, { ...patience, ...(after === undefined ? {} : { after }) });
  return take(stage, { offered: { at, offer: seen }, tell: quiet, expects });
};

/** Accepts the next offer at this desk, joins the room, and leaves what waits there closed. */
export const takeUnopened = async (stage: Stage, at: AtDesk, offer: SeenEvent): Promise<Holding> => {
  await at.person.react(at.desk, offer.eventId, '1️⃣');
  const { roomId } = await joinNewRoom(at.person, stage.deskBot, []);
  await at.person.waitForText(roomId, 'What you write here goes to them', patience);
  return { at, room: roomId };
};

/** A chat with the front bot, which has joined it; nothing is written yet. */
export const openChat = async (stage: Stage, person: MatrixPerson): Promise<string> => {
  const chat = await person.startChat(stage.frontBot);
  await person.waitForRoom((room) => room.roomId === chat && room.joined.includes(stage.frontBot), patience);
  return chat;
};

/** Waits until this person's client shows this mark of the bot on an event. */
export const seesMark = (person: MatrixPerson, of: { readonly event: string; readonly symbol: string }): Promise<SeenEvent> =>
  person.waitFor(({ what }) => what.type === 'reaction' && what.of === of.event && what.symbol.startsWith(of.symbol), patience);
