// A homeserver, our accounts and people's chat programs, in memory and at once: for tests that are not about Matrix itself.
// It passes the same contract as the real thing.
import { instant } from '#domain/ids.ts';
import type {
  BotName,
  CreateRoomOp,
  MatrixAccount,
  PlainOutcome,
  PostOp,
  RoomEvent,
  RoomHappening,
  RoomOutcome,
} from '#relay/matrix-port.ts';
import { readRawEvent } from '#matrix/raw-event.ts';
import { readHappening } from '#matrix/reading.ts';
import type { Clock } from '#relay/clock.ts';
import type { Person, Seen, World } from '#tests/contract/matrix-account.ts';

type Membership = 'join' | 'invite' | 'leave' | 'ban';

interface Happened {
  readonly eventId: string;
  readonly sender: string;
  readonly at: number;
  readonly wire: 'encrypted' | 'clear';
  readonly what: RoomHappening;
  /** As people's programs show it. */
  readonly shown: { readonly body: string; readonly edits: string | null; readonly replyTo: string | null } | null;
}

interface Room {
  readonly id: string;
  readonly members: Map<string, Membership>;
  readonly events: Happened[];
  encrypted: 'yes' | 'no';
  readonly direct: 'direct' | 'group';
  readonly maker: string;
}

interface User {
  readonly userId: string;
  device: 'signed' | 'unsigned';
  /** Another device of theirs, beside the one that they write with. */
  other: 'none' | 'unsigned';
  /** Theirs in all rooms, as a homeserver sets it. */
  name: string | null;
  /** By room, newest first. */
  readonly former: Map<string, readonly string[]>;
}

/** What a test may do to an account besides using it. */
export interface FakeAccount extends MatrixAccount {
  /** Everything is answered with `later` from now on, until `comeBack`. */
  goAway(code: string): void;
  comeBack(): void;
  /** The next op is answered with this. */
  answerNext(outcome: Exclude<RoomOutcome, { readonly outcome: 'accepted' }>): void;
  /** Resolves when everything that happened so far was handed on. */
  settled(): Promise<void>;
}

/** An event's own part. `wire`: as it comes in; default: as the room is. */
export interface RawContent {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly wire?: 'encrypted' | 'clear';
  readonly stateKey?: string;
  readonly redacts?: string;
}

export interface FakePerson extends Person {
  /** Logs in on another device, which stays unsigned until they verify it. */
  addDevice(): void;
  verifyDevice(): void;
  /** Whatever a client can put on the wire, read as the real account reads it. Resolves to its event id, also where nothing is handed on. */
  sendRaw(roomId: string, raw: RawContent): Promise<string>;
  /** Like `say`, but without sharing the key: it stays unreadable, and comes late when `sendKey` is called. */
  sayWithoutKey(roomId: string, body: string): Promise<{ readonly eventId: string; sendKey(): void }>;
}

export interface FakeMatrix extends World {
  account(bot: BotName, take: (event: RoomEvent) => Promise<void>): Promise<FakeAccount>;
  person(name: string, device?: 'signed' | 'unsigned'): Promise<FakePerson>;
}

const realClock: Clock = { now: () => instant(Date.now()) };

export function fakeMatrix(clock: Clock = realClock): FakeMatrix {
  const rooms = new Map<string, Room>();
  const users = new Map<string, User>();
  const listeners = new Map<string, (room: Room, event: Happened | 'invited') => void>();
  let counter = 0;
  const next = (word: string): string => `${word}${(counter += 1)}`;

  function happen(room: Room, event: Omit<Happened, 'eventId' | 'at'> & { readonly eventId?: string }): string {
    const whole = { ...event, eventId: event.eventId ?? next('$event'), at: clock.now() };
    room.events.push(whole);
    for (const [userId, hear] of listeners) if (room.members.get(userId) === 'join' || isAbout(event.what, userId)) hear(room, whole);
    return whole.eventId;
  }

  function makeRoom(
    maker: string,
    {
      direct,
      encrypted,
      invite,
    }: { readonly direct: Room['direct']; readonly encrypted: Room['encrypted']; readonly invite: readonly string[] },
  ): Room {
    const room: Room = { id: `!${next('room')}:fake.example`, members: new Map([[maker, 'join']]), events: [], encrypted, direct, maker };
    rooms.set(room.id, room);
    for (const userId of invite) change(room, { by: maker, who: userId, now: 'invite' });
    return room;
  }

  function change(room: Room, { by, who, now }: { readonly by: string; readonly who: string; readonly now: Membership }): void {
    room.members.set(who, now);
    happen(room, { sender: by, wire: 'clear', what: { type: 'membership', who, now }, shown: null });
    if (now === 'invite') listeners.get(who)?.(room, 'invited');
  }

  const mayEnter = (room: Room | undefined, userId: string): boolean =>
    room?.members.get(userId) === 'invite' || room?.members.get(userId) === 'join';
  const present = (room: Room): readonly string[] =>
    [...room.members].flatMap(([userId, now]) => (now === 'join' || now === 'invite' ? [userId] : []));

  return {
    async account(bot, take) {
      return fakeAccount({ bot, take, user: addUser(next(bot), 'signed') });
    },
    async person(name, device = 'signed') {
      return fakePerson(addUser(next(name), device));
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
    },
  };

  function addUser(localpart: string, device: User['device']): User {
    const user: User = { userId: `@${localpart}:fake.example`, device, other: 'none', name: null, former: new Map() };
    users.set(user.userId, user);
    return user;
  }

  function nameOf(userId: string): string | null {
    return users.get(userId)?.name ?? null;
  }

  function namesIn(roomId: string, userId: string): Pick<RoomEvent, 'senderName' | 'formerNames'> {
    const formerNames = users.get(userId)?.former.get(roomId) ?? [];
    return { senderName: nameOf(userId), ...(formerNames.length > 0 && { formerNames }) };
  }

  function fakeAccount({
    bot,
    take,
    user,
  }: {
    readonly bot: BotName;
    readonly take: (event: RoomEvent) => Promise<void>;
    readonly user: User;
  }): FakeAccount {
    const self = user.userId;
    const sent = new Map<string, string>();
    const made = new Map<string, string>();
    let away: string | null = null;
    let nextAnswer: Exclude<RoomOutcome, { readonly outcome: 'accepted' }> | null = null;
    let handing = Promise.resolve();

    listeners.set(self, (room, event) => {
      if (event === 'invited') {
        const inviter = room.maker;
        hand({
          key: `i:${next('invite')}`,
          roomId: room.id,
          sender: inviter,
          senderName: nameOf(inviter),
          at: clock.now(),
          device: 'clear',
          what: { type: 'invitation', inviter, direct: room.direct, encrypted: room.encrypted },
        });
      } else if (event.sender !== self) {
        hand(seen(room, event));
      }
    });

    function seen(room: Room, event: Happened): RoomEvent {
      const facts = { roomId: room.id, sender: event.sender, ...namesIn(room.id, event.sender), at: event.at };
      const device = event.wire === 'clear' ? 'clear' : (users.get(event.sender)?.device ?? 'unsigned');
      if (bot === 'desk' && device === 'unsigned')
        return {
          ...facts,
          key: `e:${event.eventId}`,
          device,
          what: { type: 'unreadable', eventId: event.eventId, why: 'unsigned-device' },
        };
      const first = event.what.type === 'late' ? 'l' : 'e';
      return { ...facts, key: `${first}:${event.eventId}`, device, what: event.what };
    }

    /** One after the other, each until it was taken. */
    function hand(event: RoomEvent): void {
      handing = handing.then(async () => {
        for (;;) {
          try {
            await take(event);
            return;
          } catch {
            await new Promise((resume) => setImmediate(resume));
          }
        }
      });
    }

    type Ready = { readonly room: Room } | { readonly answer: Exclude<RoomOutcome, { readonly outcome: 'accepted' }> };
    function ready(roomId: string): Ready {
      const answer = unready();
      if (answer !== null) return { answer };
      const room = rooms.get(roomId);
      return room?.members.get(self) === 'join' ? { room } : { answer: { outcome: 'guarded', why: 'unknown-room' } };
    }

    function unready(): Exclude<RoomOutcome, { readonly outcome: 'accepted' }> | null {
      if (away !== null) return { outcome: 'later', afterMs: 5_000, code: away };
      const answer = nextAnswer;
      nextAnswer = null;
      return answer;
    }

    /** A transaction id gives the same event for ever, as a homeserver does for a day. */
    function once(room: Room, txnId: string, event: Omit<Happened, 'eventId' | 'at'>): RoomOutcome {
      const eventId = sent.get(txnId) ?? happen(room, event);
      sent.set(txnId, eventId);
      return { outcome: 'accepted', eventId };
    }

    function guard(
      room: Room,
      { members, devices }: Pick<PostOp, 'members' | 'devices'>,
    ): Extract<RoomOutcome, { readonly outcome: 'guarded' }> | null {
      if (room.encrypted === 'no') return { outcome: 'guarded', why: 'unencrypted' };
      const there = present(room).filter((member) => member !== self);
      if (there.some((member) => !members.includes(member))) return { outcome: 'guarded', why: 'member-unexpected' };
      if (members.some((member) => !there.includes(member))) return { outcome: 'guarded', why: 'member-missing' };
      if (bot === 'desk' && there.some((member) => users.get(member)?.device === 'unsigned'))
        return { outcome: 'guarded', why: 'unsigned-device' };
      const everyDevice = bot === 'desk' && devices !== 'some-signed';
      if (everyDevice && there.some((member) => users.get(member)?.other === 'unsigned'))
        return { outcome: 'guarded', why: 'unsigned-device' };
      return null;
    }

    return {
      bot,
      userId: self,
      goAway(code) {
        away = code;
      },
      comeBack() {
        away = null;
      },
      answerNext(outcome) {
        nextAnswer = outcome;
      },
      settled: () => handing,
      async post({ roomId, members, devices, txnId, body, replyTo, edits }) {
        const to = ready(roomId);
        if ('answer' in to) return to.answer;
        const guarded = guard(to.room, { members, ...(devices === undefined ? {} : { devices }) });
        if (guarded !== null) return guarded;
        const shown = { body: edits === undefined ? body : `* ${body}`, edits: edits ?? null, replyTo: replyTo ?? null };
        const eventId = sent.get(txnId) ?? next('$event');
        if (!sent.has(txnId))
          happen(to.room, {
            eventId,
            sender: self,
            wire: 'encrypted',
            what: textOrEdit({ eventId, body, edits: edits ?? null, replyTo: replyTo ?? null }),
            shown,
          });
        sent.set(txnId, eventId);
        return { outcome: 'accepted', eventId };
      },
      async postFixedText({ roomId, txnId, body }) {
        const to = ready(roomId);
        if ('answer' in to) return to.answer;
        if (bot === 'desk' && to.room.encrypted === 'no') return { outcome: 'guarded', why: 'unencrypted' };
        const eventId = next('$event');
        return once(to.room, txnId, {
          sender: self,
          wire: to.room.encrypted === 'yes' ? 'encrypted' : 'clear',
          what: { type: 'text', eventId, body, replyTo: null },
          shown: { body, edits: null, replyTo: null },
        });
      },
      async react({ roomId, txnId, eventId, symbol }) {
        const to = ready(roomId);
        return 'answer' in to
          ? to.answer
          : once(to.room, txnId, {
              sender: self,
              wire: 'clear',
              what: { type: 'reaction', eventId: txnId, of: eventId, symbol },
              shown: null,
            });
      },
      async redact({ roomId, txnId, eventId }) {
        const to = ready(roomId);
        return 'answer' in to
          ? to.answer
          : once(to.room, txnId, { sender: self, wire: 'clear', what: { type: 'removal', of: eventId }, shown: null });
      },
      async createRoom({ creationId, invite, direct }: CreateRoomOp) {
        const answer = unready();
        if (answer !== null) return answer;
        const roomId = made.get(creationId) ?? makeRoom(self, { direct, encrypted: 'yes', invite }).id;
        made.set(creationId, roomId);
        return { outcome: 'made', roomId };
      },
      async invite({ roomId, userId }): Promise<PlainOutcome> {
        const to = ready(roomId);
        if ('answer' in to) return to.answer;
        if (to.room.members.get(userId) === 'join') return { outcome: 'refused', code: 'M_FORBIDDEN' };
        change(to.room, { by: self, who: userId, now: 'invite' });
        return { outcome: 'done' };
      },
      async join({ roomId }): Promise<PlainOutcome> {
        const answer = unready();
        if (answer !== null) return answer;
        const room = rooms.get(roomId);
        if (room === undefined || !mayEnter(room, self)) return { outcome: 'refused', code: 'M_FORBIDDEN' };
        const invitedAt = room.events.findLastIndex(
          ({ what }) => isAbout(what, self) && what.type === 'membership' && what.now === 'invite',
        );
        change(room, { by: self, who: self, now: 'join' });
        for (const event of room.events.slice(invitedAt + 1)) if (event.sender !== self) hand(seen(room, event));
        return { outcome: 'done' };
      },
      async leave({ roomId }): Promise<PlainOutcome> {
        const answer = unready();
        if (answer !== null) return answer;
        const room = rooms.get(roomId);
        if (room !== undefined && mayEnter(room, self)) change(room, { by: self, who: self, now: 'leave' });
        return { outcome: 'done' };
      },
      async sight(roomId) {
        const room = rooms.get(roomId);
        if (room === undefined || room.members.get(self) !== 'join') return 'unknown-room';
        const those = (now: Membership): readonly string[] => [...room.members].flatMap(([userId, is]) => (is === now ? [userId] : []));
        return { encrypted: room.encrypted, joined: those('join'), invited: those('invite') };
      },
      async devices(userId) {
        if (away !== null) return 'away';
        const of = users.get(userId);
        return of === undefined ? 'none' : of.device === 'signed' && of.other === 'none' ? 'all-signed' : 'some-unsigned';
      },
      state: () => (away === null ? { state: 'ready' } : { state: 'away', code: away }),
      async [Symbol.asyncDispose]() {
        listeners.delete(self);
        await handing;
      },
    };
  }

  function fakePerson(user: User): FakePerson {
    const { userId } = user;
    const room = (roomId: string): Room => {
      const found = rooms.get(roomId);
      if (found === undefined || found.members.get(userId) !== 'join') throw new Error('not in that room');
      return found;
    };
    const say = (
      roomId: string,
      { body, edits = null, replyTo = null }: { readonly body: string; readonly edits?: string | null; readonly replyTo?: string | null },
    ): string => {
      const eventId = next('$event');
      const { encrypted } = room(roomId);
      return happen(room(roomId), {
        eventId,
        sender: userId,
        wire: encrypted === 'yes' ? 'encrypted' : 'clear',
        what: textOrEdit({ eventId, body, edits, replyTo }),
        shown: { body: edits === null ? body : `* ${body}`, edits, replyTo },
      });
    };
    return {
      userId,
      async goesBy(name) {
        for (const { id, members } of rooms.values())
          if (members.get(userId) === 'join' && user.name !== null && user.name !== name)
            user.former.set(id, [user.name, ...(user.former.get(id) ?? []).filter((each) => each !== name && each !== user.name)]);
        user.name = name;
      },
      async join(roomId) {
        const found = rooms.get(roomId);
        if (found === undefined || !mayEnter(found, userId)) throw new Error('not invited');
        change(found, { by: userId, who: userId, now: 'join' });
      },
      async leave(roomId) {
        change(room(roomId), { by: userId, who: userId, now: 'leave' });
      },
      async putOut(roomId, who) {
        change(room(roomId), { by: userId, who, now: 'leave' });
      },
      async encrypt(roomId) {
        const found = room(roomId);
        found.encrypted = 'yes';
        happen(found, { sender: userId, wire: 'clear', what: { type: 'encryption-on' }, shown: null });
      },
      async invite(roomId, who) {
        change(room(roomId), { by: userId, who, now: 'invite' });
      },
      say: async (roomId, body, more = {}) => say(roomId, { body, replyTo: more.replyTo ?? null }),
      edit: async (roomId, of, body) => say(roomId, { body, edits: of }),
      async remove(roomId, of) {
        happen(room(roomId), { sender: userId, wire: 'clear', what: { type: 'removal', of }, shown: null });
      },
      async react(roomId, of, symbol) {
        const eventId = next('$event');
        return happen(room(roomId), {
          eventId,
          sender: userId,
          wire: 'clear',
          what: { type: 'reaction', eventId, of, symbol },
          shown: null,
        });
      },
      async sendFile(roomId) {
        const eventId = next('$event');
        return happen(room(roomId), {
          eventId,
          sender: userId,
          wire: room(roomId).encrypted === 'yes' ? 'encrypted' : 'clear',
          what: { type: 'uncarried', eventId, kind: 'file' },
          shown: null,
        });
      },
      async sendRaw(roomId, { type, content, wire, stateKey, redacts }) {
        const eventId = next('$event');
        const found = room(roomId);
        const raw = readRawEvent({
          event_id: eventId,
          type,
          sender: userId,
          origin_server_ts: clock.now(),
          content,
          ...(stateKey === undefined ? {} : { state_key: stateKey }),
          ...(redacts === undefined ? {} : { redacts }),
        });
        const what = raw === null ? null : readHappening(raw, raw);
        if (what === null) return eventId;
        const usual = found.encrypted === 'yes' && stateKey === undefined ? 'encrypted' : 'clear';
        if (what.type === 'membership') found.members.set(what.who, what.now === 'knock' ? 'leave' : what.now);
        return happen(found, { eventId, sender: userId, wire: wire ?? usual, what, shown: null });
      },
      addDevice() {
        user.other = 'unsigned';
      },
      verifyDevice() {
        user.other = 'none';
        user.device = 'signed';
      },
      async sayWithoutKey(roomId, body) {
        const eventId = next('$event');
        const event = { eventId, sender: userId, wire: 'encrypted', shown: null } as const;
        happen(room(roomId), { ...event, what: { type: 'unreadable', eventId, why: 'no-key' } });
        return {
          eventId,
          sendKey() {
            happen(room(roomId), { ...event, what: { type: 'late', eventId, happening: { type: 'text', eventId, body, replyTo: null } } });
          },
        };
      },
      chatWith: async (who, kind) =>
        makeRoom(userId, { direct: 'direct', encrypted: kind === 'encrypted' ? 'yes' : 'no', invite: [who] }).id,
      async sees(roomId) {
        return shownIn(rooms.get(roomId)?.events ?? []);
      },
    };
  }
}

const isAbout = (what: RoomHappening, userId: string): boolean => what.type === 'membership' && what.who === userId;

const textOrEdit = ({
  eventId,
  body,
  edits,
  replyTo,
}: {
  readonly eventId: string;
  readonly body: string;
  readonly edits: string | null;
  readonly replyTo: string | null;
}): RoomHappening => (edits === null ? { type: 'text', eventId, body, replyTo } : { type: 'edit', eventId, of: edits, body });

function shownIn(events: readonly Happened[]): readonly Seen[] {
  return events.flatMap(({ eventId, sender, wire, shown }) => {
    if (shown === null) return [];
    const removed = events.some(({ what }) => what.type === 'removal' && what.of === eventId);
    return [
      {
        ...shown,
        body: removed ? '' : shown.body,
        eventId,
        sender,
        wire,
        removed: removed ? 'yes' : 'no',
        reactions: events.flatMap(({ what }) => (what.type === 'reaction' && what.of === eventId ? [what.symbol] : [])),
      },
    ];
  });
}
