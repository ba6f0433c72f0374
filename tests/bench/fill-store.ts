// Fills a store with cases as a service of some years has them: most closed and not yet forgotten, some open with a few messages.
// Everything stands as the relay would have left it; only the homeserver's rooms are made by the relay itself, where they are wanted.
import type { Case } from '#domain/case/state.ts';
import { brandId, instant } from '#domain/ids.ts';
import type { CaseId, ContactId, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import type { Room } from '#domain/room.ts';
import { putCase } from '#relay/apply-case.ts';
import { putMessage } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import { makeRoom, putRoom } from '#relay/rooms.ts';
import { canonicalAddress, laneOfAddress, stampMail } from '#relay/tell-requester.ts';
import { inUnit, laneOf, later, newId, underOwner, underWayBack } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';
import { closed, heldBy, volunteer } from '#tests/support/cases.ts';

export interface Filling {
  readonly cases: number;
  /** Of them. */
  readonly open: number;
  /** `made-by-relay`: the relay makes each open case's room at its next start, and invites this user. `none`: only their records stand. */
  readonly rooms: { readonly rooms: 'none' } | { readonly rooms: 'made-by-relay'; readonly invite: string };
}

export interface OpenCase {
  readonly one: Case;
  readonly room: RoomRef;
}

const casesAtOnce = 50;
const messagesEach = 6;
const mailsEach = 3;
const heldByEach = 2;
const text = 'It has been like this for some weeks now, and I do not know whom to tell. '.repeat(3).trim();

const fillVolunteer = async (unit: Unit, parts: Parts, userId: string): Promise<VolunteerId> => {
  const id = newId<VolunteerId>(parts);
  await parts.vault.newOwner(id);
  const desk: Room = {
    ref: newId<RoomRef>(parts),
    for: { purpose: 'desk', volunteer: id },
    state: 'joined',
    roomId: `!${parts.chance.id()}:chat.example`,
    other: userId,
    questions: [],
    closesAt: null,
  };
  await putRoom(unit, desk);
  const value = volunteer(id, { state: 'off', until: null, desk: desk.ref });
  await unit.put('volunteer', {
    id,
    state: value.state,
    parent: null,
    under: underOwner(id),
    dueAt: null,
    value: { volunteer: value, userId, devices: 'all-signed' },
  });
  return id;
};

const roomOf = async (
  unit: Unit,
  parts: Parts,
  of: { readonly one: Case; readonly ref: RoomRef; readonly by: VolunteerId; readonly filling: Filling },
) => {
  const purpose = { purpose: 'case', case: of.one.id, volunteer: of.by } as const;
  if (of.filling.rooms.rooms === 'made-by-relay' && of.one.state.phase === 'open') {
    await makeRoom(unit, parts, { purpose, other: of.filling.rooms.invite, ref: of.ref });
    return;
  }
  const state = of.one.state.phase === 'open' ? 'joined' : 'left';
  const roomId = `!${parts.chance.id()}:chat.example`;
  await putRoom(unit, { ref: of.ref, for: purpose, state, roomId, other: '@somebody:chat.example', questions: [], closesAt: null });
  unit.index('room', { canonical: roomId, ref: of.ref, owner: of.one.id });
};

const fillMessages = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly room: RoomRef }): Promise<void> => {
  for (let count = 0; count < messagesEach; count += 1) {
    const id = newId<MessageId>(parts);
    const event = `$${parts.chance.id()}`;
    const own = { id, case: of.one.id, at: later(unit.now, -spans.hour) };
    const copies = [{ room: of.room, event: `$${parts.chance.id()}` }];
    await putMessage(
      unit,
      count % 2 === 0
        ? {
            direction: 'in',
            ...own,
            text,
            hidden: 'shown',
            quote: 'none',
            length: 'whole',
            files: 0,
            event: null,
            mark: null,
            lateFrom: null,
            copies,
          }
        : {
            direction: 'out',
            ...own,
            room: of.room,
            lines: [{ event, text, mark: null }],
            state: 'accepted',
            alias: null,
            corrects: null,
            copies: [],
          },
    );
    if (count % 2 === 1) unit.index('event', { canonical: event, ref: `message:${id}`, owner: of.one.id });
  }
};

const fillCase = async (
  unit: Unit,
  parts: Parts,
  of: { readonly number: number; readonly by: VolunteerId; readonly phase: 'open' | 'closed'; readonly filling: Filling },
): Promise<OpenCase> => {
  const id = newId<CaseId>(parts);
  const ref = newId<RoomRef>(parts);
  await parts.vault.newOwner(id);
  const openedAt = later(unit.now, -20 * spans.day);
  const own = {
    id,
    contact: newId<ContactId>(parts),
    pseudonym: `Quiet Heron ${of.number}`,
    openedAt,
    waitingSince: openedAt,
    unshown: [],
  };
  const lastWrittenAt = later(unit.now, -spans.hour);
  const closedAt = later(unit.now, -(1 + (of.number % 80)) * spans.day);
  const one: Case =
    of.phase === 'open'
      ? heldBy(of.by, { ...own, room: ref, since: openedAt, lastWrittenAt })
      : closed({ ...own, at: closedAt, former: of.by });
  await putCase(unit, one);
  const address = { local: `person-${of.number}-${parts.chance.below(1_000_000)}`, domain: 'people.example' };
  await unit.put('contact', {
    id: one.contact,
    state: 'way-back',
    parent: id,
    under: underWayBack(id),
    dueAt: null,
    value: {
      kind: 'mail',
      id: one.contact,
      case: id,
      address,
      known: ['Somebody Trialperson'],
      thread: [`${parts.chance.id()}@people.example`],
      questions: [],
    },
  });
  unit.index('contact', { canonical: canonicalAddress(address), ref: id, owner: id });
  await laneOf(parts, laneOfAddress(address));
  for (let count = 0; count < mailsEach; count += 1) stampMail(unit, parts, { case: id, verpRef: `case:${id}` });
  await roomOf(unit, parts, { one, ref, by: of.by, filling: of.filling });
  if (of.phase === 'open') {
    await fillMessages(unit, parts, { one, room: ref });
    unit.timer('case-idle', { ref: id, at: later(lastWrittenAt, parts.limits.idleAskMs) });
  } else {
    const forgetAt = instant(closedAt + parts.limits.forgetMs);
    if (closedAt + parts.limits.bodiesMs > unit.now) unit.timer('case-bodies', { ref: id, at: later(closedAt, parts.limits.bodiesMs) });
    unit.timer('case-forget', { ref: id, at: forgetAt });
  }
  return { one, room: ref };
};

/** Resolves to the open ones. The relay must not run on this store. */
export const fillStore = async (parts: Parts, filling: Filling): Promise<readonly OpenCase[]> => {
  const invite = filling.rooms.rooms === 'made-by-relay' ? filling.rooms.invite : '@somebody:chat.example';
  const held: OpenCase[] = [];
  let holder = brandId<VolunteerId>('');
  for (let from = 0; from < filling.cases; from += casesAtOnce) {
    const open = await inUnit(parts, {}, async (unit) => {
      const now: OpenCase[] = [];
      for (let number = from; number < Math.min(from + casesAtOnce, filling.cases); number += 1) {
        if (number % heldByEach === 0 && (number < filling.open || number === 0)) holder = await fillVolunteer(unit, parts, invite);
        const phase = number < filling.open ? 'open' : 'closed';
        const one = await fillCase(unit, parts, { number, by: holder, phase, filling });
        if (phase === 'open') now.push(one);
      }
      return now;
    });
    held.push(...open);
  }
  return held;
};
