// What searches for leaks must find them: in every form, at every place, in the middle of anything.
import { describe, expect, test } from 'vitest';
import { planting } from '#tests/support/leaks/planted.ts';
import { findMarked } from '#tests/support/leaks/search.ts';

const planted = planting('quarvexil');
const name = planted.name('a name');
const other = planted.word('another place');
const hexOf = (text: string): string => Buffer.from(text).toString('hex');
const each = (text: string, write: (char: string) => string): string => Array.from(text, write).join('');
const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

const forms: readonly (readonly [form: string, what: string, bytes: Buffer])[] = [
  ['plain', 'as it is', Buffer.from(`Dear ${name}, hello`)],
  ['plain', 'in capitals', Buffer.from(`DEAR ${name.toUpperCase()}!`)],
  ['plain', 'inside an address', Buffer.from(`<${other}@somewhere.example>`)],
  ['plain', 'behind octets that are no text', Buffer.concat([Buffer.from([0, 255, 254, 1, 2]), Buffer.from(name)])],
  ...[0, 1, 2].map(
    (shift) =>
      ['base64', `at place ${shift}`, Buffer.from(Buffer.from(`${'x'.repeat(shift)}${name} and more`).toString('base64'))] as const,
  ),
  ...[0, 1, 2].map(
    (shift) =>
      [
        'base64',
        `in small letters at place ${shift}`,
        Buffer.from(Buffer.from(`${'~'.repeat(shift)}${other}@`).toString('base64')),
      ] as const,
  ),
  ['base64', 'in capitals', Buffer.from(Buffer.from(`--${name.toUpperCase()}--`).toString('base64'))],
  ['base64', 'for addresses', Buffer.from(Buffer.from(`\xFB\xFF\xFE${name}`, 'latin1').toString('base64url'))],
  [
    'base64',
    'broken into lines',
    Buffer.from(
      Buffer.from(`${'long '.repeat(14)}${name} and so on`)
        .toString('base64')
        .replace(/.{76}/gu, '$&\r\n'),
    ),
  ],
  ['base64', 'in a header', Buffer.from(`=?utf-8?B?${Buffer.from(`${name} Quill`).toString('base64')}?=`)],
  ['quoted-printable', 'every letter', Buffer.from(each(name, (char) => `=${hexOf(char).toUpperCase()}`))],
  ['plain', 'broken by a soft break', Buffer.from(`a long line with ${name.slice(0, 5)}=\r\n${name.slice(5)} in it`)],
  ['hex', 'in small letters', Buffer.from(`x'${hexOf(name)}'`)],
  ['hex', 'in capitals', Buffer.from(hexOf(name).toUpperCase())],
  ['percent', 'every letter', Buffer.from(`?from=${each(name, (char) => `%${hexOf(char)}`)}`)],
  ['utf-16', 'little end first', Buffer.from(name, 'utf16le')],
  ['utf-16', 'big end first', swapped(name)],
  ['html-entity', 'decimal', Buffer.from(each(name, (char) => `&#${char.codePointAt(0)};`))],
  ['html-entity', 'hexadecimal', Buffer.from(each(name, (char) => `&#x${char.codePointAt(0)?.toString(16).toUpperCase()};`))],
  ['json-escape', 'every letter', Buffer.from(each(name, (char) => `\\u00${hexOf(char)}`))],
];

describe('a planted word is found', () => {
  test.each(forms)('%s, %s', (form, _what, bytes) => {
    const hay = Buffer.concat([Buffer.alloc(5_000, 'haystack '), bytes, Buffer.alloc(5_000, ' straw')]);
    const found = findMarked(hay, planted);
    expect(found.map((hit) => hit.form)).toContain(form);
    expect(found.filter((hit) => hit.field === 'unknown')).toEqual([]);
    expect(found.length).toBe(1);
  });

  test('with letters beyond ASCII, as mail, links and pages write them', () => {
    const beyond = planting('żółvexil');
    const word = beyond.word('a name');
    const utf8 = Buffer.from(word);
    const written = [
      utf8,
      Buffer.from(encodeURIComponent(word)),
      Buffer.from(Array.from(utf8, (byte) => (byte < 128 ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase()}`)).join('')),
      Buffer.from(each(word, (char) => (char < '\x7F' ? char : `&#${char.codePointAt(0)};`))),
      Buffer.from(JSON.stringify(word).replace(/[^\x20-\x7E]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)),
      Buffer.from(utf8.toString('base64')),
    ];
    for (const bytes of written)
      expect(
        findMarked(bytes, beyond).map((hit) => hit.field),
        bytes.toString('latin1'),
      ).toEqual(['a name']);
  });
});

test('each word is found as what it is, and a stem alone as unknown', () => {
  const found = findMarked(Buffer.from(`${name} ${other} ${planted.stem}zzz`), planted);
  expect(found.map((hit) => hit.field).toSorted()).toEqual(['a name', 'another place', 'unknown']);
});

test('what is not there is not found', () => {
  expect(findMarked(Buffer.from(`quarvexi quarv exil QUAR-VEXIL ${Buffer.from('quarvexoil').toString('base64')}`), planted)).toEqual([]);
});
