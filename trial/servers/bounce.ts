// A mail that comes back, in the textbook form: multipart/report with a delivery status (RFC 3462, 3464), from <>.
import { randomBytes } from 'node:crypto';

export interface BounceOf {
  /** The server that gives up. */
  readonly reporter: string;
  /** Envelope sender of the mail that could not be delivered; the bounce goes there. */
  readonly sender: string;
  readonly recipient: string;
  readonly status: string;
  readonly original: Buffer;
}

export function bounceBytes(bounce: BounceOf): Buffer {
  const boundary = randomBytes(12).toString('hex');
  const date = new Date().toUTCString().replace('GMT', '+0000');
  const end = bounce.original.indexOf('\r\n\r\n');
  const originalHead = bounce.original.subarray(0, end === -1 ? bounce.original.length : end).toString('latin1');
  const lines = [
    `Date: ${date}`,
    `From: Mail Delivery System <MAILER-DAEMON@${bounce.reporter}>`,
    `To: ${bounce.sender}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${randomBytes(10).toString('hex')}@${bounce.reporter}>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    'This is a MIME-encapsulated message.',
    '',
    `--${boundary}`,
    'Content-Description: Notification',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `This is the mail system at host ${bounce.reporter}.`,
    '',
    'Your message could not be delivered to one or more recipients.',
    '',
    `<${bounce.recipient}>: the mailbox cannot be reached (${bounce.status})`,
    '',
    `--${boundary}`,
    'Content-Description: Delivery report',
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; ${bounce.reporter}`,
    `Arrival-Date: ${date}`,
    '',
    `Final-Recipient: rfc822; ${bounce.recipient}`,
    `Original-Recipient: rfc822;${bounce.recipient}`,
    `Action: ${bounce.status.startsWith('4') ? 'delayed' : 'failed'}`,
    `Status: ${bounce.status}`,
    'Diagnostic-Code: smtp; the mailbox cannot be reached',
    '',
    `--${boundary}`,
    'Content-Description: Undelivered Message Headers',
    'Content-Type: text/rfc822-headers',
    '',
    originalHead,
    '',
    `--${boundary}--`,
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}
