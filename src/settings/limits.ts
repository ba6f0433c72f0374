// The settings' times and numbers as the domain's rules count them: in milliseconds.
import type { Limits } from '#domain/limits.ts';
import { spans } from '#domain/limits.ts';
import type { SettingsFile } from '#settings/schema.ts';

export function limitsOf({ limits, service }: Pick<SettingsFile, 'limits' | 'service'>): Limits {
  const { second, minute, hour, day } = spans;
  return {
    offerMs: limits.offerMinutes * minute,
    betweenOffersMs: limits.offerRestMinutes * minute,
    availableMs: limits.availableHours * hour,
    waitNoteMs: service.waitNoteHours * hour,
    waitNoteAgainMs: limits.waitNoteAgainDays * day,
    longestWaitMs: limits.longestWaitDays * day,
    reopenMs: service.reopenDays * day,
    thanksMs: limits.thanksHours * hour,
    beginAskMs: limits.beginAskHours * hour,
    beginMs: limits.beginHours * hour,
    idleAskMs: limits.quietAskDays * day,
    idleCloseMs: limits.quietCloseDays * day,
    newVolunteerMs: limits.newVolunteerDays * day,
    mailGatherMs: limits.mailGatherSeconds * second,
    mailGatherMostMs: limits.mailGatherMostMinutes * minute,
    chatGatherMs: limits.chatGatherSeconds * second,
    heldMs: limits.heldHours * hour,
    unsureAgainMs: limits.unsureAgainMinutes * minute,
    roomLeaveMs: limits.roomLeaveDays * day,
    bodiesMs: limits.bodiesDays * day,
    forgetMs: limits.forgetDays * day,
    removedKeptMs: limits.removedKeptHours * hour,
  };
}
