// The two conversations that the trial plays: one by email, one by Matrix, from the first message to the close.
// Told as steps to whoever watches; each step waits for what the people on both ends really see.
import type { MailPerson } from './people/mail-person.ts';
import type { MatrixPerson, SeenEvent, SeenRoom } from './people/matrix-person.ts';

/** Who sees a step: the one who asks, the volunteers, or the service itself. */
export type Side = 'asks' | 'volunteers' | 'service';

export interface Step {
  readonly side: Side;
  readonly who: string;
  /** What they did or saw. */
  readonly does: string;
  /** Words that went over the wire, as they read them. */
  readonly words: string | null;
  /** How long this step took, in ms. */
  readonly tookMs: number;
}

export type Tell = (step: Step) => void;

export interface Cast {
  readonly supportAddress: string;
  readonly frontBot: string;
  readonly deskBot: string;
  readonly coordinator: MatrixPerson;
  readonly volunteers: readonly [MatrixPerson, MatrixPerson];
  readonly mailRequester: MailPerson;
  readonly matrixRequester: MatrixPerson;
}

const patience = { deadlineMs: 60_000 };

export type Script = (told: Omit<Step, 'tookMs'>) => void;

const script = (tell: Tell): Script => {
  let last = Date.now();
  return (told) => {
    const now = Date.now();
    tell({ ...told, tookMs: now - last });
    last = now;
  };
};

const bodyOf = (event: SeenEvent): string => (event.what.type === 'text' || event.what.type === 'edit' ? event.what.body : '');

export interface AtDesk {
  readonly name: string;
  readonly person: MatrixPerson;
  readonly desk: string;
}

/** Joins the next room that the desk bot opens for this person. */
export const joinNewRoom = async (person: MatrixPerson, bot: string, known: readonly string[]): Promise<SeenRoom> => {
  const invited = await person.waitForRoom(
    (room) => room.membership === 'invite' && room.inviter === bot && !known.includes(room.roomId),
    patience,
  );
  await person.join(invited.roomId);
  return invited;
};

export const openDesk = async (
  cast: Pick<Cast, 'deskBot'>,
  of: { readonly name: string; readonly person: MatrixPerson },
): Promise<AtDesk> => {
  const room = await joinNewRoom(of.person, cast.deskBot, []);
  await of.person.waitForText(room.roomId, 'This is your desk', patience);
  return { ...of, desk: room.roomId };
};

/** Says something at a desk and waits for the bot's answer to it. */
export const atDesk = async (at: AtDesk, line: { readonly says: string; readonly hears: string }): Promise<SeenEvent> => {
  const before = at.person.seen.at(-1);
  await at.person.say(at.desk, line.says);
  return at.person.waitForText(at.desk, line.hears, { ...patience, ...(before === undefined ? {} : { after: before }) });
};

export interface Offered {
  readonly at: AtDesk;
  readonly offer: SeenEvent;
}

/** Whoever of them is asked next. */
export const nextOffer = (desks: readonly AtDesk[]): Promise<Offered> =>
  Promise.any(desks.map(async (at) => ({ at, offer: await at.person.waitForText(at.desk, 'Someone has been waiting', patience) })));

export interface Holding {
  readonly at: AtDesk;
  readonly room: string;
}

/** Takes an offer with a keycap, joins the new room, and opens the first message there. */
export const take = async (
  cast: Pick<Cast, 'deskBot'>,
  of: { readonly offered: Offered; readonly tell: Script; readonly expects: string },
): Promise<Holding> => {
  const { at, offer } = of.offered;
  const { person } = at;
  await person.react(at.desk, offer.eventId, '1️⃣');
  const room = await joinNewRoom(person, cast.deskBot, [at.desk]);
  const welcome = await person.waitForText(room.roomId, 'What you write here goes to them', patience);
  of.tell({ side: 'volunteers', who: at.name, does: 'takes it with 1️⃣; a new encrypted room opens', words: bodyOf(welcome) });
  await person.waitForText(room.roomId, '1 open', patience);
  await person.say(room.roomId, '1');
  const first = await person.waitForText(room.roomId, of.expects, patience);
  of.tell({ side: 'volunteers', who: at.name, does: 'opens it with 1, and reads', words: bodyOf(first) });
  return { at, room: room.roomId };
};

export const writeAndSend = async (holding: Holding, lines: readonly string[]): Promise<void> => {
  for (const line of lines) await holding.at.person.say(holding.room, line);
  await holding.at.person.say(holding.room, '!send');
  await holding.at.person.waitForText(holding.room, 'It leaves now', patience);
};

export const close = async (holding: Holding, tell: Script): Promise<void> => {
  const { person, name } = holding.at;
  await person.say(holding.room, '!close');
  await person.waitForText(holding.room, '1 close it', patience);
  await person.say(holding.room, '1');
  await person.waitForText(holding.room, 'It is closed', patience);
  tell({ side: 'volunteers', who: name, does: 'closes the conversation with !close and 1', words: null });
};

const playMail = async (cast: Cast, desks: readonly AtDesk[], tell: Script): Promise<AtDesk> => {
  const { mailRequester } = cast;
  const words =
    'I maintain a package that many people use, and lately I dread opening the issues.\nI do not sleep much, and I have nobody I could tell.';
  await mailRequester.write({
    to: cast.supportAddress,
    subject: 'I do not know how to go on with this',
    text: words,
    fromName: 'Wilhelmina Trialperson',
  });
  tell({ side: 'asks', who: mailRequester.address, does: 'writes a mail', words });
  const answer = await mailRequester.nextMail(patience);
  tell({ side: 'asks', who: mailRequester.address, does: `gets the first answer, subject “${answer.subject}”`, words: answer.text.trim() });
  const offered = await nextOffer(desks);
  tell({ side: 'volunteers', who: offered.at.name, does: 'is asked at the desk', words: bodyOf(offered.offer) });
  const holding = await take(cast, { offered, tell, expects: 'dread opening the issues' });
  await writeAndSend(holding, [
    'Thank you for telling us. That sounds heavy, and it is not only you.',
    'Would you like to tell me what a day looks like at the moment?',
  ]);
  tell({ side: 'volunteers', who: holding.at.name, does: 'writes two lines, and !send', words: null });
  const first = await mailRequester.nextMail(patience);
  tell({ side: 'asks', who: mailRequester.address, does: 'reads the answer in the same thread', words: first.text.trim() });
  await mailRequester.answer(first, 'It helps that somebody asks. I open the laptop and close it again.', {
    fromName: 'Wilhelmina Trialperson',
  });
  const reply = await holding.at.person.waitForText(holding.room, 'close it again', patience);
  tell({ side: 'volunteers', who: holding.at.name, does: 'reads what came back, without quote, name or address', words: bodyOf(reply) });
  await close(holding, tell);
  const end = await mailRequester.nextMail(patience);
  tell({ side: 'asks', who: mailRequester.address, does: 'is told kindly', words: end.text.trim() });
  return holding.at;
};

const playMatrix = async (cast: Cast, desks: readonly AtDesk[], tell: Script): Promise<void> => {
  const { matrixRequester } = cast;
  const chat = await matrixRequester.startChat(cast.frontBot);
  await matrixRequester.waitForRoom((room) => room.roomId === chat && room.joined.includes(cast.frontBot), patience);
  const words = 'I was shouted at in a review today, in front of everybody.';
  const written = await matrixRequester.say(chat, words);
  tell({ side: 'asks', who: matrixRequester.userId, does: 'writes to the bot in an encrypted chat', words });
  const answer = await matrixRequester.waitForText(chat, 'Thank you for writing', patience);
  await matrixRequester.waitFor((event) => event.roomId === chat && event.what.type === 'reaction' && event.what.of === written, patience);
  tell({ side: 'asks', who: matrixRequester.userId, does: 'gets the first answer, and a ✅ on the message', words: bodyOf(answer) });
  const offered = await nextOffer(desks);
  tell({ side: 'volunteers', who: offered.at.name, does: 'is asked at the desk', words: bodyOf(offered.offer) });
  const holding = await take(cast, { offered, tell, expects: 'shouted at in a review' });
  await writeAndSend(holding, ['I am sorry that happened. I am here, take your time.']);
  const first = await matrixRequester.waitForText(chat, 'I am here, take your time', patience);
  tell({ side: 'asks', who: matrixRequester.userId, does: 'reads the answer in the chat', words: bodyOf(first) });
  const sent = await matrixRequester.say(chat, 'Thank you. It still goes round in my head.');
  await holding.at.person.waitForText(holding.room, 'goes round in my head', patience);
  await matrixRequester.edit(chat, sent, 'Thank you. It still goes round and round in my head.');
  const edited = await holding.at.person.waitFor(
    (event) => event.roomId === holding.room && event.what.type === 'edit' && event.what.body.includes('round and round'),
    patience,
  );
  tell({ side: 'volunteers', who: holding.at.name, does: 'sees the answer, and its edit', words: bodyOf(edited) });
  await close(holding, tell);
  const end = await matrixRequester.waitForText(chat, 'come to its end', patience);
  tell({ side: 'asks', who: matrixRequester.userId, does: 'is told kindly', words: bodyOf(end) });
};

/** Everybody takes their place: the coordinator invites two volunteers, who join their desks and become available. */
export const takePlaces = async (cast: Cast, tell: Tell): Promise<readonly [AtDesk, AtDesk]> => {
  const say = script(tell);
  const coordinator = await openDesk(cast, { name: 'coordinator', person: cast.coordinator });
  say({ side: 'service', who: 'coordinator', does: 'joins their desk', words: null });
  const [a, b] = cast.volunteers;
  for (const volunteer of [a, b]) await atDesk(coordinator, { says: `!invite ${volunteer.userId}`, hears: 'I am inviting them' });
  say({ side: 'service', who: 'coordinator', does: 'invites two volunteers with !invite', words: null });
  const desks = [
    await openDesk(cast, { name: 'volunteer 1', person: a }),
    await openDesk(cast, { name: 'volunteer 2', person: b }),
  ] as const;
  for (const [at, alias] of [
    [desks[0], 'River'],
    [desks[1], 'Maple'],
  ] as const) {
    await atDesk(at, { says: `!alias ${alias}`, hears: 'will know you as' });
    const available = await atDesk(at, { says: '!available', hears: 'You are available until' });
    say({ side: 'volunteers', who: at.name, does: 'joins their desk, says !alias and !available', words: bodyOf(available) });
  }
  return desks;
};

/** The volunteers of the play go off, so that whoever joins in is the one who is asked. */
export const leavePlaces = async (desks: readonly [AtDesk, AtDesk], tell: Tell): Promise<void> => {
  const say = script(tell);
  for (const at of desks) {
    const off = await atDesk(at, { says: '!off', hears: 'You are off.' });
    say({ side: 'volunteers', who: at.name, does: 'says !off', words: bodyOf(off) });
  }
};

export const playConversations = async (cast: Cast, desks: readonly [AtDesk, AtDesk], tell: Tell): Promise<void> => {
  const say = script(tell);
  const took = await playMail(cast, desks, say);
  // Who had no conversation yet is asked first, so the next offer goes to the other one.
  await playMatrix(
    cast,
    desks.filter((at) => at !== took),
    say,
  );
};
