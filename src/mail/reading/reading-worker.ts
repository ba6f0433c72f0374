// The worker thread in which hostile bytes are read. It holds nothing from one mail to the next, and may be killed at any moment.
import { parentPort, workerData } from 'node:worker_threads';
import type { MailBytes, ReadingSettings } from './read-mail.ts';
import { readMail, unreadMail } from './read-mail.ts';

const settings = workerData as ReadingSettings;

parentPort?.on('message', (mail: MailBytes) => {
  readMail(mail, settings).then(
    (read) => parentPort?.postMessage(read),
    () => parentPort?.postMessage(unreadMail),
  );
});
