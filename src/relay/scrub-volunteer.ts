// Takes the volunteer's own account out of what they write: a pill or a mention would carry it to the requester. And control
// characters, which no keyboard writes and some mail programs obey.
// Links that they mean to share stay.

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

const matrixLink = /https:\/\/matrix\.to\/#\/[^\s)\]>]+/giu;

const control = /[\0-\x08\x0b-\x1f\x7f-\x9f]/gu;

export const scrubVolunteer = (text: string, userId: string): string =>
  text
    .replace(/\r\n?/gu, '\n')
    .replace(control, '')
    .replace(matrixLink, '…')
    .replace(new RegExp(escape(userId), 'giu'), '…');

/** Nothing in it that a reader would see. */
export const isBlank = (text: string): boolean => /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(text);
