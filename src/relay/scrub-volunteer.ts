// Takes the volunteer's own account out of what they write: a pill or a mention would carry it to the requester.
// Links that they mean to share stay.

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

const matrixLink = /https:\/\/matrix\.to\/#\/[^\s)\]>]+/giu;

export const scrubVolunteer = (text: string, userId: string): string =>
  text.replace(matrixLink, '…').replace(new RegExp(escape(userId), 'giu'), '…');
