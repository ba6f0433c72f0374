// An offer at a volunteer's desk: waiting time, channel, language; nothing that anybody wrote.
import type { Case } from '#domain/case/state.ts';
import type { Instant, VolunteerId } from '#domain/ids.ts';
import type { DeskTold } from '#domain/case/effects.ts';
import type { Say } from '#domain/say.ts';
import { letLapse, wasOffered } from '#domain/volunteer.ts';
import type { Parts } from '#relay/parts.ts';
import { askInRoom, questionAbout, settle } from '#relay/questions.ts';
import { loadRoom, sayInRoom } from '#relay/rooms.ts';
import type { Unit } from '#relay/unit.ts';

const about = (one: Case): string => `offer:${one.id}`;

export const offerAt = async (
  unit: Unit,
  parts: Parts,
  to: { readonly one: Case; readonly to: VolunteerId; readonly until: Instant },
): Promise<void> => {
  const record = await unit.load('volunteer', to.to);
  const desk = record === null ? null : await loadRoom(unit, record.value.volunteer.desk);
  if (record === null || desk === null) return;
  const { one } = to;
  await unit.put('volunteer', { ...record, value: { ...record.value, volunteer: wasOffered(record.value.volunteer, unit.now) } });
  await askInRoom(unit, parts, {
    room: desk,
    ask: {
      about: about(one),
      asks: offerSay(unit, { one, to: to.to, zone: record.value.volunteer.zone }),
      answers: [
        { word: '1', also: ['accept', 'take it', 'yes'], act: { act: 'accept', case: one.id } },
        { word: '2', also: ['pass', 'not now', 'no'], act: { act: 'pass', case: one.id } },
      ],
      // The case's own timer ends an offer: it also ends it when availability does.
      silence: { act: 'nothing' },
    },
  });
};

const offerSay = (unit: Unit, of: { readonly one: Case; readonly to: VolunteerId; readonly zone: string }): Say => {
  const { one } = of;
  const slots = {
    waited: { slot: 'since', value: one.waitingSince, now: unit.now, zone: of.zone },
    channel: { slot: 'word', key: one.channel === 'mail' ? 'names.by-mail' : 'names.by-chat' },
    language: { slot: 'languages', codes: [one.language] },
  } as const;
  if (one.former === of.to)
    return { key: 'desk.offer.former', slots: { ...slots, pseudonym: { slot: 'pseudonym', value: one.pseudonym } } };
  return { key: one.left.length > 0 ? 'desk.offer.taken-over' : 'desk.offer.new', slots };
};

const toldSay = (one: Case, told: Exclude<DeskTold, 'let-go'>): Say =>
  told === 'accepted'
    ? { key: 'desk.offer.accepted', slots: { pseudonym: { slot: 'pseudonym', value: one.pseudonym } } }
    : { key: `desk.offer.${told}` };

/** The offer is over: question and answer go from the desk, and one line says how it ended, unless they have just said so themselves. */
export const settleOffer = async (
  unit: Unit,
  of: { readonly one: Case; readonly at: VolunteerId; readonly told: DeskTold },
): Promise<void> => {
  const record = await unit.load('volunteer', of.at);
  const desk = record === null ? null : await loadRoom(unit, record.value.volunteer.desk);
  if (record === null || desk === null) return;
  if (of.told === 'lapsed' || of.told === 'let-go')
    await unit.put('volunteer', { ...record, value: { ...record.value, volunteer: letLapse(record.value.volunteer, of.one.id) } });
  const question = await questionAbout(unit, desk, about(of.one));
  if (question !== null) await settle(unit, question, null);
  if (of.told === 'let-go') return;
  const fresh = await loadRoom(unit, desk.ref);
  if (fresh !== null) await sayInRoom(unit, fresh, [toldSay(of.one, of.told)]);
};
