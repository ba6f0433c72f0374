// Opens the operator's socket of a running relay: `hearken status`, and in a trial the clock.
import { spans } from '#domain/limits.ts';
import type { Instant } from '#domain/ids.ts';
import { askedSeldom } from '#operator/asked-seldom.ts';
import { startOperatorSocket } from '#operator/operator-socket.ts';
import { relayStatus } from '#operator/relay-status.ts';
import type { Clock } from '#relay/clock.ts';
import type { MailSender, MailSource } from '#relay/mail-port.ts';
import type { MatrixAccount } from '#relay/matrix-port.ts';
import type { Queue, Role } from '#relay/queue-port.ts';
import type { Store } from '#relay/store-port.ts';

export interface AnsweringRelay {
  /** Path of the socket: `dataFiles(folder).socket`. */
  readonly socket: string;
  readonly store: Store;
  readonly queue: Queue;
  readonly source: MailSource;
  readonly sender: MailSender;
  readonly accounts: readonly MatrixAccount[];
  readonly clock: Clock;
  readonly upSince: Instant;
  readonly roles: readonly Role[];
  /** Sets how far the clock runs ahead; only in a trial. */
  readonly advanceClock?: (ms: number) => Promise<void>;
}

/** Throws OperatorFault. */
export const answerOperator = (relay: AnsweringRelay): Promise<AsyncDisposable> => {
  // Each check logs in to the server; a container's health check asks for the status twice a minute.
  const mailSender = askedSeldom(() => relay.sender.check(), { everyMs: 10 * spans.minute, clock: relay.clock });
  return startOperatorSocket({
    path: relay.socket,
    handlers: {
      status: () =>
        relayStatus({
          store: relay.store,
          queue: relay.queue,
          mailSource: relay.source,
          mailSender,
          accounts: relay.accounts,
          clock: relay.clock,
          upSince: relay.upSince,
          roles: relay.roles,
        }),
      ...(relay.advanceClock === undefined ? {} : { advanceClock: relay.advanceClock }),
    },
  });
};
