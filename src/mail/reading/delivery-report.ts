// What a bounce says: failed or delayed, and which mail of ours it speaks of. RFC 3464 where the server keeps to it, shapes of the others where not.
import type { Mime } from './mime.ts';
import { idsIn, isOwnMessageId } from './thread.ts';

export interface DeliveryReport {
  /** `delivered`: a report of success; nobody asked for it. */
  readonly outcome: 'failed' | 'delayed' | 'delivered' | 'unknown';
  readonly ownMessageId: string | null;
}

const statusTypes: ReadonlySet<string> = new Set(['message/delivery-status', 'message/global-delivery-status']);

export function hasDeliveryStatus(mime: Mime): boolean {
  return mime.parts.some((part) => statusTypes.has(part.type));
}

export function readReport(mime: Mime, about: { readonly text: string; readonly domain: string }): DeliveryReport {
  const status = mime.parts.filter((part) => statusTypes.has(part.type)).map((part) => part.report);
  const returned = mime.parts.filter((part) => !statusTypes.has(part.type)).map((part) => part.report);
  return { outcome: outcomeOf(status.join('\n\n'), about.text), ownMessageId: ownIdIn([...returned, about.text], about.domain) };
}

/** The action decides (RFC 3464 2.3.3): a mail given up after days has `failed` beside a status of 4.x.x. */
function outcomeOf(status: string, text: string): DeliveryReport['outcome'] {
  const actions = fieldValues(status, 'action').map((action) => action.toLowerCase());
  if (actions.some((action) => action.startsWith('failed'))) return 'failed';
  if (actions.some((action) => action.startsWith('delayed'))) return 'delayed';
  if (actions.some((action) => /^(?:delivered|relayed|expanded)/.test(action))) return 'delivered';
  const codes = fieldValues(status, 'status');
  if (codes.some((code) => code.startsWith('5'))) return 'failed';
  if (codes.some((code) => code.startsWith('4'))) return 'delayed';
  return outcomeOfText(text);
}

function fieldValues(status: string, name: string): readonly string[] {
  return [...status.matchAll(new RegExp(`^${name}[ \\t]*:[ \\t]*(\\S{1,60})`, 'gim'))].map((match) => match[1] ?? '');
}

/** Reply codes of SMTP (RFC 5321 4.2, RFC 3463) as programs copy them into their words. */
const permanent = /\b5\d\d[ -]#?5\.\d{1,3}\.\d{1,3}\b|\b#?5\.\d{1,3}\.\d{1,3}\b|\b55[0-4]\b/;
const temporary =
  /\b4\d\d[ -]#?4\.\d{1,3}\.\d{1,3}\b|\b#?4\.\d{1,3}\.\d{1,3}\b|\b45[0-2]\b|still being retried|temporary failure report|will be retried|has not yet been delivered/i;

export function hasReplyCode(text: string): boolean {
  return permanent.test(text) || temporary.test(text);
}

function outcomeOfText(text: string): DeliveryReport['outcome'] {
  if (permanent.test(text)) return 'failed';
  return temporary.test(text) ? 'delayed' : 'unknown';
}

/** The Message-ID in the returned head, whether it came as a part of its own or was copied into the words. */
function ownIdIn(texts: readonly string[], domain: string): string | null {
  for (const text of texts) {
    for (const match of text.matchAll(
      /^[> \t]{0,8}(?:message-id|x-original-message-id)[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(<[^>\s]{1,900}>)/gim,
    )) {
      const id = idsIn(match[1] ?? '')[0];
      if (id !== undefined && isOwnMessageId(id, domain)) return id;
    }
  }
  return null;
}
