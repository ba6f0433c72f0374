// A message of the volunteer on its way to the requester: its states, what they see of them, and what can still be changed.
import type { Channel } from '#domain/case/state.ts';

export type OutState = 'gathering' | 'queued' | 'sending' | 'accepted' | 'unsure' | 'failed' | 'bounced' | 'withdrawn';

/** The bot's mark on the volunteer's line; what each says: docs/volunteers.md. ⚠️ and ❔ come as text besides. */
export const markOf = (state: OutState): string => {
  switch (state) {
    case 'gathering':
    case 'queued':
      return '⏳';
    case 'sending':
      return '📤';
    case 'accepted':
      return '✅';
    case 'unsure':
      return '❔';
    case 'failed':
    case 'bounced':
      return '⚠️';
    case 'withdrawn':
      return '🗑';
  }
};

/** What becomes of an edit or a removal that the volunteer makes now. */
export type Amendment = 'change' | 'carry' | 'offer-correction' | 'too-late' | 'nothing-there';

export const amendmentOf = (state: OutState, channel: Channel): Amendment => {
  switch (state) {
    case 'gathering':
    case 'queued':
      return 'change';
    case 'sending':
    case 'unsure':
      return channel === 'mail' ? 'too-late' : 'carry';
    case 'accepted':
      return channel === 'mail' ? 'offer-correction' : 'carry';
    case 'failed':
    case 'bounced':
    case 'withdrawn':
      return 'nothing-there';
  }
};
