// Puts many odd events to a relay in memory, one after the other, and says which of them came to no good end.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { becameOf, look } from '#tests/support/bad-input/fate.ts';
import type { Became, Fate, Sight } from '#tests/support/bad-input/fate.ts';
import { botEvent, ownEdit, ownEvent } from '#tests/support/bad-input/room-events.ts';
import type { RoomStep } from '#tests/support/bad-input/room-events.ts';
import type { FakePerson, RawContent } from '#tests/support/fake-matrix.ts';
import { saysOwnWord } from '#tests/support/bad-input/mail-grammar.ts';
import { isRecord, textOr } from '#matrix/raw-event.ts';
import { chatWriter, volunteerHere } from '#tests/support/world-people.ts';
import { minutes, relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';

export interface EventFinding {
  readonly what: string;
  /** The last one is what it is about. */
  readonly steps: readonly RoomStep[];
}

export interface EventsTried {
  readonly fates: Readonly<Record<Fate, number>>;
  readonly findings: readonly EventFinding[];
  readonly longestStallMs: number;
}

interface Place {
  readonly person: FakePerson;
  roomId: string;
  own: string;
  edit: string;
}

export interface EventScene {
  readonly world: RelayWorld;
  place(where: RoomStep['where']): Promise<Place>;
  /** All rooms in which a bot could say something. */
  rooms(): readonly string[];
}

/** A requester in a chat, and a volunteer who has the conversation open. */
export const openEventScene = async (end?: (undo: () => Promise<void> | void) => void): Promise<EventScene> => {
  const world = await relayWorld(end === undefined ? {} : { end });
  const cy = await chatWriter(world);
  await cy.chat.says('The first words.');
  const vera = await volunteerHere(world);
  const room = await vera.takes();
  await room.says('I am here.');
  await world.pass(minutes(1));
  const nobody = { own: '$none', edit: '$none' };
  const places = {
    chat: { person: cy.person, roomId: cy.chat.roomId, ...nobody },
    'case-room': { person: vera.person, roomId: room.roomId, ...nobody },
    desk: { person: vera.person, roomId: vera.desk.roomId, ...nobody },
  };
  const chats: string[] = [];
  let fresh: Place | null = null;
  let strangers = 0;
  return {
    world,
    async place(where) {
      if (where !== 'new-chat') return places[where];
      if (fresh !== null) return fresh;
      strangers += 1;
      const { person, chat } = await chatWriter(world, `stranger${strangers}`);
      chats.push(chat.roomId);
      fresh = { person, roomId: chat.roomId, ...nobody };
      return fresh;
    },
    rooms: () => [...Object.values(places).map(({ roomId }) => roomId), ...chats, ...world.rooms.map(({ roomId }) => roomId)],
  };
};

const withIds = (raw: RawContent, ids: Readonly<Record<string, string>>): RawContent =>
  JSON.parse(
    JSON.stringify(raw, (_key, value: unknown) => (typeof value === 'string' && Object.hasOwn(ids, value) ? ids[value] : value)),
  ) as RawContent;

const isEdit = ({ content }: RawContent): boolean => JSON.stringify(content['m.relates_to'] ?? '').includes('m.replace');

/** Whoever is invited to another room, as after words in clear, goes on there. The desk stays the desk. */
const followInvitation = async ({ world }: EventScene, of: { readonly place: Place; readonly where: RoomStep['where'] }): Promise<void> => {
  const { place, where } = of;
  const newest = world.rooms.findLast((room) => room.invited.includes(place.person.userId));
  if (where === 'desk' || newest === undefined || newest.roomId === place.roomId) return;
  const account = where === 'case-room' ? world.desk : world.front;
  const sight = await account.sight(newest.roomId);
  if (sight === 'unknown-room' || !sight.invited.includes(place.person.userId)) return;
  await place.person.join(newest.roomId);
  place.roomId = newest.roomId;
  await world.settle();
};

/** Does one step, and all that follows from it happens. */
export const doStep = async (scene: EventScene, step: RoomStep): Promise<void> => {
  const { world } = scene;
  const place = await scene.place(step.where);
  await followInvitation(scene, { place, where: step.where });
  const seen = await place.person.sees(place.roomId);
  const bot = seen.findLast(({ sender }) => sender !== place.person.userId)?.eventId ?? '$none';
  const raw = withIds(step.raw, { [ownEvent]: place.own, [ownEdit]: place.edit, [botEvent]: bot });
  // Who was put out, or has gone, says nothing any more.
  const sight = await (step.where === 'chat' || step.where === 'new-chat' ? world.front : world.desk).sight(place.roomId);
  if (sight === 'unknown-room' || !sight.joined.includes(place.person.userId)) return;
  if (step.key === undefined) {
    const event = await place.person.sendRaw(place.roomId, raw);
    if (isEdit(raw)) place.edit = event;
    else place.own = event;
  } else {
    const said = await place.person.sayWithoutKey(place.roomId, textOr(raw.content['body'], ''));
    place.own = said.eventId;
    await world.settle();
    if (step.key === 'late') said.sendKey();
  }
  await world.settle();
};

export const seeBecome = async (
  scene: EventScene,
  of: { readonly step: RoomStep; readonly before: Sight },
): Promise<{ readonly after: Sight; readonly became: Became }> => {
  await doStep(scene, of.step);
  const after = await look(scene.world, scene.rooms());
  return { after, became: becameOf(of.before, after) };
};

/** An edit of what they have taken back, or one that changes nothing. */
const editsNothing = ({ content }: RawContent, before: Sight): boolean => {
  const standing = [...before.messages.values()];
  const fresh = content['m.new_content'];
  const body = isRecord(fresh) ? textOr(fresh['body'], null) : null;
  return (
    isEdit({ type: '', content }) &&
    (standing.some(({ hidden }) => hidden === 'hidden') || standing.some(({ text }) => text === body?.trim()))
  );
};

/** What nobody need be told of: the talk of machines, a reaction that was explained today, what is taken back or cannot be trusted. */
const mayBeSilent = ({ raw }: RoomStep, before: Sight): boolean => {
  const { type, content, stateKey, wire } = raw;
  if (stateKey !== undefined || wire === 'clear') return true;
  // One encryption within another is a machine's slip.
  if (/^(?:m\.room\.redaction|m\.reaction|m\.room\.encrypted)$|key\.verification|\.poll\.(?:response|end)$|call\.(?!invite$)/u.test(type))
    return true;
  if (typeof content['msgtype'] === 'string' && content['msgtype'].startsWith('m.key.verification.')) return true;
  return editsNothing(raw, before);
};

const troubles = (step: RoomStep, of: { readonly became: Became; readonly before: Sight }): readonly string[] => {
  const { became, before } = of;
  const found = [...became.wrong];
  if (became.fate === 'nothing' && !mayBeSilent(step, before)) found.push('silence');
  if (became.fate !== 'carried' && became.answers.some((answer) => saysOwnWord.test(answer) && !became.standing.has(answer)))
    found.push('an answer repeats what was written');
  return found;
};

const eventsOfAWorld = 40;

export const tryEvents = async (steps: readonly RoomStep[]): Promise<EventsTried> => {
  const fates: Record<Fate, number> = { carried: 0, asked: 0, 'both-told': 0, quarantined: 0, answered: 0, nothing: 0 };
  const findings: EventFinding[] = [];
  const stalls = monitorEventLoopDelay({ resolution: 10 });
  stalls.enable();
  for (let from = 0; from < steps.length; from += eventsOfAWorld) {
    await using ending = new AsyncDisposableStack();
    const scene = await openEventScene((undo) => ending.defer(undo));
    const ours = steps.slice(from, from + eventsOfAWorld);
    let before = await look(scene.world, scene.rooms());
    for (const [at, step] of ours.entries()) {
      const { after, became } = await seeBecome(scene, { step, before });
      fates[became.fate] += 1;
      for (const what of troubles(step, { became, before })) findings.push({ what, steps: ours.slice(0, at + 1) });
      before = after;
    }
    scene.world.faults();
  }
  stalls.disable();
  return { fates, findings, longestStallMs: stalls.max / 1e6 };
};
