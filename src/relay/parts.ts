// What the straight lines of the relay are built from: ports, words and limits. Handed in once, at start.
import type { Limits } from '#domain/limits.ts';
import type { Clean } from '#relay/cleaning-port.ts';
import type { Chance, Clock } from '#relay/clock.ts';
import type { Log } from '#relay/log.ts';
import type { Queue } from '#relay/queue-port.ts';
import type { Records } from '#relay/record-types.ts';
import type { Store } from '#relay/store-port.ts';
import type { Vault } from '#relay/vault-port.ts';
import type { Language, Words } from '#relay/words-port.ts';

export interface Helplines {
  /** ISO 3166 code of a country that somebody named, or null. */
  readonly country: (named: string) => string | null;
  /** Lines for that country in this language; null: none on file. */
  readonly block: (country: string, language: Language) => readonly string[] | null;
  /** Where to find people who listen in many countries. */
  readonly directories: (language: Language) => readonly string[];
}

export interface ServiceFacts {
  readonly language: Language;
  readonly zone: string;
  /** Matrix ids of the coordinators. */
  readonly coordinators: readonly string[];
  /** The bots' own user ids, to tell them from people. */
  readonly frontUser: string;
  readonly deskUser: string;
  /** The domain of the support address, for Message-IDs. */
  readonly mailDomain: string;
  /** Larger mails are not read; in octets. */
  readonly largestMail: number;
  readonly automaticMailsADay: number;
  readonly unprovenCasesAnHour: number;
}

export interface Parts {
  readonly store: Store;
  readonly vault: Vault;
  readonly records: Records;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly words: Words;
  readonly helplines: Helplines;
  readonly clean: Clean;
  readonly limits: Limits;
  readonly service: ServiceFacts;
  /**
   * Marks wait this long, so that the words which set them going are with the homeserver first: a mark's request takes it as long as
   * theirs. One that has changed again by then is put once.
   */
  readonly marksAfterMs: number;
  /** Draws a pseudonym that no open case has. */
  readonly drawPseudonym: (taken: ReadonlySet<string>) => string;
}
