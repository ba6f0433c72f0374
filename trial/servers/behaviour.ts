// Faults that the relay's outgoing SMTP server shows when told to: for whom, how often, and what.

export type Fault =
  /** Answers with this code and text; `data` is the answer after the whole mail. */
  | { readonly fault: 'answer'; readonly at: 'login' | 'rcpt' | 'data'; readonly code: number; readonly text: string }
  /** Cuts the connection after the whole mail, without an answer: it was delivered, or it was lost. */
  | { readonly fault: 'cut'; readonly mail: 'delivered' | 'lost' }
  /** Waits before it answers the recipient, or the whole mail; what follows is as usual. */
  | { readonly fault: 'slow'; readonly at: 'rcpt' | 'data'; readonly ms: number }
  /** Accepts the mail, and returns it a moment later to its envelope sender (RFC 3464). */
  | { readonly fault: 'bounce'; readonly status: `${4 | 5}.${number}.${number}` };

export interface Behaviour {
  /** Only for this user of the server, its full address; absent: for everybody. */
  readonly user?: string;
  /** Only for this recipient, without tag; absent: for everybody. Means nothing for a fault at login. */
  readonly recipient?: string;
  /** How often; absent: until `behaveWell`. */
  readonly times?: number;
  readonly then: Fault;
}

export interface Behaviours {
  add(behaviour: Behaviour): void;
  clear(user?: string): void;
  /** The first behaviour that fits, counted as used. */
  take(occasion: {
    readonly faults: readonly Fault['fault'][];
    readonly at?: 'login' | 'rcpt' | 'data';
    readonly user: string;
    readonly recipients: readonly string[];
  }): Fault | null;
}

export function makeBehaviours(): Behaviours {
  let left: { readonly behaviour: Behaviour; times: number }[] = [];
  return {
    add(behaviour) {
      left.push({ behaviour, times: behaviour.times ?? Number.POSITIVE_INFINITY });
    },
    clear(user) {
      left = user === undefined ? [] : left.filter(({ behaviour }) => behaviour.user !== user);
    },
    take({ faults, at, user, recipients }) {
      const found = left.find(({ behaviour, times }) => {
        const { then } = behaviour;
        if (times <= 0 || !faults.includes(then.fault)) return false;
        if ((then.fault === 'answer' || then.fault === 'slow') && then.at !== at) return false;
        if (behaviour.user !== undefined && behaviour.user !== user) return false;
        return behaviour.recipient === undefined || recipients.includes(behaviour.recipient);
      });
      if (found === undefined) return null;
      found.times -= 1;
      return found.behaviour.then;
    },
  };
}
