// What can be done with a running stack by whoever has its addresses: new accounts, and the relay's SMTP server.
import { randomBytes } from 'node:crypto';
import type { StackAddresses } from './servers/addresses.ts';
import { addMailbox, type Mailbox } from './servers/mailboxes.ts';
import { SUPPORT_DOMAIN } from './servers/mail-domains.ts';
import { registerMatrixAccount, type MatrixAccountOfTrial } from './servers/matrix-accounts.ts';
import { reachRelaySmtp, type RelaySmtp } from './servers/relay-smtp.ts';

export interface StackHandle {
  readonly addresses: StackAddresses;
  readonly smtp: RelaySmtp;
  readonly admin: StackAdmin;
}

export interface StackAdmin {
  /** A new Matrix account that nobody else uses: `name` gets a random ending. */
  freshMatrixAccount(name: string): Promise<MatrixAccountOfTrial>;
  /** A new mailbox; domain: people.example unless said. `name` gets a random ending. */
  freshMailbox(name: string, domain?: string): Mailbox;
  /** A new support mailbox, for a relay of its own. */
  freshSupportMailbox(): Mailbox;
}

export function connectStack(addresses: StackAddresses): StackHandle {
  return handleFor(addresses, reachRelaySmtp(addresses.control));
}

export function handleFor(addresses: StackAddresses, smtp: RelaySmtp): StackHandle {
  const ending = (): string => randomBytes(4).toString('hex');
  const freshMailbox = (name: string, domain = 'people.example'): Mailbox =>
    addMailbox(addresses.mailboxes, `${name}-${ending()}@${domain}`);
  return {
    addresses,
    smtp,
    admin: {
      freshMatrixAccount: (name) => registerMatrixAccount(addresses.matrix, { user: `${name}-${ending()}` }),
      freshMailbox,
      freshSupportMailbox: () => freshMailbox('support', SUPPORT_DOMAIN),
    },
  };
}
