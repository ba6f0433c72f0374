// The verdict of a run, tried with runs whose faults are known.
import { describe, expect, it } from 'vitest';
import { compare, type Place, type Sighting } from './compare.ts';
import { dueAt } from './late.ts';
import { linesIn, lineText, type WrittenLine } from './lines.ts';

const written: readonly WrittenLine[] = [1, 2, 3, 4].map((number) => {
  const name = { conversation: 1, way: 'in', number } as const;
  return { ...name, text: lineText(name), at: number * 1_000 };
});

const found = (number: number, carrier = `event ${number}`): Sighting => {
  const name = { conversation: 1, way: 'in', number } as const;
  return { ...name, text: lineText(name), at: number * 1_000 + 500, carrier };
};

const room = (sightings: readonly Sighting[], of: Partial<Place> = {}): Place => ({
  name: 'a room',
  belongs: { conversation: 1, way: 'in' },
  reads: 'all',
  sightings,
  unreadable: [],
  ...of,
});

const kinds = (places: readonly Place[]): readonly string[] =>
  compare(written, places).faults.map(({ kind, line }) => (line === null ? kind : `${kind} ${line.number}`));

describe('a run', () => {
  it('in which all arrived once and in order has no fault', () => {
    expect(kinds([room([1, 2, 3, 4].map((number) => found(number)))])).toEqual([]);
  });

  it('that lost a line', () => expect(kinds([room([1, 2, 4].map((number) => found(number)))])).toEqual(['lost 3']));

  it('that lost everything', () => expect(kinds([room([])])).toEqual(['lost 1', 'lost 2', 'lost 3', 'lost 4']));

  it('that swapped two', () => expect(kinds([room([1, 3, 2, 4].map((number) => found(number)))])).toEqual(['out of order 2']));

  it('that said one twice', () => {
    expect(kinds([room([found(1), found(2), found(2, 'another'), found(3), found(4)])])).toEqual(['doubled 2']);
  });

  it('that delivered one mail twice has used SMTP, and no fault', () => {
    const places = [room([found(1), found(2), found(3), found(2), found(3), found(4)])];
    expect(kinds(places)).toEqual([]);
    expect(compare(written, places).sameMailAgain).toBe(2);
  });

  it('that garbled one', () => {
    expect(kinds([room([found(1), { ...found(2), text: 'conversation 1, in, line 2, [name].' }, found(3), found(4)])])).toEqual([
      'garbled 2',
    ]);
  });

  it('that showed one to somebody else, or to its own writer', () => {
    const all = [1, 2, 3, 4].map((number) => found(number));
    expect(kinds([room(all), room([found(3)], { belongs: { conversation: 2, way: 'in' } })])).toEqual(['in the wrong place 3']);
    expect(kinds([room(all), room([found(3)], { belongs: { conversation: 1, way: 'out' } })])).toEqual(['in the wrong place 3']);
    expect(kinds([room(all), room([found(3)], { belongs: null })])).toEqual(['in the wrong place 3']);
  });

  it('in which something could never be read', () => {
    const all = [1, 2, 3, 4].map((number) => found(number));
    expect(kinds([room(all, { unreadable: [{ at: 2_600, carrier: 'x' }] })])).toEqual(['unreadable']);
  });

  it('with a new device: it has all from its first line on, the last in any case, and what was before is not its business', () => {
    const device = (sightings: readonly Sighting[], unreadableAt: number): Place =>
      room(sightings, { reads: 'once-known', unreadable: [{ at: unreadableAt, carrier: 'x' }] });
    expect(kinds([device([found(3), found(4)], 1_000)])).toEqual([]);
    expect(kinds([device([found(2), found(4)], 1_000)])).toEqual(['lost 3']);
    expect(kinds([device([found(3), found(4)], 4_000)])).toEqual(['unreadable']);
    expect(kinds([device([], 1_000)])).toEqual(['lost 4']);
  });
});

describe('a line is found', () => {
  it('wherever it stands, and more than one', () => {
    const text = `Hello,\n> ${lineText({ conversation: 12, way: 'out', number: 3 })}\n${lineText({ conversation: 1, way: 'in', number: 40 })}`;
    expect(linesIn(text).map(({ conversation, way, number }) => [conversation, way, number])).toEqual([
      [12, 'out', 3],
      [1, 'in', 40],
    ]);
  });
});

describe('a line is due', () => {
  const away = (from: number, to: number) => ({ what: 'Valkey', from, to }) as const;
  it('half a minute after it was written, when nothing is away', () => expect(dueAt(1_000, [])).toBe(31_000));
  it('half a minute after what was away is back', () => {
    expect(dueAt(1_000, [away(500, 9_000)])).toBe(39_000);
    expect(dueAt(1_000, [away(20_000, 25_000)])).toBe(55_000);
    expect(dueAt(1_000, [away(20_000, 25_000), away(24_000, 50_000), away(81_000, 90_000)])).toBe(80_000);
    expect(dueAt(60_000, [away(20_000, 25_000)])).toBe(90_000);
  });
});
