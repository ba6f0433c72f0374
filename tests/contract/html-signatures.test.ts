// What mail programs add below a person's words in a page's markup is no part of their words, dashes or not; a letter written there is.
import { expect, test } from 'vitest';
import { htmlToPlain } from '#mail/reading/html-to-plain.ts';

const signature = 'Quarvexil Trial<br>Quarvexil GmbH<br>Tel. 030 1234567';

test.each([
  [
    'Gmail',
    `<div dir="ltr">I am not well.</div><br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">${signature}</div>`,
  ],
  [
    'Gmail without dashes',
    `<div dir="ltr">I am not well.<br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div>${signature}</div></div></div>`,
  ],
  ['Outlook in the browser', `<div>I am not well.</div><div id="Signature"><p>${signature}</p></div>`],
  ['Outlook, passed on', `<div>I am not well.</div><div id="x_x_Signature"><p>${signature}</p></div>`],
  ['Outlook on a phone', `<div>I am not well.</div><div id="ms-outlook-mobile-signature">${signature}</div>`],
  ['Apple Mail', `I am not well.<br><div id="AppleMailSignature" dir="ltr">${signature}</div>`],
  ['Thunderbird', `<p>I am not well.</p><div class="moz-signature">-- <br>${signature}</div>`],
  [
    'Proton',
    `<div>I am not well.</div><div class="protonmail_signature_block" style="font-size: 14px"><div class="protonmail_signature_block-user">${signature}</div></div>`,
  ],
  ['a page that ends in it', `<div>I am not well.<div class="gmail_signature">${signature}`],
])('of %s', (_program, html) => {
  expect(htmlToPlain(html).text.replace(/\n+--$/, '')).toBe('I am not well.');
});

test('words above and below it stay, in their order', () => {
  expect(htmlToPlain(`<p>Above.</p><div class="gmail_signature">${signature}</div><p>Below.</p>`).text).toBe('Above.\n\nBelow.');
});

test('a letter that was written into it stays, and its quotes are still quotes', () => {
  const letter = Array.from({ length: 14 }, (_, line) => `<p>Line ${line} of my letter.</p>`).join('');
  const { text } = htmlToPlain(`<div>Hello.</div><div id="Signature">${letter}<blockquote>Yours</blockquote></div><div>Bye.</div>`);
  expect(text).toContain('Hello.\nLine 0 of my letter.');
  expect(text).toContain('Line 13 of my letter.\n\n> Yours\nBye.');
});

test('a mail of nothing else has content and no text', () => {
  expect(htmlToPlain(`<div class="gmail_signature">${signature}</div>`)).toEqual({ text: '', content: 'some' });
});

test('a class that only sounds like it means nothing', () => {
  expect(htmlToPlain('<div class="design signatures">I sign petitions.</div>').text).toBe('I sign petitions.');
});
