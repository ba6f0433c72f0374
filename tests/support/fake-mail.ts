// Mail without a network: a mailbox that a source empties, and a sender that shows what it sent. Both keep the ports' contracts.
import { formatAddress, isAddress, supportAddressWithTag } from '#mail/addresses.ts';
import type {
  MailAddress,
  MailOutcome,
  MailSender,
  MailSource,
  MailSourceState,
  OutgoingMail,
  RawMail,
  TakeMail,
} from '#relay/mail-port.ts';

export interface FakeMailbox {
  put(bytes: Uint8Array): void;
  /** How many lie there, not yet let go. */
  inbox(): number;
  /** Those let go, in order. */
  readonly processed: readonly Uint8Array[];
  /** The server goes, and comes back. */
  away(): void;
  back(): void;
  open(take: TakeMail): MailSource;
}

/** `retryMs`: after a take that failed. */
export function newFakeMailbox({
  maxMailBytes = 25_000_000,
  retryMs = 5,
}: { readonly maxMailBytes?: number; readonly retryMs?: number } = {}): FakeMailbox {
  let inbox: Uint8Array[] = [];
  let reachable = true;
  const processed: Uint8Array[] = [];
  const bells = new Set<() => void>();
  const ring = () => {
    for (const bell of bells) bell();
  };
  return {
    put(bytes) {
      inbox.push(bytes);
      ring();
    },
    inbox: () => inbox.length,
    processed,
    away() {
      reachable = false;
    },
    back() {
      reachable = true;
      ring();
    },
    open(take) {
      let closed = false;
      let running: Promise<void> | null = null;
      const drain = async () => {
        for (let mail = inbox[0]; mail !== undefined && reachable && !closed; mail = inbox[0]) {
          const taking = mail;
          try {
            await take(rawMail(taking, maxMailBytes));
          } catch {
            await new Promise((resolve) => setTimeout(resolve, retryMs));
            continue;
          }
          inbox = inbox.filter((other) => other !== taking);
          processed.push(taking);
        }
      };
      const bell = () => {
        running ??= drain().finally(() => {
          running = null;
        });
      };
      bells.add(bell);
      bell();
      return {
        state(): MailSourceState {
          if (closed) return { state: 'away', code: 'closed' };
          return reachable ? { state: 'connected' } : { state: 'away', code: 'unreachable' };
        },
        async [Symbol.asyncDispose]() {
          if (closed) return;
          closed = true;
          bells.delete(bell);
          // As with the real one, a mail that is being taken may hold up the end for a while and no longer.
          await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 3_000).unref())]);
        },
      };
    },
  };
}

function rawMail(bytes: Uint8Array, maxMailBytes: number): RawMail {
  if (bytes.length <= maxMailBytes) return { extent: 'whole', bytes, size: bytes.length };
  const end = Buffer.from(bytes).indexOf('\r\n\r\n');
  return { extent: 'headers-only', bytes: bytes.subarray(0, end === -1 ? bytes.length : end + 4), size: bytes.length };
}

export interface SentMail {
  readonly mail: OutgoingMail;
  readonly envelopeFrom: string;
  readonly replyTo: string;
}

export interface FakeMailSender extends MailSender {
  readonly sent: readonly SentMail[];
  /** The next mail comes to this; `unsure` mails arrive all the same. Then all is well again. */
  next(outcome: MailOutcome): void;
  /** Until it is null again, `send` and `check` come to this. */
  stuck(fault: Extract<MailOutcome, { readonly code: string }> | null): void;
}

export function newFakeMailSender({ support }: { readonly support: MailAddress }): FakeMailSender {
  const sent: SentMail[] = [];
  let coming: MailOutcome | null = null;
  let stuck: Extract<MailOutcome, { readonly code: string }> | null = null;
  let closed = false;
  return {
    sent,
    next(outcome) {
      coming = outcome;
    },
    stuck(fault) {
      stuck = fault;
    },
    async send(mail) {
      if (!isAddress(mail.to)) return { outcome: 'refused', code: 'unusable-recipient' };
      if (closed) return { outcome: 'later', code: 'closing' };
      if (stuck !== null) return stuck;
      const outcome = coming ?? { outcome: 'accepted' };
      coming = null;
      if (outcome.outcome === 'accepted' || outcome.outcome === 'unsure')
        sent.push({
          mail,
          envelopeFrom:
            mail.verpToken === null ? '' : formatAddress(supportAddressWithTag(support, { token: mail.verpToken, use: 'bounce' })),
          replyTo: formatAddress(supportAddressWithTag(support, { token: mail.replyToken, use: 'reply' })),
        });
      return outcome;
    },
    async check() {
      return stuck === null ? 'ok' : { code: stuck.code };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
    },
  };
}
