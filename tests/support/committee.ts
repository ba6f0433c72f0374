// A whole committee in memory: cases, volunteers, timers and rooms, driven through the domain exactly as the relay drives it.
// It keeps no rule of its own. What happened stands in `steps`, for the rules in committee-rules.ts to look at.
import { decide } from '#domain/case/decide.ts';
import type { CaseCommand, CaseRefusal } from '#domain/case/decide.ts';
import { effects, effectsOfBeginning } from '#domain/case/effects.ts';
import type { CaseTimer, Effect } from '#domain/case/effects.ts';
import type { CaseEvent } from '#domain/case/events.ts';
import { evolve } from '#domain/case/evolve.ts';
import type { Case, Channel } from '#domain/case/state.ts';
import { holderOf } from '#domain/case/state.ts';
import type { CaseId, ContactId, Instant, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';
import { brandId, instant } from '#domain/ids.ts';
import { lookAgainAt, mayHold, mayTakeUp, nextToAsk, waitingOf } from '#domain/matching.ts';
import type { Candidate } from '#domain/matching.ts';
import { currentState, isResting, letLapse, makeAvailable, rest, tookCase, turnOff, wasOffered } from '#domain/volunteer.ts';
import type { Volunteer } from '#domain/volunteer.ts';
import { limits, waiting } from '#tests/support/cases.ts';

export interface CaseRoom {
  readonly ref: RoomRef;
  readonly case: CaseId;
  readonly holder: VolunteerId;
  /** On their way into the room, in order. */
  readonly lane: readonly MessageId[];
  /** What the holder has before their eyes, in order. */
  readonly seen: readonly MessageId[];
  readonly state: 'there' | 'left';
}

/** One command that was not refused, and all that followed from it. */
export interface Step {
  readonly at: Instant;
  readonly command: CaseCommand;
  readonly before: Case;
  readonly events: readonly CaseEvent[];
  readonly effects: readonly Effect[];
  readonly after: Case;
  /** The volunteers as they stood when it was decided. */
  readonly candidates: readonly Candidate[];
}

export type Timer = CaseTimer | 'volunteer-end' | 'leave-room' | 'match-all';

export class Committee {
  now: Instant;
  readonly cases = new Map<CaseId, Case>();
  readonly volunteers = new Map<VolunteerId, Volunteer>();
  readonly devices = new Map<VolunteerId, Candidate['devices']>();
  readonly rooms = new Map<RoomRef, CaseRoom>();
  /** Due times by what and whose, as in the relay: one of each. */
  readonly timers = new Map<string, Instant>();
  /** Every message that was written, in order, by case; and those that were let go of on purpose. */
  readonly written = new Map<CaseId, MessageId[]>();
  readonly dropped = new Set<MessageId>();
  readonly steps: Step[] = [];
  readonly #draw: (below: number) => number;
  #made = 0;

  constructor(of: { readonly now: Instant; readonly volunteers: readonly Volunteer[]; readonly draw: (below: number) => number }) {
    this.now = of.now;
    this.#draw = of.draw;
    for (const each of of.volunteers) {
      this.volunteers.set(each.id, each);
      this.devices.set(each.id, 'all-signed');
    }
  }

  // What people do.

  begin(of: { readonly language: string; readonly channel: Channel }): void {
    const id = this.#newId<CaseId>('case');
    const one: Case = {
      ...waiting({ unshown: [] }),
      id,
      contact: this.#newId<ContactId>('contact'),
      channel: of.channel,
      language: of.language,
      openedAt: this.now,
      waitingSince: this.now,
    };
    this.cases.set(id, one);
    this.written.set(id, []);
    for (const effect of effectsOfBeginning({ now: this.now, limits })) this.#apply(id, effect);
    this.write(id);
  }

  write(id: CaseId): void {
    const message = this.#newId<MessageId>('message');
    const went = this.command(id, { type: 'write', message });
    if (went === 'done') this.written.get(id)?.push(message);
  }

  accept(id: CaseId, by: VolunteerId): void {
    const one = this.cases.get(id);
    const candidate = this.candidates().find((each) => each.volunteer.id === by);
    if (one === undefined || candidate === undefined) return;
    const eligible = mayHold(waitingOf(one), candidate, { now: this.now, limits });
    const went = this.command(id, { type: 'accept', by, room: this.#newId<RoomRef>('room'), eligible });
    if (went !== 'done') this.command(id, { type: 'lapse', of: by, why: eligible === 'yes' ? 'time' : 'own' });
  }

  /** Whoever held it before the close. */
  takeUp(id: CaseId): void {
    const by = this.cases.get(id)?.former ?? null;
    const candidate = this.candidates().find((each) => each.volunteer.id === by);
    if (by === null || candidate === undefined) return;
    this.command(id, {
      type: 'take-up',
      by,
      room: this.#newId<RoomRef>('room'),
      eligible: mayTakeUp(candidate, { now: this.now, limits }),
    });
  }

  available(by: VolunteerId, until: Instant): void {
    if (this.devices.get(by) === 'some-unsigned') return;
    this.#change(by, (one) => makeAvailable(one, until));
    this.timers.delete(`volunteer-end ${by}`);
    for (const one of this.#of(by)) this.command(one.id, { type: 'shorten', of: by, availableUntil: until });
    this.#catchUp(by);
    this.#matchSoon();
  }

  off(by: VolunteerId): void {
    this.#letOfferGo(by);
    this.#endRest(by);
  }

  rest(by: VolunteerId, until: Instant | null): void {
    this.#letOfferGo(by);
    this.#change(by, (one) => rest(one, until));
    if (until === null) this.timers.delete(`volunteer-end ${by}`);
    else this.timers.set(`volunteer-end ${by}`, until);
  }

  endRest(by: VolunteerId): void {
    if (this.#isResting(by)) this.#endRest(by);
  }

  limit(by: VolunteerId, change: Partial<Pick<Volunteer, 'cap' | 'languages'>>): void {
    this.#change(by, (one) => ({ ...one, ...change }));
    this.#matchSoon();
  }

  device(by: VolunteerId, devices: Candidate['devices']): void {
    this.devices.set(by, devices);
    this.#matchSoon();
  }

  /** One message gets into its room. */
  deliver(ref: RoomRef): void {
    const room = this.rooms.get(ref);
    const [next, ...lane] = room?.lane ?? [];
    if (room === undefined || next === undefined || room.state === 'left') return;
    this.rooms.set(ref, { ...room, lane, seen: [...room.seen, next] });
  }

  command(id: CaseId, command: CaseCommand): 'done' | CaseRefusal | 'gone' {
    const before = this.cases.get(id);
    if (before === undefined) return 'gone';
    const holder = holderOf(before);
    const decision = decide(before, command, {
      now: this.now,
      limits,
      holder: holder !== null && this.#isResting(holder) ? 'resting' : 'reachable',
    });
    if (!decision.ok) return decision.why;
    const candidates = this.candidates();
    const after = decision.value.reduce(evolve, before);
    this.cases.set(id, after);
    const followed: Effect[] = [];
    let standing = before;
    for (const event of decision.value) {
      for (const effect of effects(standing, event, { now: this.now, limits })) {
        followed.push(effect);
        this.#apply(id, effect);
      }
      standing = evolve(standing, event);
    }
    this.steps.push({ at: this.now, command, before, events: decision.value, effects: followed, after, candidates });
    return 'done';
  }

  candidates(): readonly Candidate[] {
    return [...this.volunteers.values()].map((volunteer) => ({
      volunteer,
      holding: [...this.cases.values()].filter((one) => holderOf(one) === volunteer.id).length,
      asked: [...this.cases.values()].some((one) => one.state.phase === 'offered' && one.state.offer.to === volunteer.id)
        ? 'asked'
        : 'free',
      devices: this.devices.get(volunteer.id) ?? 'all-signed',
    }));
  }

  // What happens by itself.

  passTime(ms: number): void {
    this.now = instant(this.now + ms);
  }

  /** Runs what is due, in order, until nothing is; what is overdue is made up, as after a pause. */
  runTimers(): void {
    for (let round = 0; round < 1000; round += 1) {
      const [next] = [...this.timers].filter(([, at]) => at <= this.now).toSorted(([, a], [, b]) => a - b);
      if (next === undefined) return;
      this.timers.delete(next[0]);
      const [what, ref] = next[0].split(' ') as [Timer, string];
      this.#run(what, ref);
    }
    throw new Error('timers without end');
  }

  #run(what: Timer, ref: string): void {
    const id = brandId<CaseId>(ref);
    const one = this.cases.get(id);
    switch (what) {
      case 'match':
      case 'match-all':
        return this.#matchAll();
      case 'offer':
        if (one?.state.phase === 'offered') this.command(id, { type: 'lapse', of: one.state.offer.to, why: 'time' });
        return;
      case 'begin':
        return void this.command(id, { type: 'end-begin' });
      case 'wait-note':
        return void this.command(id, { type: 'note-wait' });
      case 'wait-end':
        return void this.command(id, { type: 'end-wait' });
      case 'idle':
        return void this.command(id, { type: 'end-idle' });
      case 'again':
        return void this.command(id, { type: 'again', answer: 'silence' });
      case 'bodies':
        return this.#dropBodies(id);
      case 'forget':
        this.cases.delete(id);
        for (const key of this.timers.keys()) if (key.endsWith(` ${ref}`)) this.timers.delete(key);
        return;
      case 'volunteer-end': {
        const by = brandId<VolunteerId>(ref);
        if (this.volunteers.get(by)?.state === 'resting') this.#endRest(by);
        return;
      }
      case 'leave-room': {
        const room = this.rooms.get(brandId<RoomRef>(ref));
        if (room !== undefined) this.rooms.set(room.ref, { ...room, state: 'left' });
        return;
      }
    }
  }

  #dropBodies(id: CaseId): void {
    const unshown = this.cases.get(id)?.unshown ?? [];
    if (this.command(id, { type: 'drop-bodies' }) !== 'done') return;
    for (const message of unshown) this.dropped.add(message);
    for (const room of this.rooms.values()) {
      if (room.case !== id) continue;
      for (const message of room.lane) this.dropped.add(message);
      this.rooms.set(room.ref, { ...room, lane: [] });
    }
  }

  #matchAll(): void {
    const inLine = [...this.cases.values()]
      .filter((one) => one.state.phase === 'waiting')
      .toSorted((a, b) => a.waitingSince - b.waitingSince);
    for (const one of inLine) {
      const from = { candidates: this.candidates(), facts: { now: this.now, limits } };
      const to = nextToAsk(waitingOf(one), { ...from, draw: this.#draw });
      const again = to === null ? lookAgainAt(waitingOf(one), from) : null;
      if (to !== null) this.command(one.id, { type: 'offer', to, availableUntil: this.volunteers.get(to)?.until ?? null });
      if (again !== null) this.timers.set(`match ${one.id}`, again);
    }
  }

  #apply(id: CaseId, effect: Effect): void {
    switch (effect.effect) {
      case 'match':
        return this.#matchSoon();
      case 'offer':
        return this.#change(effect.to, (one) => wasOffered(one, this.now));
      case 'settle-offer':
        return effect.told === 'lapsed' || effect.told === 'let-go' ? this.#change(effect.at, (one) => letLapse(one, id)) : undefined;
      case 'returned':
        return this.#change(effect.at, (one) => letLapse(one, id));
      case 'begin-holding':
        this.#change(effect.holder, (one) => tookCase(one, this.now));
        this.rooms.set(effect.room, { ref: effect.room, case: id, holder: effect.holder, lane: [], seen: [], state: 'there' });
        return undefined;
      case 'show': {
        const room = this.rooms.get(effect.room);
        if (room !== undefined) this.rooms.set(room.ref, { ...room, lane: [...room.lane, ...effect.messages] });
        return undefined;
      }
      case 'end-holding':
        return this.#endHolding(id, effect);
      case 'drop-messages':
        for (const message of effect.messages) this.dropped.add(message);
        return undefined;
      case 'timer':
        this.timers.set(`${effect.timer} ${id}`, effect.at);
        return undefined;
      case 'timer-off':
        this.timers.delete(`${effect.timer} ${id}`);
        return undefined;
      case 'tell-requester':
      case 'ask-requester':
      case 'tell-holder':
      case 'tell-coordinators':
      case 'ask-idle':
      case 'lines':
      case 'ask-begin':
      case 'settle-begin':
        return undefined;
    }
  }

  /** What had not reached the room goes back to the case, still unshown. */
  #endHolding(id: CaseId, effect: Effect & { readonly effect: 'end-holding' }): void {
    const room = this.rooms.get(effect.room);
    const one = this.cases.get(id);
    if (room === undefined || one === undefined) return;
    this.#matchSoon();
    if (effect.leave === 'later') {
      this.timers.set(`leave-room ${room.ref}`, instant(this.now + limits.roomLeaveMs));
      return;
    }
    this.cases.set(id, { ...one, unshown: [...room.lane, ...one.unshown] });
    this.rooms.set(room.ref, { ...room, lane: [], state: 'left' });
  }

  #matchSoon(): void {
    this.timers.set('match-all all', this.now);
  }

  #change(id: VolunteerId, change: (volunteer: Volunteer) => Volunteer): void {
    const one = this.volunteers.get(id);
    if (one !== undefined) this.volunteers.set(id, change(one));
  }

  /** Their cases, and those that they are asked about. */
  #of(by: VolunteerId): readonly Case[] {
    return [...this.cases.values()].filter((one) => holderOf(one) === by || (one.state.phase === 'offered' && one.state.offer.to === by));
  }

  #letOfferGo(by: VolunteerId): void {
    for (const one of this.#of(by)) if (one.state.phase === 'offered') this.command(one.id, { type: 'lapse', of: by, why: 'own' });
  }

  #catchUp(by: VolunteerId): void {
    for (const one of this.#of(by)) if (holderOf(one) === by) this.command(one.id, { type: 'catch-up' });
  }

  #endRest(by: VolunteerId): void {
    this.#change(by, turnOff);
    this.timers.delete(`volunteer-end ${by}`);
    this.#catchUp(by);
  }

  #isResting(by: VolunteerId): boolean {
    const one = this.volunteers.get(by);
    return one !== undefined && isResting(one, this.now) === 'resting';
  }

  isAvailable(by: VolunteerId): boolean {
    const one = this.volunteers.get(by);
    return one !== undefined && currentState(one, this.now) === 'available';
  }

  #newId<Id extends string>(what: string): Id {
    this.#made += 1;
    return brandId<Id>(`${what}-${this.#made}`);
  }
}
