// A conversation that was taken and not begun: the volunteer is asked once at their desk, and after a while it goes on to somebody else.
import type { ReturnedWhy } from '#domain/case/events.ts';
import type { Case } from '#domain/case/state.ts';
import type { Instant, VolunteerId } from '#domain/ids.ts';
import type { Room } from '#domain/room.ts';
import { letLapse } from '#domain/volunteer.ts';
import type { Parts } from '#relay/parts.ts';
import { askInRoom, questionAbout, settle } from '#relay/questions.ts';
import { workWhenAwake } from '#relay/quiet-lane.ts';
import { loadRoom } from '#relay/rooms.ts';
import type { Unit } from '#relay/unit.ts';

interface At {
  readonly one: Case;
  readonly at: VolunteerId;
}

const about = (one: Case): string => `begin:${one.id}`;

const deskOf = async (unit: Unit, id: VolunteerId): Promise<Room | null> => {
  const record = await unit.load('volunteer', id);
  return record === null ? null : loadRoom(unit, record.value.volunteer.desk);
};

export const askBegin = async (unit: Unit, parts: Parts, of: At & { readonly until: Instant }): Promise<void> => {
  const { one } = of;
  const desk = await deskOf(unit, of.at);
  if (desk === null) return;
  await askInRoom(unit, parts, {
    room: desk,
    ask: {
      about: about(one),
      asks: {
        key: 'desk.begin.ask',
        slots: { pseudonym: { slot: 'pseudonym', value: one.pseudonym }, rest: { slot: 'span', ms: of.until - unit.now } },
      },
      answers: [{ word: '1', also: [], act: { act: 'give-back', case: one.id } }],
      // The case's own timer ends it.
      silence: { act: 'nothing' },
    },
  });
};

export const settleBegin = async (unit: Unit, of: At): Promise<void> => {
  const desk = await deskOf(unit, of.at);
  const question = desk === null ? null : await questionAbout(unit, desk, about(of.one));
  if (question !== null) await settle(unit, question, null);
};

/** Like an offer that lapsed: it does not come to them again before they next say that they are available. */
export const tellReturned = async (unit: Unit, of: At & { readonly why: ReturnedWhy }): Promise<void> => {
  await settleBegin(unit, of);
  const record = await unit.load('volunteer', of.at);
  if (record === null) return;
  await unit.put('volunteer', { ...record, value: { ...record.value, volunteer: letLapse(record.value.volunteer, of.one.id) } });
  const desk = await loadRoom(unit, record.value.volunteer.desk);
  // Who gave it back is answered where they did.
  if (desk === null || of.why === 'own') return;
  const key = of.why === 'time' ? 'desk.begin.gone-on' : 'desk.begin.no-room';
  const says = [{ key, slots: { pseudonym: { slot: 'pseudonym', value: of.one.pseudonym } } } as const];
  await workWhenAwake(unit, desk, { work: 'say', room: desk.ref, says });
};
