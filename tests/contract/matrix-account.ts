// What every `MatrixAccount` must do, run against the fake and against a real homeserver.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BotName, CreateRoomOp, MatrixAccount, RoomEvent, RoomHappening } from '#relay/matrix-port.ts';
import { until } from '#tests/support/until.ts';

/** Somebody else, with a chat program of their own. */
export interface Person {
  readonly userId: string;
  /** Takes a display name, in every room. */
  goesBy(name: string): Promise<void>;
  join(roomId: string): Promise<void>;
  leave(roomId: string): Promise<void>;
  invite(roomId: string, userId: string): Promise<void>;
  putOut(roomId: string, userId: string): Promise<void>;
  /** Switches encryption on in a chat of theirs. */
  encrypt(roomId: string): Promise<void>;
  say(roomId: string, body: string, more?: { readonly replyTo?: string }): Promise<string>;
  edit(roomId: string, of: string, body: string): Promise<string>;
  remove(roomId: string, of: string): Promise<void>;
  react(roomId: string, of: string, symbol: string): Promise<string>;
  sendFile(roomId: string): Promise<string>;
  /** A chat with this user alone, who is invited to it. */
  chatWith(userId: string, kind: 'encrypted' | 'clear'): Promise<string>;
  /** What can be read in the room: plain texts with the edits and removals known so far. */
  sees(roomId: string): Promise<readonly Seen[]>;
}
export interface Seen {
  readonly eventId: string;
  readonly sender: string;
  readonly body: string;
  readonly edits: string | null;
  readonly replyTo: string | null;
  readonly wire: 'encrypted' | 'clear';
  readonly removed: 'no' | 'yes';
  readonly reactions: readonly string[];
}

export interface World extends AsyncDisposable {
  account(bot: BotName, take: (event: RoomEvent) => Promise<void>): Promise<MatrixAccount>;
  person(name: string, device?: 'signed' | 'unsigned'): Promise<Person>;
}

interface Ours {
  readonly account: MatrixAccount;
  readonly events: readonly RoomEvent[];
  /** Rejects the next this many events once each. */
  refuseNext(count: number): void;
}

let counter = 0;
const fresh = (word: string): string => `${word}-${Date.now().toString(36)}-${(counter += 1)}`;

export function matrixAccountContract(name: string, makeWorld: () => Promise<World>): void {
  describe(`a Matrix account (${name})`, () => {
    let world: World;
    let front: Ours;
    let desk: Ours;

    beforeAll(async () => {
      world = await makeWorld();
      front = await ours(world, 'front');
      desk = await ours(world, 'desk');
    });
    afterAll(async () => {
      await desk?.account[Symbol.asyncDispose]();
      await front?.account[Symbol.asyncDispose]();
      await world?.[Symbol.asyncDispose]();
    });

    const group = (invite: readonly string[]): CreateRoomOp => ({
      creationId: fresh('room'),
      invite,
      federate: 'anywhere',
      direct: 'group',
    });

    async function roomWith(account: MatrixAccount, people: readonly Person[]): Promise<string> {
      const made = await account.createRoom(group(people.map((person) => person.userId)));
      if (made.outcome !== 'made') throw new Error(`no room: ${made.outcome}`);
      for (const person of people) await person.join(made.roomId);
      await until('everybody to be in', async () => {
        const sight = await account.sight(made.roomId);
        return sight !== 'unknown-room' && people.every((person) => sight.joined.includes(person.userId));
      });
      return made.roomId;
    }

    function happened<Type extends RoomHappening['type']>(
      to: Ours,
      { roomId, type }: { readonly roomId: string; readonly type: Type },
    ): readonly (RoomEvent & { readonly what: Extract<RoomHappening, { type: Type }> })[] {
      return to.events.filter(
        (event): event is RoomEvent & { readonly what: Extract<RoomHappening, { type: Type }> } =>
          event.roomId === roomId && event.what.type === type,
      );
    }

    const texts = (to: Ours, roomId: string): readonly string[] => happened(to, { roomId, type: 'text' }).map((event) => event.what.body);

    it('is ready and knows itself', () => {
      expect(desk.account.state()).toEqual({ state: 'ready' });
      expect(desk.account.bot).toBe('desk');
      expect(front.account.userId).not.toBe(desk.account.userId);
    });

    it('makes an encrypted room of exactly those invited', async () => {
      const vera = await world.person('vera');
      const made = await desk.account.createRoom({ ...group([vera.userId]), name: 'Quiet Heron' });
      expect(made.outcome).toBe('made');
      if (made.outcome !== 'made') return;
      const sight = await desk.account.sight(made.roomId);
      expect(sight).toEqual({ encrypted: 'yes', joined: [desk.account.userId], invited: [vera.userId] });
    });

    it('makes a room once, however often it is asked', async () => {
      const op = group([]);
      const first = await desk.account.createRoom(op);
      const second = await desk.account.createRoom(op);
      expect(first.outcome).toBe('made');
      expect(second).toEqual(first);
      expect(await desk.account.createRoom(group([]))).not.toEqual(first);
    });

    it('sends encrypted texts that arrive in order, once each', async () => {
      const vera = await world.person('vera');
      const roomId = await roomWith(desk.account, [vera]);
      const bodies = Array.from({ length: 5 }, (_, index) => `line ${index}`);
      for (const body of bodies) {
        const outcome = await desk.account.post({ roomId, members: [vera.userId], txnId: fresh('t'), msgtype: 'm.notice', body });
        expect(outcome.outcome).toBe('accepted');
      }
      const seen = await until('all lines', async () => {
        const all = await vera.sees(roomId);
        return all.length >= bodies.length && all;
      });
      expect(seen.map((one) => one.body)).toEqual(bodies);
      expect(seen.every((one) => one.wire === 'encrypted' && one.sender === desk.account.userId)).toBe(true);
    });

    it('sends nothing twice under one transaction id', async () => {
      const vera = await world.person('vera');
      const roomId = await roomWith(desk.account, [vera]);
      const op = { roomId, members: [vera.userId], txnId: fresh('t'), msgtype: 'm.notice', body: 'once' } as const;
      const first = await desk.account.post(op);
      expect(await desk.account.post(op)).toEqual(first);
      await desk.account.post({ ...op, txnId: fresh('t'), body: 'last' });
      const seen = await until('the last line', async () => {
        const all = await vera.sees(roomId);
        return all.some((one) => one.body === 'last') && all;
      });
      expect(seen.map((one) => one.body)).toEqual(['once', 'last']);
    });

    it('edits, replies, reacts and removes', async () => {
      const vera = await world.person('vera');
      const roomId = await roomWith(desk.account, [vera]);
      const asked = await vera.say(roomId, 'a question');
      const post = async (more: { readonly body: string; readonly replyTo?: string; readonly edits?: string }): Promise<string> => {
        const outcome = await desk.account.post({ roomId, members: [vera.userId], txnId: fresh('t'), msgtype: 'm.notice', ...more });
        if (outcome.outcome !== 'accepted') throw new Error(outcome.outcome);
        return outcome.eventId;
      };
      const answer = await post({ body: 'an anwser', replyTo: asked });
      const edit = await post({ body: 'an answer', edits: answer });
      expect((await desk.account.react({ roomId, txnId: fresh('t'), eventId: asked, symbol: '⏳' })).outcome).toBe('accepted');
      const gone = await post({ body: 'a slip' });
      expect((await desk.account.redact({ roomId, txnId: fresh('t'), eventId: gone })).outcome).toBe('accepted');
      const seen = await until('all of it', async () => {
        const all = await vera.sees(roomId);
        return (
          all.find((one) => one.eventId === gone)?.removed === 'yes' &&
          all.find((one) => one.eventId === asked)?.reactions.includes('⏳') === true &&
          all.some((one) => one.edits === answer) &&
          all
        );
      });
      expect(seen.find((one) => one.eventId === answer)).toMatchObject({ body: 'an anwser', replyTo: asked });
      expect(seen.find((one) => one.eventId === edit)).toMatchObject({ body: '* an answer', edits: answer, wire: 'encrypted' });
    });

    it('hands on what others write, with reply, edit, removal, reaction and file, and nothing of its own', async () => {
      const vera = await world.person('vera');
      const roomId = await roomWith(desk.account, [vera]);
      const posted = await desk.account.post({
        roomId,
        members: [vera.userId],
        txnId: fresh('t'),
        msgtype: 'm.notice',
        body: 'from the desk',
      });
      const question = posted.outcome === 'accepted' ? posted.eventId : '';
      const first = await vera.say(roomId, 'hello');
      const reply = await vera.say(roomId, 'a reply', { replyTo: question });
      const edit = await vera.edit(roomId, first, 'hello there');
      const reaction = await vera.react(roomId, question, '1️⃣');
      const file = await vera.sendFile(roomId);
      await vera.remove(roomId, first);
      await until('the removal', () => happened(desk, { roomId, type: 'removal' }).length > 0);
      const what = desk.events.filter((event) => event.roomId === roomId && event.what.type !== 'membership').map((event) => event.what);
      expect(what).toEqual([
        { type: 'text', eventId: first, body: 'hello', replyTo: null },
        { type: 'text', eventId: reply, body: 'a reply', replyTo: question },
        { type: 'edit', eventId: edit, of: first, body: 'hello there' },
        { type: 'reaction', eventId: reaction, of: question, symbol: '1️⃣' },
        { type: 'uncarried', eventId: file, kind: 'file' },
        { type: 'removal', of: first },
      ]);
      const mine = desk.events.filter((event) => event.roomId === roomId);
      expect(new Set(mine.map((event) => event.key)).size).toBe(mine.length);
      expect(mine.every((event) => event.sender === vera.userId)).toBe(true);
      expect(happened(desk, { roomId, type: 'text' })[0]?.device).toBe('signed');
    });

    it('hands an event on again, under the same key and before the next, until it was taken', async () => {
      const vera = await world.person('vera');
      const roomId = await roomWith(desk.account, [vera]);
      await until('the joining', () => happened(desk, { roomId, type: 'membership' }).length > 0);
      desk.refuseNext(1);
      await vera.say(roomId, 'first');
      await vera.say(roomId, 'second');
      await until('both', () => texts(desk, roomId).length >= 2);
      expect(texts(desk, roomId)).toEqual(['first', 'second']);
    });

    it('is invited into a chat, joins it, and hears what was written before it came', async () => {
      const robin = await world.person('robin');
      const roomId = await robin.chatWith(front.account.userId, 'encrypted');
      await robin.say(roomId, 'is anybody there?');
      const [invitation] = await until('the invitation', () => {
        const all = happened(front, { roomId, type: 'invitation' });
        return all.length > 0 && all;
      });
      expect(invitation).toMatchObject({
        sender: robin.userId,
        device: 'clear',
        what: { inviter: robin.userId, direct: 'direct', encrypted: 'yes' },
      });
      expect(await front.account.sight(roomId)).toBe('unknown-room');
      expect(await front.account.join({ roomId })).toEqual({ outcome: 'done' });
      await until('the first words', () => texts(front, roomId).includes('is anybody there?'));
      const answer = await front.account.post({ roomId, members: [robin.userId], txnId: fresh('t'), msgtype: 'm.text', body: 'yes' });
      expect(answer.outcome).toBe('accepted');
      await until('the answer', async () => (await robin.sees(roomId)).some((one) => one.body === 'yes' && one.wire === 'encrypted'));
    });

    it('knows by what name somebody goes in a room, from the invitation on, and gives no name to anybody else', async () => {
      const robin = await world.person('robin');
      await robin.goesBy('Robin Quillfeather');
      const roomId = await robin.chatWith(front.account.userId, 'encrypted');
      await until('the invitation', () => happened(front, { roomId, type: 'invitation' }).length > 0);
      await front.account.join({ roomId });
      await robin.say(roomId, 'by one name');
      await until('the first words', () => texts(front, roomId).includes('by one name'));
      await robin.goesBy('R. Ostrander');
      await robin.say(roomId, 'by another');
      await until('the second words', () => texts(front, roomId).includes('by another'));
      const named = front.events.filter((event) => event.roomId === roomId && event.what.type !== 'membership');
      expect(named.map(({ what, senderName, formerNames }) => [what.type, senderName, formerNames])).toEqual([
        ['invitation', 'Robin Quillfeather', undefined],
        ['text', 'Robin Quillfeather', undefined],
        ['text', 'R. Ostrander', ['Robin Quillfeather']],
      ]);
      const shown = JSON.stringify([await front.account.sight(roomId), named.map(({ key, sender, what }) => [key, sender, what])]);
      expect(shown).not.toMatch(/Quillfeather|Ostrander/u);
    });

    it('hears of comings and goings', async () => {
      const vera = await world.person('vera');
      const vito = await world.person('vito');
      const roomId = await roomWith(desk.account, [vera]);
      expect(await desk.account.invite({ roomId, userId: vito.userId })).toEqual({ outcome: 'done' });
      await vito.join(roomId);
      await vera.leave(roomId);
      await until('the leaving', () => happened(desk, { roomId, type: 'membership' }).some((event) => event.what.now === 'leave'));
      expect(happened(desk, { roomId, type: 'membership' }).map(({ what }) => [what.who, what.now])).toEqual([
        [vera.userId, 'join'],
        [vito.userId, 'join'],
        [vera.userId, 'leave'],
      ]);
    });

    it('sends nothing into a room whose members are not exactly those expected', async () => {
      const vera = await world.person('vera');
      const vito = await world.person('vito');
      const roomId = await roomWith(desk.account, [vera]);
      const op = { roomId, txnId: fresh('t'), msgtype: 'm.notice', body: 'for nobody else' } as const;
      expect(await desk.account.post({ ...op, members: [] })).toEqual({ outcome: 'guarded', why: 'member-unexpected' });
      expect(await desk.account.post({ ...op, members: [vera.userId, vito.userId] })).toEqual({
        outcome: 'guarded',
        why: 'member-missing',
      });
      expect(await desk.account.post({ ...op, roomId: '!nowhere:chat.example', members: [vera.userId] })).toEqual({
        outcome: 'guarded',
        why: 'unknown-room',
      });
      await desk.account.post({ ...op, members: [vera.userId], body: 'for vera' });
      await until('the one that may', async () => (await vera.sees(roomId)).some((one) => one.body === 'for vera'));
      expect((await vera.sees(roomId)).map((one) => one.body)).toEqual(['for vera']);
    });

    it('sends nothing but a fixed text into an unencrypted chat, and there in clear', async () => {
      const robin = await world.person('robin');
      const roomId = await robin.chatWith(front.account.userId, 'clear');
      await until('the invitation', () => happened(front, { roomId, type: 'invitation' }).length > 0);
      expect(happened(front, { roomId, type: 'invitation' })[0]?.what.encrypted).toBe('no');
      await front.account.join({ roomId });
      const said = await robin.say(roomId, 'in clear');
      await until('the clear text', () => texts(front, roomId).includes('in clear'));
      expect(happened(front, { roomId, type: 'text' }).find((event) => event.what.eventId === said)?.device).toBe('clear');
      expect(await front.account.post({ roomId, members: [robin.userId], txnId: fresh('t'), msgtype: 'm.text', body: 'a secret' })).toEqual(
        { outcome: 'guarded', why: 'unencrypted' },
      );
      expect((await front.account.postFixedText({ roomId, txnId: fresh('t'), body: 'fixed words' })).outcome).toBe('accepted');
      await until('the fixed text', async () => (await robin.sees(roomId)).some((one) => one.body === 'fixed words'));
      expect((await robin.sees(roomId)).filter((one) => one.sender === front.account.userId).map((one) => one.body)).toEqual([
        'fixed words',
      ]);
    });

    it('hears that encryption was switched on, and may then speak', async () => {
      const robin = await world.person('robin');
      const roomId = await robin.chatWith(front.account.userId, 'clear');
      await until('the invitation', () => happened(front, { roomId, type: 'invitation' }).length > 0);
      await front.account.join({ roomId });
      await robin.encrypt(roomId);
      await until('the switch', () => happened(front, { roomId, type: 'encryption-on' }).length > 0);
      expect(happened(front, { roomId, type: 'encryption-on' })).toHaveLength(1);
      expect(
        (await front.account.post({ roomId, members: [robin.userId], txnId: fresh('t'), msgtype: 'm.text', body: 'now in private' }))
          .outcome,
      ).toBe('accepted');
      await until('the encrypted text', async () =>
        (await robin.sees(roomId)).some((one) => one.body === 'now in private' && one.wire === 'encrypted'),
      );
    });

    it('hears that it was put out of a room, and is out of it', async () => {
      const robin = await world.person('robin');
      const roomId = await robin.chatWith(front.account.userId, 'encrypted');
      await until('the invitation', () => happened(front, { roomId, type: 'invitation' }).length > 0);
      await front.account.join({ roomId });
      await robin.putOut(roomId, front.account.userId);
      await until('being out', () =>
        happened(front, { roomId, type: 'membership' }).some(({ what }) => what.who === front.account.userId && what.now === 'leave'),
      );
      expect(await front.account.sight(roomId)).toBe('unknown-room');
      await robin.invite(roomId, front.account.userId);
      await until('a second invitation', () => happened(front, { roomId, type: 'invitation' }).length === 2);
      expect(await front.account.join({ roomId })).toEqual({ outcome: 'done' });
      await robin.say(roomId, 'again');
      await until('words after it', () => texts(front, roomId).includes('again'));
    });

    it('leaves, and leaves again', async () => {
      const vera = await world.person('vera');
      const roomId = await roomWith(desk.account, [vera]);
      expect(await desk.account.leave({ roomId })).toEqual({ outcome: 'done' });
      expect(await desk.account.leave({ roomId })).toEqual({ outcome: 'done' });
      expect(await desk.account.sight(roomId)).toBe('unknown-room');
      expect(await desk.account.post({ roomId, members: [vera.userId], txnId: fresh('t'), msgtype: 'm.notice', body: 'too late' })).toEqual(
        { outcome: 'guarded', why: 'unknown-room' },
      );
    });

    it('is refused where it may not go', async () => {
      const robin = await world.person('robin');
      const ruth = await world.person('ruth');
      const roomId = await robin.chatWith(ruth.userId, 'encrypted');
      expect(await desk.account.join({ roomId })).toEqual({ outcome: 'refused', code: 'M_FORBIDDEN' });
    });

    it('tells signed devices from unsigned ones, and on the desk side neither writes to nor reads from the latter', async () => {
      const vera = await world.person('vera');
      const uwe = await world.person('uwe', 'unsigned');
      const roomId = await roomWith(desk.account, [uwe]);
      expect(await desk.account.devices(vera.userId)).toBe('all-signed');
      expect(await desk.account.devices(uwe.userId)).toBe('some-unsigned');
      expect(await desk.account.devices('@nobody-at-all:chat.example')).toBe('none');
      expect(
        await desk.account.post({ roomId, members: [uwe.userId], txnId: fresh('t'), msgtype: 'm.notice', body: 'not for that device' }),
      ).toEqual({ outcome: 'guarded', why: 'unsigned-device' });
      const said = await uwe.say(roomId, 'can you read me?');
      const [unreadable] = await until('its being unreadable', () => {
        const all = happened(desk, { roomId, type: 'unreadable' });
        return all.length > 0 && all;
      });
      expect(unreadable?.what).toEqual({ type: 'unreadable', eventId: said, why: 'unsigned-device' });
      expect(texts(desk, roomId)).toEqual([]);
    });

    it('reads unsigned devices on the front side, and says so', async () => {
      const uwe = await world.person('uwe', 'unsigned');
      const roomId = await uwe.chatWith(front.account.userId, 'encrypted');
      await until('the invitation', () => happened(front, { roomId, type: 'invitation' }).length > 0);
      await front.account.join({ roomId });
      await uwe.say(roomId, 'from an unsigned device');
      await until('the text', () => texts(front, roomId).length > 0);
      expect(happened(front, { roomId, type: 'text' })[0]?.device).toBe('unsigned');
    });
  });
}

async function ours(world: World, bot: BotName): Promise<Ours> {
  const events: RoomEvent[] = [];
  let refusing = 0;
  const account = await world.account(bot, async (event) => {
    if (refusing > 0) {
      refusing -= 1;
      throw new Error('not now');
    }
    events.push(event);
  });
  return {
    account,
    events,
    refuseNext(count) {
      refusing = count;
    },
  };
}
