// The process in which hostile bytes are read. It holds nothing from one mail to the next, and may be killed at any moment.
import type { MailBytes, ReadingSettings } from './read-mail.ts';
import { readMail, unreadMail } from './read-mail.ts';

export interface ReadingRequest {
  readonly mail: MailBytes;
  readonly settings: ReadingSettings;
}

export const ready = 'ready';

/** Importing this file starts nothing: only as a child, with a parent to answer to, does it listen. */
if (process.send !== undefined) {
  const answer = (message: unknown): void => void process.send?.(message);
  process.on('message', ({ mail, settings }: ReadingRequest) => {
    readMail(mail, settings).then(answer, () => answer(unreadMail));
  });
  process.on('disconnect', () => process.exit(0));
  answer(ready);
}
