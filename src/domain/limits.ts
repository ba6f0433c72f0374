// The times and numbers that the rules go by. Values come from the settings; the defaults and their reasons stand there.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
export const day = 24 * hour;
export const spans = { second, minute, hour, day, week: 7 * day } as const;

export interface Limits {
  readonly offerMs: number;
  /** Nobody is offered anything again within this. */
  readonly betweenOffersMs: number;
  /** Who took a conversation and has not begun it is asked after this, and after the other it goes back. */
  readonly beginAskMs: number;
  readonly beginMs: number;
  readonly availableMs: number;
  readonly waitNoteMs: number;
  readonly waitNoteAgainMs: number;
  readonly longestWaitMs: number;
  readonly reopenMs: number;
  /** After a close, what comes within this is often only thanks: it is asked about, not read. */
  readonly thanksMs: number;
  readonly idleAskMs: number;
  readonly idleCloseMs: number;
  readonly newVolunteerMs: number;
  readonly mailGatherMs: number;
  readonly mailGatherMostMs: number;
  readonly chatGatherMs: number;
  readonly heldMs: number;
  readonly unsureAgainMs: number;
  readonly roomLeaveMs: number;
  readonly bodiesMs: number;
  readonly forgetMs: number;
  readonly removedKeptMs: number;
}

export const defaultLimits: Limits = {
  offerMs: 90 * minute,
  betweenOffersMs: hour,
  beginAskMs: 4 * hour,
  beginMs: 12 * hour,
  availableMs: 12 * hour,
  waitNoteMs: 24 * hour,
  waitNoteAgainMs: 7 * day,
  longestWaitMs: 56 * day,
  reopenMs: 30 * day,
  thanksMs: 48 * hour,
  idleAskMs: 60 * day,
  idleCloseMs: 90 * day,
  newVolunteerMs: 60 * day,
  mailGatherMs: minute,
  mailGatherMostMs: 10 * minute,
  chatGatherMs: 10 * second,
  heldMs: 72 * hour,
  unsureAgainMs: 10 * minute,
  roomLeaveMs: 7 * day,
  bodiesMs: 7 * day,
  forgetMs: 90 * day,
  removedKeptMs: 72 * hour,
};
