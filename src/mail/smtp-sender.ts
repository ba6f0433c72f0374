// Sends our mails through one SMTP server: a few connections, kept for a while, and an honest outcome for each mail.
import type { Clock } from '#relay/clock.ts';
import type { MailOutcome, MailSender, OutgoingMail } from '#relay/mail-port.ts';
import { UnusableTag } from '#mail/addresses.ts';
import { refuseUnsafe } from '#mail/mail-server.ts';
import { composeOutgoing, UnusableMail } from '#mail/outgoing-bytes.ts';
import type { OutgoingBytes, SenderIdentity } from '#mail/outgoing-bytes.ts';
import { openSmtpLine } from '#mail/smtp-line.ts';
import type { SmtpLine, SmtpLineSettings, SmtpWaits } from '#mail/smtp-line.ts';
import { smtpOutcome } from '#mail/smtp-outcome.ts';
import { newPace } from '#mail/smtp-pace.ts';
import type { SmtpRate } from '#mail/smtp-pace.ts';
import { newPlaces } from '#mail/smtp-places.ts';
import type { Place, SmtpPatience } from '#mail/smtp-places.ts';

export interface SmtpSettings extends SmtpLineSettings {
  readonly identity: SenderIdentity;
  /** Mails on their way at once; further ones are opened only for recipients about whom the server is slow (`patience`). */
  readonly connections: number;
  readonly patience: SmtpPatience;
  /** How long a connection is kept without a mail. Providers end it themselves after a few minutes. */
  readonly idleMs: number;
  /** For providers that count. */
  readonly rate: SmtpRate;
}

export const defaultSmtpWaits: SmtpWaits = { connectMs: 30_000, greetingMs: 30_000, replyMs: 600_000, mailMs: 900_000 };
/** Three connections are what the strictest of the large providers allows one sender. */
export const defaultSmtpPace = {
  connections: 3,
  idleMs: 60_000,
  rate: null,
  patience: { briskMs: 2_000, slowMs: 300_000, answers: 20 },
} as const;

/** Throws UnsafeMailServer. Opens nothing before the first mail. */
export function openSmtpSender({ settings, clock }: { readonly settings: SmtpSettings; readonly clock: Clock }): MailSender {
  refuseUnsafe(settings);
  const closing = new AbortController();
  const idle = new Map<SmtpLine, NodeJS.Timeout>();
  const places = newPlaces(settings);
  const pace = newPace(settings.rate, clock);

  function takeIdle(): SmtpLine | null {
    for (const [line, timer] of idle) {
      clearTimeout(timer);
      idle.delete(line);
      if (line.usable() === 'yes') return line;
    }
    return null;
  }

  function keep(line: SmtpLine): void {
    if (closing.signal.aborted) return line.quit();
    const timer = setTimeout(() => {
      idle.delete(line);
      line.quit();
    }, settings.idleMs);
    timer.unref();
    idle.set(line, timer);
  }

  /** Over a kept connection first; if the server had ended that one meanwhile, over a new one. A slow one has a connection of its own. */
  async function carry(mail: OutgoingBytes, place: Place): Promise<MailOutcome> {
    const kept = place.manner === 'slow' ? null : takeIdle();
    if (kept !== null) {
      const { outcome, stale } = await sendOver(kept, { mail, place });
      if (stale === 'no' || closing.signal.aborted) return outcome;
    }
    const line = await openLine();
    return 'outcome' in line ? line : (await sendOver(line, { mail, place })).outcome;
  }

  async function openLine(): Promise<SmtpLine | Exclude<MailOutcome, { readonly outcome: 'accepted' }>> {
    try {
      return await openSmtpLine(settings, closing.signal);
    } catch (error) {
      return smtpOutcome(error, 'connecting');
    }
  }

  async function sendOver(line: SmtpLine, { mail, place }: { readonly mail: OutgoingBytes; readonly place: Place }) {
    place.begun();
    const sent = await line.send(mail, { envelopeMs: place.envelopeMs, handedOver: () => place.handedOver() });
    if (line.usable() === 'yes') keep(line);
    return sent;
  }

  return {
    async send(mail: OutgoingMail): Promise<MailOutcome> {
      const bytes = await compose(mail, settings.identity);
      if ('outcome' in bytes) return bytes;
      const place = await places.take(mail.lane, closing.signal);
      if (place === 'closing') return { outcome: 'later', code: 'closing' };
      let outcome: MailOutcome = { outcome: 'later', code: 'closing' };
      try {
        if ((await pace(closing.signal)) === 'go') outcome = await carry(bytes, place);
        return outcome;
      } finally {
        place.leave(outcome.outcome === 'later' && outcome.code === 'slow' ? 'slow' : 'answered');
      }
    },
    async check() {
      const line = await openLine();
      if ('outcome' in line) return { code: line.code };
      line.quit();
      return 'ok';
    },
    async [Symbol.asyncDispose]() {
      for (const [line, timer] of idle) {
        clearTimeout(timer);
        line.quit();
      }
      idle.clear();
      // What is on its way ends as later or unsure, by how far it had got.
      closing.abort();
    },
  };
}

async function compose(mail: OutgoingMail, identity: SenderIdentity): Promise<OutgoingBytes | MailOutcome> {
  try {
    return await composeOutgoing(mail, identity);
  } catch (error) {
    if (error instanceof UnusableMail || error instanceof UnusableTag) return { outcome: 'refused', code: error.code };
    throw error;
  }
}
