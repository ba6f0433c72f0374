// From which place does a mail go out, and for how long may it hold it? A server can be slow about one recipient and quick about all
// others, so a mail that is slow must not keep the place that the others go out from.
// Lanes are remembered by their random ids, in memory, and nothing of whom they lead to.
import { newSeats } from '#mail/smtp-pace.ts';

export interface SmtpPatience {
  /** The server has so long to accept the recipient and ask for the mail; then the next mail has the place, and this one is tried again from a place for the slow. */
  readonly briskMs: number;
  /** From there it has so long (RFC 5321 4.5.3.2.2 to 4.5.3.2.4). Giving up is safe: nothing of the mail was sent yet. */
  readonly slowMs: number;
  /**
   * Mails that were handed over whole: giving one up would leave it in doubt, so its answer is waited for (RFC 5321 4.5.3.2.6), but
   * beside the places when it takes longer than `briskMs`. So many at a time.
   */
  readonly answers: number;
}

export interface Place {
  readonly manner: 'brisk' | 'slow';
  /** For the recipient to be accepted and the mail to be asked for. */
  readonly envelopeMs: number;
  /** The mail is about to be offered. */
  begun(): void;
  /** Its last byte was sent; what is left is the answer. */
  handedOver(): void;
  leave(how: 'slow' | 'answered'): void;
}

const mostSlowLanes = 1_000;

/** As many places for the slow as there are for the rest. */
export function newPlaces({ connections, patience }: { readonly connections: number; readonly patience: SmtpPatience }) {
  const seats = { brisk: newSeats(connections), slow: newSeats(connections) };
  const slowLanes = new Set<string>();
  let answers = 0;

  const remember = (lane: string): void => {
    slowLanes.add(lane);
    const [oldest] = slowLanes;
    if (slowLanes.size > mostSlowLanes && oldest !== undefined) slowLanes.delete(oldest);
  };

  return {
    /** Waits for its turn. `lane`: whose mails go one after the other. */
    async take(lane: string, signal: AbortSignal): Promise<Place | 'closing'> {
      const manner = slowLanes.has(lane) ? 'slow' : 'brisk';
      const seat = seats[manner];
      if ((await seat.take(signal)) === 'closing') return 'closing';
      let holds: 'seat' | 'answer' | 'nothing' = 'seat';
      let beganAt = performance.now();
      let late: NodeJS.Timeout | undefined;
      return {
        manner,
        envelopeMs: manner === 'brisk' ? patience.briskMs : patience.slowMs,
        begun() {
          beganAt = performance.now();
        },
        handedOver() {
          if (performance.now() - beganAt <= patience.briskMs) slowLanes.delete(lane);
          clearTimeout(late);
          late = setTimeout(() => {
            if (holds !== 'seat' || answers >= patience.answers) return;
            holds = 'answer';
            answers += 1;
            seat.give();
          }, patience.briskMs);
          late.unref();
        },
        leave(how) {
          clearTimeout(late);
          if (how === 'slow') remember(lane);
          if (holds === 'seat') seat.give();
          if (holds === 'answer') answers -= 1;
          holds = 'nothing';
        },
      };
    },
  };
}
