// The forms that single settings take: addresses, ids, hosts, files, whole numbers. Each names the sentence that explains it.
import { z } from 'zod';
import type { FormName } from '#settings/fault-texts.ts';

/** A text of one form. The message is a key into the table of texts, never a sentence. */
const formed = (form: FormName, pattern: RegExp) => z.string({ error: form }).regex(pattern, { error: form });

/** RFC 5322 dot-atom and a host name; our own address, so nothing fancy. No plus: what stands behind it is ours to use. */
export const supportAddress = () =>
  formed('support-address', /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/);

/** Matrix spec, appendix 4.2.1 user identifiers, as people write them today. */
export const matrixId = () => formed('matrix-id', /^@[a-z0-9._=/+-]{1,200}:(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/);

export const homeserverUrl = () => formed('homeserver-url', /^https?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?\/?$/);

/** No user and no password in it: a secret has a file of its own. */
export const redisUrl = () =>
  formed('redis-url', /^(?:rediss?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:\/\d{1,3})?|unix:\/\/\/[^\s?#]+)$/);

export const host = () => formed('host', /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)$/);

export const resolver = () =>
  formed('resolver', /^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|[0-9A-Fa-f]*:[0-9A-Fa-f:]+|\[[0-9A-Fa-f:]+\]:\d{1,5})$/);

export const language = () => formed('language', /^[a-z]{2,3}$/);

export const timeZone = () => z.string({ error: 'time-zone' }).refine(isTimeZone, { error: 'time-zone' });

/** One line without control characters. */
export const line = () => formed('line', /^[^\p{Cc}\u2028\u2029]{1,100}$/u);

/** A path, relative to the settings file's folder or absolute. */
export const file = () => formed('file', /^[^\0\r\n]{1,1000}$/);

export const port = () => z.int().min(1).max(65535);

/** A whole number of something; the bounds say what still makes sense. */
export const whole = (least: number, most: number) => z.int().min(least).max(most);

/** An IANA name; an offset such as +01:00 would forget summer time. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
