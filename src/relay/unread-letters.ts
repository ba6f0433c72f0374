// Letters whose bytes were none of the charset that their mail named: each stands as U+FFFD, and both sides are told.
export const hasUnreadLetters = (text: string): boolean => text.includes('\ufffd');
