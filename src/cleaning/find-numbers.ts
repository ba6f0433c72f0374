// Finds telephone numbers, bank accounts and key fingerprints by their shape. A date, a year or an amount stays.
// libphonenumber finds national numbers only when it is told the country, and nobody tells us: eight digits in a row are enough here.
import type { Span } from './spans.ts';

const run = /(?:\+|\(\+?)?\d(?:[ \t()./\\-]{0,3}\d){5,59}/g;
const iban = /\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,4})?\b/g;
const fingerprint = /\b(?:0x)?(?:[0-9a-f]{4}[ :]{0,2}){9}[0-9a-f]{4}\b|\b(?:[0-9a-f]{2}:){7,31}[0-9a-f]{2}\b/g;
const labelled =
  /(?:tel|telefon|telephone|phone|mobile?|mobil|handy|cell|fax|whatsapp|signal|電話|电话)[ \t.:()-]{0,4}(?:\+|\()?\d[\d \t()./-]{3,30}\d/gu;

const dateOrTime = [
  /^\d{4}[-./]\d{1,2}[-./]\d{1,2}(?:[ t]\d{1,2})?/,
  /^\d{1,2}[-./] ?\d{1,2}[-./] ?\d{2,4}(?: \d{1,2}\.\d{2})?$/,
  /^(?:(?:19|20)\d{2}[ \-/]*){1,15}$/,
  /^\d{1,3}(?:\.\d{3}){1,3}$|^\d{1,3}(?: 000){1,3}$/,
];

/** Takes a folded text. */
export function findNumbers(text: string): readonly Span[] {
  const found: Span[] = [];
  const add = (pattern: RegExp, kind: Span['kind'], counts: (match: string) => boolean): void => {
    for (const match of text.matchAll(pattern))
      if (counts(match[0])) found.push({ from: match.index, to: match.index + match[0].length, kind });
  };
  add(run, 'phone', isPhone);
  add(labelled, 'phone', (match) => digits(match) >= 5);
  add(iban, 'handle', (match) => digits(match) >= 10);
  add(fingerprint, 'handle', (match) => digits(match) >= 6);
  return found;
}

const digits = (match: string): number => match.replace(/\D/g, '').length;

function isPhone(match: string): boolean {
  const count = digits(match);
  if (match.includes('+')) return count >= 7;
  return count >= 8 && !dateOrTime.some((shape) => shape.test(match));
}
