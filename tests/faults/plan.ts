// What one run does: how many lines, and how often what is killed. Everything else is drawn from the seed.

export interface RunPlan {
  readonly seed: number;
  /** Lines, both ways and both channels together. */
  readonly messages: number;
  /** Conversations that stand before the first kill; the half of them by mail. */
  readonly conversations: number;
  /** More that begin while everything is being killed. */
  readonly newcomers: number;
  readonly relayKills: number;
  /** Of each: the homeserver, Valkey, the IMAP server, the SMTP server. */
  readonly serverKills: number;
  /** How long Redis is away at one stretch, at the end; 0: not. */
  readonly withoutRedisMs: number;
}

export const servers = ['the homeserver', 'Valkey', 'the IMAP server', 'the SMTP server'] as const;
export type ServerName = (typeof servers)[number];

/** Three volunteers hold three each, which is the most that somebody can. */
export const volunteerNames = ['ada', 'bea', 'cat'] as const;

/** For `npm test`: the least that is asked of it. */
export const shortRun = (seed: number): RunPlan => ({
  seed,
  messages: 600,
  conversations: 6,
  newcomers: 3,
  relayKills: 26,
  serverKills: 3,
  withoutRedisMs: 60_000,
});

/** One round of a long run. */
export const longRound = (of: { readonly seed: number; readonly messages: number; readonly round: number }): RunPlan => ({
  ...shortRun((of.seed + of.round * 7919) >>> 0),
  messages: of.messages,
  relayKills: Math.ceil(of.messages / 20),
  serverKills: Math.max(3, Math.ceil(of.messages / 150)),
  withoutRedisMs: of.round === 0 ? 600_000 : 60_000,
});

/**
 * Points at which the relay is told to end itself (workers/kill-at.ts), beside the kills at random moments: between a commit and
 * what follows it, between a request and its answer, in the middle of what the crypto library saves of a message.
 */
export const failpoints = [
  'mail-kept',
  'core-drain',
  'mail-accepted',
  'front-text-put',
  'desk-text-put',
  'desk-room-made',
  'front.crypto:devices+session',
  'desk.crypto:devices+session',
  'front.answered:send',
  'desk.answered:send',
  'desk.answered:sendToDevice',
  'front.ask:send',
  'desk.sync-read',
  'front.sync-read',
  'front.committed',
  'desk.committed',
  'front.take',
  'desk.taken',
] as const;
