// Hands one mail, byte for byte, to the next server: by SMTP to the exchange, by LMTP into the mailboxes.
import { createTransport } from 'nodemailer';

const DEADLINE_MS = 20_000;

export interface HandOn {
  readonly protocol: 'smtp' | 'lmtp';
  readonly port: number;
  /** Who connects: an address of 127/8. */
  readonly from: string;
  /** The name in EHLO or LHLO. */
  readonly name: string;
  /** MAIL FROM; empty is the null sender. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly bytes: Buffer;
}

export async function handOn(mail: HandOn): Promise<void> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: mail.port,
    localAddress: mail.from,
    name: mail.name,
    lmtp: mail.protocol === 'lmtp',
    ignoreTLS: true,
    connectionTimeout: DEADLINE_MS,
    greetingTimeout: DEADLINE_MS,
    socketTimeout: DEADLINE_MS,
  });
  try {
    await transport.sendMail({ envelope: { from: mail.sender, to: [...mail.recipients] }, raw: mail.bytes });
  } finally {
    transport.close();
  }
}

/** An answer of SMTP as the error that smtp-server sends (RFC 5321 4.2, RFC 3463). */
export class SmtpAnswer extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, text: string) {
    super(text);
    this.name = 'SmtpAnswer';
    this.responseCode = responseCode;
  }
}

/** What the next server answered, for whoever waits on this side; if it was away: try again. */
export function answerFor(error: unknown): SmtpAnswer {
  if (error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number' && error.responseCode >= 400) {
    const text = 'response' in error ? String(error.response).replace(/^\d{3}[ -]/, '') : error.message;
    return new SmtpAnswer(error.responseCode, text);
  }
  return new SmtpAnswer(451, '4.4.1 The next server does not answer');
}
