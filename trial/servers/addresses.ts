// Where the servers of one running stack are and who has an account there: plain data, to be printed or handed on.
import type { MatrixAccountOfTrial } from './matrix-accounts.ts';
import type { Mailbox, MailboxFolder } from './mailboxes.ts';

export interface StackAddresses {
  /** All files of all servers are in here; removed at the end. */
  readonly folder: string;
  readonly matrix: {
    readonly baseUrl: string;
    readonly serverName: string;
    readonly registrationSecret: string;
    /** Of an account with the server's admin rights, for Synapse's admin API. */
    readonly adminToken: string;
    /** Its SQLite file and its log. */
    readonly database: string;
    readonly log: string;
  };
  readonly valkey: { readonly host: string; readonly port: number; readonly url: string; readonly folder: string };
  readonly imap: { readonly host: string; readonly port: number };
  readonly lmtp: { readonly host: string; readonly port: number };
  readonly smtp: {
    /** Submission for support mailboxes, which the relay uses; its faults can be chosen. */
    readonly relay: { readonly host: string; readonly port: number };
    /** Submission for the requesters' mail programs. */
    readonly people: { readonly host: string; readonly port: number };
    /** Takes mail from anybody, without a login, as port 25 does: for mail that no honest provider would send. */
    readonly exchange: { readonly host: string; readonly port: number };
  };
  /** For the relay's setting `resolver`. */
  readonly resolver: string;
  /** Of the Authentication-Results that the exchange writes. */
  readonly authservId: string;
  /** A folder per address is in here. */
  readonly mailFolder: string;
  /** For addMailbox. */
  readonly mailboxes: MailboxFolder;
  readonly control: { readonly url: string; readonly token: string };
  readonly accounts: StackAccounts;
}

export interface StackAccounts {
  readonly support: Mailbox;
  /** At people.example (DKIM and DMARC reject), signed.example (DKIM alone), plain.example (nothing). */
  readonly mailRequesters: readonly [Mailbox, Mailbox, Mailbox];
  readonly frontBot: MatrixAccountOfTrial;
  readonly deskBot: MatrixAccountOfTrial;
  readonly coordinator: MatrixAccountOfTrial;
  readonly volunteers: readonly [MatrixAccountOfTrial, MatrixAccountOfTrial, MatrixAccountOfTrial];
  readonly matrixRequesters: readonly [MatrixAccountOfTrial, MatrixAccountOfTrial];
}
