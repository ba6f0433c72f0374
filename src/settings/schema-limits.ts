// The times and numbers that the rules go by: each with its default, its bounds, and the reason.
import { z } from 'zod';
import { whole } from '#settings/forms.ts';

export const limits = z
  .strictObject({
    mailGatherSeconds: whole(1, 600)
      .default(60)
      .describe('Lines a volunteer writes within this become one mail; until then each can be taken back.'),
    mailGatherMostMinutes: whole(1, 60)
      .default(10)
      .describe('A mail is sent after this even if lines keep coming, so that the person is not kept waiting.'),
    chatGatherSeconds: whole(1, 600).default(10).describe("A volunteer's line to a chat waits this long, and can be taken back meanwhile."),
    unsureAgainMinutes: whole(1, 240)
      .default(10)
      .describe('When a server may or may not have taken a mail, it is tried once more after this, as the very same mail.'),
    offerMinutes: whole(5, 720)
      .default(90)
      .describe('How long one volunteer is asked before the next one is. Long enough to finish dinner.'),
    offerRestMinutes: whole(0, 1440).default(60).describe('Nobody is asked again within this.'),
    beginAskHours: whole(1, 48)
      .default(4)
      .describe('Who took a conversation and has not opened it is asked after this whether it may go on to somebody else.'),
    beginHours: whole(2, 72)
      .default(12)
      .describe(
        'When it has not been opened after this, it goes on to somebody else by itself, so that nobody waits behind a closed door. Must be longer than beginAskHours.',
      ),
    availableHours: whole(1, 72)
      .default(12)
      .describe('How long "available" lasts when no end was said, so that nobody stays on call because they forgot.'),
    newVolunteerDays: whole(0, 365).default(60).describe('For so long a new volunteer holds one conversation at a time.'),
    waitNoteAgainDays: whole(1, 28).default(7).describe('While nobody is free, people are told again how things stand this often.'),
    longestWaitDays: whole(7, 180).default(56).describe('After this a conversation that nobody could take is closed, with kind words.'),
    thanksHours: whole(0, 168)
      .default(48)
      .describe('What comes this soon after a close is often only thanks: the person is asked whether they would like to talk again.'),
    quietAskDays: whole(7, 180).default(60).describe('When nobody wrote for so long, the volunteer is asked whether to close.'),
    quietCloseDays: whole(8, 365).default(90).describe('When nobody wrote for so long, it closes. Must be longer than quietAskDays.'),
    heldHours: whole(1, 72)
      .default(72)
      .describe('A message that waits for its sender to confirm it is dropped after this, and the sender told.'),
    removedKeptHours: whole(0, 72).default(72).describe('What somebody removed in a chat is hidden at once and deleted after this.'),
    bodiesDays: whole(1, 7).default(7).describe('What was written is deleted this long after a close. 7 days is what people are promised.'),
    roomLeaveDays: whole(1, 7).default(7).describe('So long after the end of a holding everybody leaves its room.'),
    forgetDays: whole(1, 90)
      .default(90)
      .describe(
        'So long after a close everything about a conversation is forgotten. 90 days is what people are promised. Must not be shorter than service.reopenDays.',
      ),
    automaticMailsPerDay: whole(2, 20)
      .default(20)
      .describe('No address gets more automatic mails a day, so that two robots never talk to each other.'),
    unprovenCasesPerHour: whole(1, 1000)
      .default(30)
      .describe(
        'When more new conversations than this come from addresses that prove nothing, they are asked to confirm first: a flood of forged mail then stays outside.',
      ),
  })
  .prefault({})
  .describe('Times and numbers. The defaults are meant; change one only for a reason.');
