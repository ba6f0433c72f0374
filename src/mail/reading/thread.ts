// The Message-IDs of a mail and of those it answers, without their brackets.
import { firstOf, valuesOf } from './head.ts';
import type { Head } from './head.ts';

/** RFC 5322 3.6.4 in printable ASCII; the same form as we send. */
const idForm = /<([\x21-\x3b\x3d\x3f-\x7e]{1,900})>/g;
const mostReferences = 100;

export function messageIdOf(head: Head): string | null {
  return idsIn(firstOf(head, 'message-id'))[0] ?? null;
}

/** Oldest first: References, then In-Reply-To where it is not among them (RFC 5322 3.6.4). The latest are kept. */
export function referencesOf(head: Head): readonly string[] {
  const ids = [...valuesOf(head, 'references').flatMap(idsIn), ...valuesOf(head, 'in-reply-to').flatMap(idsIn)];
  return [...new Set(ids)].slice(-mostReferences);
}

export function idsIn(value: string): readonly string[] {
  return [...value.matchAll(idForm)].map((match) => match[1] ?? '');
}

/** Our Message-IDs are `<random id>@<our domain>`; the random id is 128 bits in 26 lower-case letters and digits (other programs at our domain write 32). */
export function isOwnMessageId(id: string, domain: string): boolean {
  const at = id.lastIndexOf('@');
  return id.slice(at + 1).toLowerCase() === domain && /^[a-z0-9]{26}$/.test(id.slice(0, at));
}
