// What an SMTP error comes to, by code and by how far the mail had got. Never by the server's text, which echoes addresses.
import type { MailOutcome } from '#relay/mail-port.ts';
import { errorCode, isTlsFault } from '#mail/mail-server.ts';

/** `sent`: the last byte had been handed over when the error came, so the server may have the mail. */
export type SmtpPhase = 'connecting' | 'envelope' | 'sent';

type Fault = Exclude<MailOutcome, { readonly outcome: 'accepted' }>;

interface SmtpFault {
  readonly code: string;
  /** The reply code (RFC 5321 4.2.1), 0: the server said nothing. */
  readonly reply: number;
  /** The enhanced status code (RFC 3463), '' where there is none. */
  readonly status: string;
  readonly command: string;
  readonly under: string;
}

export function smtpOutcome(error: unknown, phase: SmtpPhase): Fault {
  const fault = readFault(error);
  if (fault.reply >= 400) return replyOutcome(fault);
  if (phase === 'sent') return { outcome: 'unsure', code: fault.reply > 0 ? replyCode(fault) : waitCode(fault) };
  if (fault.code === 'ETLS' || isTlsFault(fault.under)) return { outcome: 'blocked', code: 'tls' };
  if (fault.code === 'token-away') return { outcome: 'later', code: fault.code };
  if (fault.code === 'token-refused') return { outcome: 'blocked', code: fault.code };
  if (fault.code === 'EAUTH' || fault.code === 'ENOAUTH') return { outcome: 'blocked', code: 'login' };
  // Larger than the server's SIZE (RFC 1870): known before anything was sent.
  if (fault.code === 'EMESSAGE') return { outcome: 'refused', code: 'too-large' };
  return { outcome: 'later', code: waitCode(fault) };
}

function replyOutcome(fault: SmtpFault): Fault {
  const code = replyCode(fault);
  // 503 says that the session was out of step, not that the mail was refused.
  const passing = fault.reply < 500 || fault.reply === 503;
  if (fault.command.startsWith('AUTH') || fault.reply === 530 || fault.reply === 535 || fault.reply === 538)
    return passing ? { outcome: 'later', code: 'login-later' } : { outcome: 'blocked', code: 'login' };
  if (fault.code === 'ETLS') return passing ? { outcome: 'later', code: 'tls-later' } : { outcome: 'blocked', code: 'tls' };
  if (passing) return { outcome: 'later', code };
  if (fault.reply === 552) return { outcome: 'refused', code };
  switch (fault.command) {
    case 'RCPT TO':
    case 'DATA':
      return { outcome: 'refused', code };
    // The sender is ours in every mail (RFC 5321 4.1.1.2), and greeting and EHLO come before any mail: nobody's can go.
    default:
      return { outcome: 'blocked', code };
  }
}

function replyCode(fault: SmtpFault): string {
  return fault.status === '' ? `smtp-${fault.reply}` : `smtp-${fault.status}`;
}

function waitCode(fault: SmtpFault): string {
  switch (fault.code) {
    case 'ETIMEDOUT':
      return 'timeout';
    case 'ESLOW':
      return 'slow';
    case 'EDNS':
      return 'dns';
    case 'ESOCKET':
      return fault.under === 'ECONNREFUSED' ? 'unreachable' : 'lost';
    default:
      return 'lost';
  }
}

function readFault(error: unknown): SmtpFault {
  const reply = field(error, 'responseCode');
  const response = field(error, 'response');
  const command = field(error, 'command');
  const under = field(error, 'originalCode');
  return {
    code: errorCode(error),
    reply: typeof reply === 'number' ? reply : 0,
    status: typeof response === 'string' ? (/^(\d)\d\d[ -](\1\.\d{1,3}\.\d{1,3})(?=\s|$)/.exec(response)?.[2] ?? '') : '',
    command: typeof command === 'string' ? command : '',
    under: typeof under === 'string' ? under : '',
  };
}

function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
