// Every command in every phase: what happens, or why it is refused. The whole of it on one page.
import { describe, expect, test } from 'vitest';
import type { CaseCommand, CaseRefusal } from '#domain/case/decide.ts';
import type { CaseEvent } from '#domain/case/events.ts';
import type { Case } from '#domain/case/state.ts';
import { brandId } from '#domain/ids.ts';
import type { RoomRef } from '#domain/ids.ts';
import { after, anna, before, bela, closed, days, heldBy, hours, offeredTo, sealedWith, second, waiting } from '#tests/support/cases.ts';
import { given } from '#tests/support/given.ts';

const newRoom = brandId<RoomRef>('new-room');

const phases = {
  waiting: waiting(),
  offered: offeredTo(anna),
  sealed: sealedWith(anna),
  taken: heldBy(anna, { begun: 'not-yet' }),
  open: heldBy(anna),
  closed: closed(),
  'closed, asked': closed({ again: 'asked', unshown: [second] }),
  'closed long ago': closed({ at: before(days(31)) }),
} as const satisfies Record<string, Case>;
type InPhase = keyof typeof phases;

type Outcome = readonly CaseEvent['type'][] | CaseRefusal;
type Row = Readonly<Record<InPhase, Outcome>>;

/** `sealed`, and `taken` with nothing to open, count as open unless said. */
const row = (
  of: { readonly waiting: Outcome; readonly offered: Outcome; readonly open: Outcome; readonly closed: Outcome } & Partial<Row>,
): Row => ({
  sealed: of.open,
  taken: of.open,
  'closed, asked': of.closed,
  'closed long ago': of.closed,
  ...of,
});

/** "anna" is who was asked or holds it, "bela" somebody else. */
const commands: Readonly<Record<string, readonly [CaseCommand, Row]>> = {
  'the requester writes': [
    { type: 'write', message: second },
    row({
      waiting: ['message-kept'],
      offered: ['message-kept'],
      sealed: ['message-kept'],
      open: ['message-shown'],
      closed: ['message-kept', 'again-asked'],
      'closed, asked': ['message-kept'],
      'closed long ago': 'too-late',
    }),
  ],
  'it is offered to anna': [
    { type: 'offer', to: anna, availableUntil: after(hours(6)) },
    row({ waiting: ['offered'], offered: 'not-waiting', open: 'not-waiting', closed: 'not-waiting' }),
  ],
  'anna accepts': [
    { type: 'accept', by: anna, room: newRoom, eligible: 'yes' },
    row({ waiting: 'not-offered', offered: ['accepted'], open: 'not-offered', closed: 'not-offered' }),
  ],
  'anna accepts, and is at her cap by now': [
    { type: 'accept', by: anna, room: newRoom, eligible: 'at-cap' },
    row({ waiting: 'not-offered', offered: 'at-cap', open: 'not-offered', closed: 'not-offered' }),
  ],
  'bela accepts': [
    { type: 'accept', by: bela, room: newRoom, eligible: 'yes' },
    row({ waiting: 'not-offered', offered: 'not-offered', open: 'not-offered', closed: 'not-offered' }),
  ],
  'anna passes': [
    { type: 'pass', by: anna },
    row({ waiting: 'not-offered', offered: ['passed'], open: 'not-offered', closed: 'not-offered' }),
  ],
  'bela passes': [
    { type: 'pass', by: bela },
    row({ waiting: 'not-offered', offered: 'not-offered', open: 'not-offered', closed: 'not-offered' }),
  ],
  "anna's offer lapses": [
    { type: 'lapse', of: anna, why: 'time' },
    row({ waiting: 'not-offered', offered: ['lapsed'], open: 'not-offered', closed: 'not-offered' }),
  ],
  "bela's offer lapses": [
    { type: 'lapse', of: bela, why: 'own' },
    row({ waiting: 'not-offered', offered: 'not-offered', open: 'not-offered', closed: 'not-offered' }),
  ],
  'anna is available for a shorter time': [
    { type: 'shorten', of: anna, availableUntil: after(hours(1)) },
    row({ waiting: 'not-offered', offered: ['offer-shortened'], open: 'not-offered', closed: 'not-offered' }),
  ],
  'anna is available for longer than the offer stands': [
    { type: 'shorten', of: anna, availableUntil: after(hours(12)) },
    row({ waiting: 'not-offered', offered: [], open: 'not-offered', closed: 'not-offered' }),
  ],
  'bela is available for a shorter time': [
    { type: 'shorten', of: bela, availableUntil: after(hours(1)) },
    row({ waiting: 'not-offered', offered: 'not-offered', open: 'not-offered', closed: 'not-offered' }),
  ],
  'anna comes into the room': [
    { type: 'come', by: anna },
    row({ waiting: 'not-open', offered: 'not-open', sealed: [], open: [], closed: 'not-open', taken: ['begun'] }),
  ],
  'anna gives it back': [
    { type: 'give-back', by: anna, why: 'own' },
    row({ waiting: 'not-open', offered: 'not-open', sealed: ['returned'], open: 'begun', closed: 'not-open', taken: ['returned'] }),
  ],
  'bela gives it back': [
    { type: 'give-back', by: bela, why: 'no-room' },
    row({ waiting: 'not-open', offered: 'not-open', open: 'not-holder', closed: 'not-open' }),
  ],
  'it should have been begun by now': [
    { type: 'end-begin' },
    row({ waiting: 'not-open', offered: 'not-open', sealed: ['begin-late'], open: 'begun', closed: 'not-open', taken: ['begin-late'] }),
  ],
  'anna opens it': [
    { type: 'open', by: anna },
    row({ waiting: 'not-open', offered: 'not-open', sealed: ['opened', 'message-shown'], open: 'nothing-to-open', closed: 'not-open' }),
  ],
  'bela opens it': [{ type: 'open', by: bela }, row({ waiting: 'not-open', offered: 'not-open', open: 'not-holder', closed: 'not-open' })],
  'the holder can be reached again': [
    { type: 'catch-up' },
    row({ waiting: 'not-open', offered: 'not-open', open: ['rest-over'], closed: 'not-open' }),
  ],
  'anna answers': [{ type: 'answer', by: anna }, row({ waiting: 'not-open', offered: 'not-open', open: ['answered'], closed: 'not-open' })],
  'bela answers': [{ type: 'answer', by: bela }, row({ waiting: 'not-open', offered: 'not-open', open: 'not-holder', closed: 'not-open' })],
  'anna steps back': [
    { type: 'step-back', by: anna },
    row({ waiting: 'not-open', offered: 'not-open', open: ['stepped-back'], closed: 'not-open' }),
  ],
  'bela steps back': [
    { type: 'step-back', by: bela },
    row({ waiting: 'not-open', offered: 'not-open', open: 'not-holder', closed: 'not-open' }),
  ],
  'anna says that it stays open': [
    { type: 'stay', by: anna },
    row({ waiting: 'not-open', offered: 'not-open', open: ['stayed'], closed: 'not-open' }),
  ],
  'bela says that it stays open': [
    { type: 'stay', by: bela },
    row({ waiting: 'not-open', offered: 'not-open', open: 'not-holder', closed: 'not-open' }),
  ],
  'anna closes it': [{ type: 'close', by: anna }, row({ waiting: 'not-open', offered: 'not-open', open: ['closed'], closed: 'not-open' })],
  'bela closes it': [
    { type: 'close', by: bela },
    row({ waiting: 'not-open', offered: 'not-open', open: 'not-holder', closed: 'not-open' }),
  ],
  'the requester writes STOP': [{ type: 'stop' }, row({ waiting: ['closed'], offered: ['closed'], open: ['closed'], closed: 'closed' })],
  'anna takes it up again': [
    { type: 'take-up', by: anna, room: newRoom, eligible: 'yes' },
    row({
      waiting: 'not-closed',
      offered: 'not-closed',
      open: 'not-closed',
      closed: ['taken-up'],
      'closed, asked': 'being-asked',
      'closed long ago': 'too-late',
    }),
  ],
  'bela takes it up again': [
    { type: 'take-up', by: bela, room: newRoom, eligible: 'yes' },
    row({ waiting: 'not-closed', offered: 'not-closed', open: 'not-closed', closed: 'not-holder' }),
  ],
  'anna takes it up again, and has as many as fit': [
    { type: 'take-up', by: anna, room: newRoom, eligible: 'at-cap' },
    row({
      waiting: 'not-closed',
      offered: 'not-closed',
      open: 'not-closed',
      closed: 'at-cap',
      'closed, asked': 'being-asked',
      'closed long ago': 'too-late',
    }),
  ],
  'they would like to talk again': [
    { type: 'again', answer: 'yes' },
    row({ waiting: 'not-asked', offered: 'not-asked', open: 'not-asked', closed: 'not-asked', 'closed, asked': ['reopened'] }),
  ],
  'they would not like to talk again': [
    { type: 'again', answer: 'no' },
    row({ waiting: 'not-asked', offered: 'not-asked', open: 'not-asked', closed: 'not-asked', 'closed, asked': ['again-declined'] }),
  ],
  'they do not say whether they would like to talk again': [
    { type: 'again', answer: 'silence' },
    row({ waiting: 'not-asked', offered: 'not-asked', open: 'not-asked', closed: 'not-asked', 'closed, asked': ['again-lapsed'] }),
  ],
  'a note about the wait is due': [
    { type: 'note-wait' },
    row({ waiting: ['wait-noted'], offered: ['wait-noted'], open: 'not-waiting', closed: 'not-waiting' }),
  ],
  'it has waited for too long': [
    { type: 'end-wait' },
    row({ waiting: ['closed'], offered: ['closed'], open: 'not-waiting', closed: 'not-waiting' }),
  ],
  'it has been quiet for long': [
    { type: 'end-idle' },
    row({ waiting: 'not-open', offered: 'not-open', open: ['idle-asked'], closed: 'not-open' }),
  ],
  'its bodies are due to go': [
    { type: 'drop-bodies' },
    row({ waiting: 'not-closed', offered: 'not-closed', open: 'not-closed', closed: ['bodies-dropped'] }),
  ],
};

const isRefusal = (outcome: Outcome): outcome is CaseRefusal => typeof outcome === 'string';
const said = (outcome: Outcome): string => (isRefusal(outcome) ? `refused: ${outcome}` : outcome.join(', ') || 'nothing');

describe.each(Object.entries(commands))('%s', (_, [command, outcomes]) => {
  const cells = (Object.keys(phases) as InPhase[]).map((phase) => [phase, said(outcomes[phase])] as const);
  test.each(cells)('while %s: %s', (phase) => {
    const expected = outcomes[phase];
    const result = given(phases[phase]).when(command);
    if (isRefusal(expected)) result.refused(expected);
    else expect(result.happened.map((event) => event.type)).toEqual(expected);
  });
});

test('no command is missing in this table', () => {
  const inTable = new Set(Object.values(commands).map(([command]) => command.type));
  const all: Readonly<Record<CaseCommand['type'], 'here'>> = {
    write: 'here',
    offer: 'here',
    accept: 'here',
    pass: 'here',
    lapse: 'here',
    shorten: 'here',
    come: 'here',
    'give-back': 'here',
    'end-begin': 'here',
    open: 'here',
    'catch-up': 'here',
    answer: 'here',
    'step-back': 'here',
    stay: 'here',
    close: 'here',
    stop: 'here',
    'take-up': 'here',
    again: 'here',
    'note-wait': 'here',
    'end-wait': 'here',
    'end-idle': 'here',
    'drop-bodies': 'here',
  };
  expect(inTable).toEqual(new Set(Object.keys(all)));
});
