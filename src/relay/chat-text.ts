// What a requester writes in their chat: an answer to the bot's open question, words for us, words for the volunteer.
import type { Case } from '#domain/case/state.ts';
import type { Instant } from '#domain/ids.ts';
import type { Act } from '#domain/question.ts';
import { actOf } from '#domain/question.ts';
import { findRequesterWords, restWithSentences } from '#domain/requester-words.ts';
import type { RequesterWord } from '#domain/requester-words.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import { applyCase } from '#relay/apply-case.ts';
import { firstAnswer, isFirstAnswer } from '#relay/begin-case.ts';
import { beginChatCase, goOnWithCase, makeLobby } from '#relay/chat-room.ts';
import { canonicalUser, caseOfChat } from '#relay/chat-turn.ts';
import type { ChatTurn } from '#relay/chat-turn.ts';
import { thanksAndHelplines } from '#relay/not-yet.ts';
import { knownInChat, learnInChat } from '#relay/known-in-chat.ts';
import { sayLetGo } from '#relay/let-go.ts';
import { placeMessage } from '#relay/place-message.ts';
import { askInRoom, loadQuestions, settle } from '#relay/questions.ts';
import { countrySay, helpSay, keepCountry, tellHolder } from '#relay/requester-asks.ts';
import { loadRoom, sayInRoom, workInRoom } from '#relay/rooms.ts';
import { onceADay } from '#relay/tell-requester.ts';
import { later } from '#relay/unit.ts';

export interface Spoken {
  readonly eventId: string;
  readonly text: string;
  /** When it was written, if it could be read only much later: then it is words for the volunteer and nothing else. */
  readonly lateFrom: Instant | null;
}

interface Here {
  readonly room: Room;
  readonly one: Case | null;
}

type Confirmed = Act & { readonly act: 'stop' | 'begin-new' };

const confirmation = (
  turn: ChatTurn,
  of: { readonly one: Case; readonly about: 'stop' | 'new'; readonly yes: Confirmed; readonly no: Act },
) => ({
  about: `${of.about}:${of.one.id}`,
  asks: { key: of.about === 'stop' ? 'requester.stop.ask' : 'requester.new.ask' },
  answers: [
    { word: 'yes', also: [], act: of.yes },
    { word: 'no', also: [], act: of.no },
  ],
  silence: { act: 'nothing' as const },
  deadline: later(turn.unit.now, turn.parts.limits.heldMs),
});

/** The conversation until now ends, and the next words begin another one; those that came with NEW are its first. */
const beginAnew = async (turn: ChatTurn, of: Here & { readonly one: Case; readonly words: Spoken | null }): Promise<readonly Say[]> => {
  const { unit, parts } = turn;
  await applyCase(unit, parts, { case: of.one.id, command: { type: 'stop' } });
  const room = await makeLobby(unit, (await loadRoom(unit, of.room.ref)) ?? of.room);
  const placed = of.words === null ? [] : await place(turn, { room, one: null, knownFrom: of.one, spoken: of.words });
  return [{ key: 'requester.new.done' }, ...placed];
};

const wordsOf = (act: Act): Spoken | null => ('words' in act && act.words !== undefined ? { ...act.words, lateFrom: null } : null);

/** An answer to the bot's open question, by the known account in the known room. Null: it is none. */
const answer = async (turn: ChatTurn, of: Here & { readonly one: Case; readonly text: string }): Promise<readonly Say[] | null> => {
  const { unit, parts } = turn;
  const [question] = await loadQuestions(unit, of.room.questions);
  const act = question === undefined ? null : actOf(question, of.text);
  if (question === undefined) return null;
  if (act === null) return null;
  await settle(unit, question, null);
  switch (act.act) {
    case 'stop':
      await applyCase(unit, parts, { case: of.one.id, command: { type: 'stop' } });
      return [];
    case 'go-on':
      return [{ key: 'requester.stop.no' }];
    case 'begin-new':
      return beginAnew(turn, { ...of, words: wordsOf(act) });
    case 'same-as-before': {
      const words = wordsOf(act);
      return [{ key: 'requester.new.no' }, ...(words === null ? [] : await place(turn, { ...of, spoken: words }))];
    }
    case 'again-yes':
    case 'again-no':
      await applyCase(unit, parts, { case: of.one.id, command: { type: 'again', answer: act.act === 'again-yes' ? 'yes' : 'no' } });
      return [];
    default:
      return [];
  }
};

/** They went on talking: a YES much later is meant for somebody else's question, and must end nothing and begin nothing. */
const letGo = async (turn: ChatTurn, of: Here & { readonly text: string }): Promise<readonly Say[]> => {
  const [question] = await loadQuestions(turn.unit, of.room.questions);
  const { words, rest } = findRequesterWords(of.text, 'not-asked');
  const onlyAsks = rest.trim() === '' && words.every(({ word }) => word === 'help' || word === 'country');
  if (question === undefined || !/^(?:stop|new):/u.test(question.about) || actOf(question, of.text) !== null || onlyAsks) return [];
  await settle(turn.unit, question, null);
  return sayLetGo(question);
};

/** One word for us. STOP and NEW are asked back, because people also say them to each other. */
const doWord = async (
  turn: ChatTurn,
  of: Here & { readonly word: RequesterWord; readonly rest: Spoken | null; readonly words: 'with' | 'in-first-answer' },
): Promise<readonly Say[]> => {
  const { unit, parts } = turn;
  const { one, room, word } = of;
  const language = one?.language ?? parts.service.language;
  switch (word.word) {
    case 'help':
      if (one !== null) await tellHolder(unit, { one, key: 'case.they-asked-help' });
      return [helpSay(parts, { language, country: one?.country ?? null, words: of.words })];
    case 'country': {
      const told = countrySay(parts, { language, named: word.name });
      if (one !== null && told.country !== null) await keepCountry(unit, one, told.country);
      if (one !== null && told.country !== null) await tellHolder(unit, { one, key: 'case.they-asked-country' });
      return [told.say];
    }
    case 'stop': {
      if (one === null || one.state.phase === 'closed') return [{ key: 'requester.stop.nothing' }];
      const ask = confirmation(turn, { one, about: 'stop', yes: { act: 'stop', case: one.id }, no: { act: 'go-on', case: one.id } });
      await askInRoom(unit, parts, { room, turn: 'now', ask });
      return [];
    }
    case 'new': {
      if (one === null) return [{ key: 'requester.new.done' }];
      const words = of.rest === null ? {} : { words: { eventId: of.rest.eventId, text: of.rest.text } };
      const yes = { act: 'begin-new', case: one.id, ...words } as const;
      await askInRoom(unit, parts, {
        room,
        turn: 'now',
        ask: confirmation(turn, { one, about: 'new', yes, no: { act: 'same-as-before', case: one.id, ...words } }),
      });
      return [];
    }
    case 'yes':
    case 'no':
      return [];
  }
};

/** Words for us on lines of their own, and what stands beside them. Null: there are none. */
const wordsForUs = async (turn: ChatTurn, of: Here & { readonly spoken: Spoken }): Promise<readonly Say[] | null> => {
  const { text } = of.spoken;
  const { words, rest } = findRequesterWords(text, 'not-asked');
  if (words.length === 0) return null;
  const isCountry = (name: string): boolean => turn.parts.helplines.country(name) !== null;
  const sentences = restWithSentences(text, { asked: 'not-asked', isCountry }).trim();
  const beside: Spoken | null = rest.trim() === '' ? null : { ...of.spoken, text: sentences };
  // What is said for another conversation must not go into this one.
  const elsewhere = of.one !== null && words.some((word) => word.word === 'new');
  const begins = of.one === null && beside === null && words.some((word) => word.word === 'help');
  const toPlace = begins ? of.spoken : elsewhere ? null : beside;
  const placed = toPlace === null ? [] : await place(turn, { ...of, spoken: toPlace });
  const told = placed.some(isFirstAnswer) ? 'in-first-answer' : 'with';
  const room = (await loadRoom(turn.unit, of.room.ref)) ?? of.room;
  const one = (await caseOfChat(turn.unit, room)) ?? of.one;
  const [helplines, says]: [Say[], Say[]] = [[], []];
  for (const word of words) {
    const said = await doWord(turn, { room, one, word, rest: elsewhere ? beside : null, words: told });
    (word.word === 'help' || word.word === 'country' ? helplines : says).push(...said);
  }
  // Whoever asks for people to talk to reads of them first.
  return [...helplines, ...placed, ...says];
};

const mayBeWrittenTo = (turn: ChatTurn, one: Case): boolean =>
  one.state.phase !== 'closed' || turn.unit.now - one.state.at <= turn.parts.limits.reopenMs;

interface ToPlace extends Here {
  readonly spoken: Spoken;
  /** A case in which they wrote before, besides that of this chat: what is known there is taken out here as well. */
  readonly knownFrom?: Case;
}

/** Into the case of this chat, into one whose own chat is gone, or into a new one. */
const place = async (turn: ChatTurn, of: ToPlace): Promise<readonly Say[]> => {
  const { unit, parts, event } = turn;
  const here = of.one !== null && mayBeWrittenTo(turn, of.one) ? of.one : null;
  const standing = here ?? (await goOnWithCase(unit, parts, { room: of.room, roomId: event.roomId }));
  const known = await knownInChat(unit, { one: standing ?? of.one ?? of.knownFrom ?? null, event });
  if (standing !== null) await learnInChat(unit, { one: standing, known });
  const cleaned = parts.clean({ text: of.spoken.text, known, ownTexts: [], form: 'chat' });
  if (cleaned.clean === 'no' && cleaned.why === 'identity-left') return [{ key: 'requester.chat.not-clean' }];
  if (cleaned.clean === 'no' || cleaned.text === '') return [{ key: 'requester.chat.empty' }];
  const one = standing ?? (await beginChatCase(unit, parts, { room: of.room, roomId: event.roomId, known }));
  const words = {
    one,
    text: cleaned.text,
    quote: cleaned.quote,
    length: cleaned.length,
    files: 0,
    event: of.spoken.eventId,
    lateFrom: of.spoken.lateFrom,
  } as const;
  const placed = await placeMessage(unit, parts, words);
  const room = (await loadRoom(unit, of.room.ref)) ?? of.room;
  if (placed.ok) await workInRoom(unit, room, { work: 'mark', room: room.ref, message: placed.value.message });
  const first = standing === null && (await onceADay(unit, parts, { whom: canonicalUser(turn), purpose: 'first' }));
  return [
    ...(first ? [await firstAnswer(parts, { channel: 'matrix', now: unit.now })] : []),
    ...(cleaned.length === 'cut' ? [{ key: 'requester.chat.cut' }] : []),
  ];
};

/** One line of the requester, in a room that is as it should be. */
export const onChatText = async (turn: ChatTurn, of: { readonly room: Room; readonly spoken: Spoken }): Promise<void> => {
  const { unit } = turn;
  const { spoken } = of;
  const here: Here = { room: of.room, one: await caseOfChat(unit, of.room) };
  const late = spoken.lateFrom !== null;
  const gone = late ? [] : await letGo(turn, { ...here, text: spoken.text });
  const answers =
    (late || here.one === null ? null : await answer(turn, { ...here, one: here.one, text: spoken.text })) ??
    (late ? null : await wordsForUs(turn, { ...here, spoken })) ??
    (await place(turn, { ...here, spoken }));
  const says = [...gone, ...answers];
  const after = (await loadRoom(unit, of.room.ref)) ?? of.room;
  if (says.length === 0) return;
  const stranger = here.one === null && after.for.purpose === 'lobby';
  await sayInRoom(unit, after, stranger ? await thanksAndHelplines(unit, turn.parts, { whom: canonicalUser(turn), says }) : says);
};
