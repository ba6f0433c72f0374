// What the relay needs of mail, as types. Addresses live here and in the vault, nowhere further in.
import type { LaneId } from '#domain/ids.ts';

/** A mail as it lies in the mailbox. `headers-only`: it is larger than the limit; only its head was fetched. */
export interface RawMail {
  readonly extent: 'whole' | 'headers-only';
  readonly bytes: Uint8Array;
  /** Size in octets as the server says (RFC822.SIZE), also when only the head was fetched. */
  readonly size: number;
}

/**
 * Commits one mail to the inbox; the source lets the mail go only after this has resolved.
 * `known`: the very same mail was taken before (a repeat after a kill), which is as good as kept.
 */
export type TakeMail = (mail: RawMail) => Promise<'kept' | 'known'>;

export type MailSourceState = { readonly state: 'connected' } | { readonly state: 'away'; readonly code: string };

/** Brings mail in, until disposed. Adapters: IMAP now; an LMTP listener later. */
export interface MailSource extends AsyncDisposable {
  state(): MailSourceState;
}

/** One addr-spec (RFC 5322 3.4.1) as it may be used: ASCII (IDN domains in their `xn--` form), 254 octets at most,
 * dot-atom local part kept as written, domain in lower case. Checked by our own grammar, never by a library alone. */
export interface MailAddress {
  readonly local: string;
  readonly domain: string;
}

export type SenderFault = 'no-sender' | 'several-senders' | 'unusable-sender';

/** DKIM and DMARC. `nothing`: no signature and no trusted header; `away`: DNS did not answer. */
export interface MailEvidence {
  readonly verdict: 'pass' | 'fail' | 'nothing' | 'away';
  /** The policy that the From domain publishes by DMARC, 'none' where it publishes nothing. Asked for only where a verdict rests on it. */
  readonly policy: 'none' | 'quarantine' | 'reject';
}

/** RFC 3834, 3464, 2919: what a robot sent. Never reaches a volunteer as somebody's words. */
export type Automatic =
  | { readonly robot: 'no' }
  | { readonly robot: 'auto-reply' | 'list' | 'own' }
  | {
      readonly robot: 'bounce';
      /** `failed` is a permanent 5.x.x or an action `failed`; `delayed` says nothing final. */
      readonly outcome: 'failed' | 'delayed' | 'unknown';
      /** The VERP token or the Message-ID of ours that it speaks of, else null. */
      readonly verpToken: string | null;
      readonly ownMessageId: string | null;
    };

/** A mail taken apart by the reader. `text` is what the person wrote with quotes still in it. */
export interface ReadMail {
  readonly sender: { readonly ok: true; readonly address: MailAddress } | { readonly ok: false; readonly why: SenderFault };
  /** Display name of From, decoded; for scrubbing only, never shown or matched on. */
  readonly displayName: string;
  /** Every name and address in From, Sender, Reply-To and Return-Path; strings to scrub. */
  readonly identity: readonly string[];
  readonly messageId: string | null;
  /** In-Reply-To and References, oldest first, at most 100. */
  readonly references: readonly string[];
  /** The tags found after the support address's local part and `+` in To, Cc, Delivered-To, X-Original-To, at most 10. */
  readonly tags: readonly string[];
  /** Other people in To and Cc: how many. */
  readonly othersAddressed: number;
  readonly subject: string;
  readonly text: string;
  readonly files: number;
  readonly encrypted: 'no' | 'pgp' | 'smime';
  /** `text` is empty though there was something: it could not be read. */
  readonly unreadable: 'no' | 'empty-though-content' | 'too-large' | 'parse-fault';
  readonly automatic: Automatic;
  readonly evidence: MailEvidence;
}

/** Reads hostile bytes in a process of its own, with limits of time and memory. Never rejects for what is in the bytes; only when
 * no process can be started, or once it is closed. */
export interface MailReader extends AsyncDisposable {
  read(mail: RawMail): Promise<ReadMail>;
}

/** A mail of ours, complete; text/plain only, one recipient. */
export interface OutgoingMail {
  /** The lane it stands in, a random id: a lane about which the server is slow must not hold up the others. Not part of the mail. */
  readonly lane: LaneId;
  readonly to: MailAddress;
  readonly subject: string;
  readonly text: string;
  /** Without angle brackets. Stable for one outbox row: a second try carries the same. */
  readonly messageId: string;
  /** Stable for one outbox row as well, ms since 1970. */
  readonly date: number;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** Goes behind the support address's `+` in Reply-To. */
  readonly replyToken: string;
  /** Goes behind the support address's `+` in the envelope's MAIL FROM (VERP). Null: the null sender `<>`. */
  readonly verpToken: string | null;
  /** RFC 3834: null for a person's words, else what to write into Auto-Submitted. */
  readonly autoSubmitted: 'auto-replied' | 'auto-generated' | null;
}

export type MailOutcome =
  | { readonly outcome: 'accepted' }
  /** The server took it or not: the connection was lost after the data was sent. */
  | { readonly outcome: 'unsure'; readonly code: string }
  /** Nothing was taken; try again. */
  | { readonly outcome: 'later'; readonly code: string }
  /** The server refused this mail or recipient for good. */
  | { readonly outcome: 'refused'; readonly code: string }
  /** Login, TLS or configuration: nobody's mail can go; the operator has to act. */
  | { readonly outcome: 'blocked'; readonly code: string };

export interface MailSender extends AsyncDisposable {
  send(mail: OutgoingMail): Promise<MailOutcome>;
  /** Asks the server without sending anything. */
  check(): Promise<'ok' | { readonly code: string }>;
}
