// Given a case, when something happens to it, then this follows: the domain's rules as sentences.
import { expect } from 'vitest';
import { decide } from '#domain/case/decide.ts';
import type { CaseCommand, CaseFacts, CaseRefusal } from '#domain/case/decide.ts';
import { effects } from '#domain/case/effects.ts';
import type { Effect } from '#domain/case/effects.ts';
import type { CaseEvent } from '#domain/case/events.ts';
import { evolve } from '#domain/case/evolve.ts';
import type { Case } from '#domain/case/state.ts';
import { limits, now } from '#tests/support/cases.ts';

export interface Then {
  /** Exactly these events. */
  readonly then: (...events: readonly CaseEvent[]) => Then;
  /** Exactly these effects, of all events together, in this order. */
  readonly effects: (...expected: readonly Effect[]) => Then;
  /** These effects among others. */
  readonly among: (...expected: readonly Effect[]) => Then;
  /** The case stands like this afterwards, as far as it is said. */
  readonly leaves: (part: Partial<Case>) => Then;
  readonly refused: (why: CaseRefusal) => void;
  /** The case as it stands afterwards, to go on from. */
  readonly afterwards: Case;
  readonly happened: readonly CaseEvent[];
  readonly followed: readonly Effect[];
}

type Facts = Partial<CaseFacts>;

/** All effects of these events, each seen from the case as it stood before it; as the relay applies them. */
export const effectsOf = (one: Case, events: readonly CaseEvent[], facts: Pick<CaseFacts, 'now' | 'limits'>): readonly Effect[] => {
  const found: Effect[] = [];
  let standing = one;
  for (const event of events) {
    found.push(...effects(standing, event, facts));
    standing = evolve(standing, event);
  }
  return found;
};

const outcome = (one: Case, command: CaseCommand, facts: CaseFacts): Then => {
  const decision = decide(one, command, facts);
  const events = decision.ok ? decision.value : [];
  const afterwards = events.reduce(evolve, one);
  const followed = effectsOf(one, events, facts);
  const accepted = (): void => expect(decision, `${command.type} was refused`).toMatchObject({ ok: true });
  const self: Then = {
    then: (...expected) => {
      accepted();
      expect(events).toEqual(expected);
      return self;
    },
    effects: (...expected) => {
      accepted();
      expect(followed).toEqual(expected);
      return self;
    },
    among: (...expected) => {
      accepted();
      for (const each of expected) expect(followed).toContainEqual(each);
      return self;
    },
    leaves: (part) => {
      accepted();
      expect(afterwards).toMatchObject(part);
      return self;
    },
    refused: (why) => expect(decision).toEqual({ ok: false, why }),
    afterwards,
    happened: events,
    followed,
  };
  return self;
};

export const given = (one: Case): { readonly when: (command: CaseCommand, facts?: Facts) => Then } => ({
  when: (command, facts = {}) => outcome(one, command, { now, limits, holder: 'reachable', ...facts }),
});
