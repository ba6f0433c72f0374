// Mail submission with a login (RFC 6409), as a provider has it: signs with the domain's key and hands on to the
// exchange from the domain's own address. The one for the relay remembers what it took and shows faults when told to.
import { setTimeout as pause } from 'node:timers/promises';
import { dkimSign } from 'mailauth';
import type { Behaviours } from './behaviour.ts';
import { bounceBytes } from './bounce.ts';
import { refuseUnknown } from './exchange.ts';
import { answerFor, handOn, SmtpAnswer } from './hand-on.ts';
import { DKIM_SELECTOR, mailDomain, type SigningKey, type SigningKeys } from './mail-domains.ts';
import { domainOf, findMailbox, withoutTag } from './mailboxes.ts';
import { startListener, type Envelope, type SmtpListener } from './smtp-listener.ts';

const TRY_AGAIN_MS = 500;

export interface SubmissionOptions {
  readonly name: string;
  readonly exchangePort: number;
  readonly users: string;
  readonly keys: SigningKeys;
  readonly behaviours: Behaviours;
  /** For so long a mail is handed on again, the same bytes, while the next server has no time for it. Default: once, and its answer goes back. */
  readonly triesForMs?: number;
  /** Told of each mail that was taken, whatever became of it then. */
  took(mail: TakenMail): void;
}

export interface TakenMail extends Envelope {
  /** Who logged in. */
  readonly user: string;
  /** The mail as it came, each octet a character of the same number. */
  readonly raw: string;
  /** ms since 1970. */
  readonly at: number;
}

export function startSubmission(options: SubmissionOptions): Promise<SmtpListener> {
  const { behaviours, users } = options;
  return startListener({
    name: options.name,
    logins: 'required',
    async logIn(user, password) {
      refuseIf(behaviours.take({ faults: ['answer'], at: 'login', user, recipients: [] }));
      if (findMailbox(users, user)?.password !== password) throw new SmtpAnswer(535, '5.7.8 The user name or the password is wrong');
    },
    async mailFrom(sender, session) {
      if (sender !== '' && withoutTag(sender) !== session.user) throw new SmtpAnswer(553, '5.7.1 This sender belongs to somebody else');
    },
    async rcptTo(recipient, session) {
      const occasion = { at: 'rcpt', user: session.user ?? '', recipients: [withoutTag(recipient)] } as const;
      const slow = behaviours.take({ faults: ['slow'], ...occasion });
      if (slow?.fault === 'slow') await pause(slow.ms, undefined, { ref: false });
      refuseIf(behaviours.take({ faults: ['answer'], ...occasion }));
      refuseUnknown(users, recipient);
    },
    async data({ envelope, bytes, session, cut }) {
      const user = session.user ?? '';
      const recipients = envelope.recipients.map(withoutTag);
      const slow = behaviours.take({ faults: ['slow'], at: 'data', user, recipients });
      if (slow?.fault === 'slow') await pause(slow.ms, undefined, { ref: false });
      options.took({ ...envelope, user, raw: bytes.toString('latin1'), at: Date.now() });
      const fault = behaviours.take({ faults: ['answer', 'cut', 'bounce'], at: 'data', user, recipients });
      refuseIf(fault);
      if (fault?.fault === 'bounce') {
        setImmediate(() => void bounceAll(options, { user, envelope, bytes, status: fault.status }));
        return '2.0.0 Queued';
      }
      if (fault?.fault !== 'cut' || fault.mail === 'delivered') await deliver(options, { user, envelope, bytes });
      if (fault?.fault === 'cut') cut();
      return '2.0.0 Sent';
    },
  });
}

function refuseIf(fault: ReturnType<Behaviours['take']>): void {
  if (fault?.fault === 'answer') throw new SmtpAnswer(fault.code, fault.text);
}

interface Submitted {
  readonly user: string;
  readonly envelope: Envelope;
  readonly bytes: Buffer;
}

async function deliver(options: SubmissionOptions, { user, envelope, bytes }: Submitted): Promise<void> {
  const domain = domainOf(user);
  const signature = await signatureOf(options.keys.get(domain), { domain, bytes });
  const signed = Buffer.concat([Buffer.from(signature), bytes]);
  const deadline = Date.now() + (options.triesForMs ?? 0);
  for (;;) {
    try {
      await handOn({
        protocol: 'smtp',
        port: options.exchangePort,
        from: mailDomain(domain)?.sendsFrom ?? '127.0.0.1',
        name: `out.${domain}`,
        sender: envelope.sender,
        recipients: envelope.recipients,
        bytes: signed,
      });
      return;
    } catch (error) {
      const answer = answerFor(error);
      if (answer.responseCode >= 500 || Date.now() >= deadline) throw answer;
    }
    await pause(TRY_AGAIN_MS);
  }
}

/** The DKIM-Signature field with its CRLF; empty where the domain does not sign. */
async function signatureOf(key: SigningKey | undefined, mail: { readonly domain: string; readonly bytes: Buffer }): Promise<string> {
  if (key === undefined) return '';
  const one = { signingDomain: mail.domain, selector: DKIM_SELECTOR, privateKey: key.privateKey };
  // Only what stands in signatureData is signed with, whatever the types say; the rest repeats it for them.
  const { signatures, errors } = await dkimSign(mail.bytes, { ...one, canonicalization: 'relaxed/relaxed', signatureData: [one] });
  if (errors.length > 0 || signatures === '') throw new SmtpAnswer(554, '5.6.0 The mail cannot be signed: it has no sender');
  return signatures;
}

async function bounceAll(options: SubmissionOptions, mail: Submitted & { readonly status: string }): Promise<void> {
  const { sender, recipients } = mail.envelope;
  // A bounce of a bounce would never end (RFC 5321 6.1).
  if (sender === '') return;
  for (const recipient of recipients) {
    const bytes = bounceBytes({ reporter: options.name, sender, recipient, status: mail.status, original: mail.bytes });
    // If nobody can take the bounce either, it is dropped, as RFC 5321 says.
    await deliver(options, { user: mail.user, envelope: { sender: '', recipients: [sender] }, bytes }).catch(() => undefined);
  }
}
