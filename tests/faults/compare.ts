// Compares what was written with what was found at the other sides. Pure: the whole verdict of a run is made here.
import type { LineName, Way, WrittenLine } from './lines.ts';

/** A line as it was found. */
export interface Sighting extends LineName {
  readonly text: string;
  /** ms since 1970, by the receiver's server. */
  readonly at: number;
  /** The mail or event that it stood in: the same again is the same thing delivered again. */
  readonly carrier: string;
}

/** A room at one device, or a mailbox: everything that was found there, in the order in which it lies. */
export interface Place {
  readonly name: string;
  /** Null: no line belongs here at all. */
  readonly belongs: { readonly conversation: number; readonly way: Way } | null;
  /**
   * Of the lines that belong here, `all` must be here; or, at a device that came later and knows nothing of what was before it,
   * all `once-known`: from the first on that it could read, and the last in any case.
   */
  readonly reads: 'all' | 'once-known';
  readonly sightings: readonly Sighting[];
  /** Carriers that nobody could read here, then or later. */
  readonly unreadable: readonly { readonly at: number; readonly carrier: string }[];
}

export type FaultKind = 'lost' | 'doubled' | 'out of order' | 'unreadable' | 'in the wrong place' | 'garbled' | 'late';

export interface FoundFault {
  readonly kind: FaultKind;
  readonly place: string;
  /** Null for what could not be read. */
  readonly line: LineName | null;
  /** ms since 1970: when it was written, or else found. */
  readonly at: number;
  /** ms since 1970, where it was found. */
  readonly foundAt: number | null;
}

export interface Verdict {
  readonly faults: readonly FoundFault[];
  /** Mails that came more than once under one Message-ID, as SMTP allows: no fault. */
  readonly sameMailAgain: number;
}

const key = (line: LineName): string => `${line.conversation} ${line.way} ${line.number}`;

export const compare = (written: readonly WrittenLine[], places: readonly Place[]): Verdict => {
  const known = new Map(written.map((line) => [key(line), line]));
  const judged = places.map((place) => judge(place, { written, known }));
  return {
    faults: judged.flatMap(({ faults }) => faults).toSorted((a, b) => a.at - b.at),
    sameMailAgain: judged.reduce((sum, { again }) => sum + again, 0),
  };
};

const judge = (
  place: Place,
  of: { readonly written: readonly WrittenLine[]; readonly known: ReadonlyMap<string, WrittenLine> },
): { readonly faults: readonly FoundFault[]; readonly again: number } => {
  const belonging = of.written.filter((line) => line.conversation === place.belongs?.conversation && line.way === place.belongs.way);
  const [first] = place.sightings;
  const from = place.reads === 'all' ? 1 : (first?.number ?? belonging.length);
  const faults: FoundFault[] = place.unreadable
    .filter(({ at }) => place.reads === 'all' || at >= (first?.at ?? Number.POSITIVE_INFINITY))
    .map(({ at }) => ({ kind: 'unreadable', place: place.name, line: null, at, foundAt: at }));
  const found = new Map<string, Set<string>>();
  const again = new Set<string>();
  let highest = 0;
  for (const sighting of place.sightings) {
    const own = of.known.get(key(sighting));
    const fault = (kind: FaultKind): void => {
      const { conversation, way, number } = sighting;
      faults.push({ kind, place: place.name, line: { conversation, way, number }, at: own?.at ?? sighting.at, foundAt: sighting.at });
    };
    if (sighting.conversation !== place.belongs?.conversation || sighting.way !== place.belongs.way) {
      fault('in the wrong place');
      continue;
    }
    if (own?.text !== sighting.text) fault('garbled');
    const carriers = found.get(key(sighting));
    if (carriers === undefined) {
      found.set(key(sighting), new Set([sighting.carrier]));
      if (sighting.number < highest) fault('out of order');
      highest = Math.max(highest, sighting.number);
    } else if (carriers.has(sighting.carrier)) {
      again.add(sighting.carrier);
    } else {
      carriers.add(sighting.carrier);
      fault('doubled');
    }
  }
  for (const { conversation, way, number, at } of belonging.filter((line) => line.number >= from && !found.has(key(line))))
    faults.push({ kind: 'lost', place: place.name, line: { conversation, way, number }, at, foundAt: null });
  return { faults, again: again.size };
};
