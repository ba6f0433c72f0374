// One grammar for addresses, everywhere: what it takes, what it refuses, and the tags behind our own address.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, isAddress, parseAddress, supportAddressWithTag, tagOfSupportAddress } from '#mail/addresses.ts';

const letters = (alphabet: string, min: number, max: number) =>
  fc.array(fc.constantFrom(...alphabet), { minLength: min, maxLength: max }).map((parts) => parts.join(''));
const atom = letters("abcXYZ019!#$%&'*+/=?^_`{|}~-", 1, 12);
const label = fc.tuple(letters('abcxyz', 1, 1), letters('abcxyz019', 0, 10)).map((parts) => parts.join(''));
const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));
const address = fc.tuple(
  fc.array(atom, { minLength: 1, maxLength: 3 }).map((atoms) => atoms.join('.')),
  domain,
);
const token = letters('abcdefghijklmnopqrstuvwxyz0123456789', 16, 32);

describe('an address', () => {
  test('that is a dot-atom at a host name is taken as written, its domain in lower case', () => {
    fc.assert(
      fc.property(address, ([local, host]) => {
        const parsed = parseAddress(`${local}@${host.toUpperCase()}`);
        expect(parsed).toEqual({ local, domain: host });
        if (parsed === null) return;
        expect(parseAddress(formatAddress(parsed))).toEqual(parsed);
        expect(isAddress(parsed)).toBe(true);
      }),
    );
  });

  test('whatever the string, what comes out is one plain ASCII address that reads back as itself', () => {
    const pieces = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('@', '.', ',', '<', '>', '"', '\r\n', ' ', 'a', 'xn--', 'ü', '。', '\u212a')),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((parts) => parts.join('')),
          address.map((parts) => parts.join('@')),
        ),
        (raw) => {
          const parsed = parseAddress(raw);
          if (parsed === null) return;
          const written = formatAddress(parsed);
          expect(written).toMatch(/^[\x21-\x7e]{3,254}$/);
          expect(written).not.toMatch(/[\s<>",;:\\()[\]]/);
          expect(written.split('@')).toHaveLength(2);
          expect(parseAddress(written)).toEqual(parsed);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['nothing', ''],
    ['no at', 'nobody.example.org'],
    ['no local part', '@example.org'],
    ['no domain', 'a@'],
    ['two addresses', 'a@example.org,b@example.org'],
    ['an address within an address', 'a@evil.example@example.org'],
    ['a display name', 'A <a@example.org>'],
    ['brackets', '<a@example.org>'],
    ['a line end', 'a@example.org\r\nBcc: b@example.org'],
    ['a line end in front', '\na@example.org'],
    ['a nul', 'a\0@example.org'],
    ['space around', ' a@example.org '],
    ['a quoted local part', '"a b"@example.org'],
    ['a quoted at', '"a@evil.example"@example.org'],
    ['a comment', 'a(c)@example.org'],
    ['a letter outside ASCII in the local part', 'ä@example.org'],
    ['a Kelvin sign in the local part', '\u212a@example.org'],
    ['a Kelvin sign in the domain', 'a@\u212ay.example.org'],
    ['dots at the edge', '.a@example.org'],
    ['two dots', 'a..b@example.org'],
    ['an address literal', 'a@[127.0.0.1]'],
    ['four numbers', 'a@127.0.0.1'],
    ['a number in disguise', 'a@0x7f.1'],
    ['one label', 'a@localhost'],
    ['a dot at the end', 'a@example.org.'],
    ['a hyphen at the edge of a label', 'a@-example.org'],
    ['an underscore in the domain', 'a@ex_ample.org'],
    ['an escape in the domain', 'a@ex%41mple.org'],
    ['a dot that is no dot', 'a@example\u3002org'],
    ['full-width letters', 'a@\uff45xample.org'],
    ['a bidi override', 'a@exam\u202eple.org'],
    ['a local part of 65', `${'a'.repeat(65)}@example.org`],
    ['a label of 64', `a@${'a'.repeat(64)}.org`],
    ['an address of 255', `${'a'.repeat(64)}@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.abcdefg`],
  ])('with %s is refused', (_what, raw) => {
    expect(parseAddress(raw)).toBeNull();
  });

  test('with letters of another script in its domain comes out in xn-- form', () => {
    expect(parseAddress('a@exämple.org')).toEqual({ local: 'a', domain: 'xn--exmple-cua.org' });
    expect(parseAddress('a@EXÄMPLE.org')).toEqual({ local: 'a', domain: 'xn--exmple-cua.org' });
    expect(parseAddress('a@xn--exmple-cua.org')).toEqual({ local: 'a', domain: 'xn--exmple-cua.org' });
    expect(parseAddress('a@مثال.إختبار')).toEqual({ local: 'a', domain: 'xn--mgbh0fb.xn--kgbechtv' });
  });

  test('of 64 and 254 octets is still taken', () => {
    const longest = `${'a'.repeat(64)}@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.abcdef`;
    expect(longest).toHaveLength(254);
    expect(parseAddress(longest)).not.toBeNull();
  });
});

describe('the support address with a tag', () => {
  const support = { local: 'Support', domain: 'peers.example.org' };

  test('reads back as it was made, also when a mail program changed the letter case', () => {
    fc.assert(
      fc.property(token, fc.constantFrom('reply' as const, 'bounce' as const), fc.boolean(), (value, use, upper) => {
        const made = supportAddressWithTag(support, { token: value, use });
        expect(isAddress(made)).toBe(true);
        const seen = { ...made, local: upper ? made.local.toUpperCase() : made.local.toLowerCase() };
        expect(tagOfSupportAddress(support, seen)).toEqual({ token: value, use });
      }),
    );
  });

  test('is made of nothing but a token of ours, and never longer than a local part may be', () => {
    for (const bad of [
      '',
      'short',
      'UPPERCASEUPPERCASE',
      'with-hyphen-in-the-middle',
      'a b c d e f g h i j k',
      'a'.repeat(49),
      'aaaaaaaaaaaaaaaa\n',
    ])
      expect(() => supportAddressWithTag(support, { token: bad, use: 'reply' })).toThrow('unusable-tag');
    expect(() => supportAddressWithTag({ ...support, local: 'a'.repeat(40) }, { token: 'b'.repeat(26), use: 'reply' })).toThrow(
      'unusable-tag',
    );
  });

  test('is not seen in somebody else’s address, in the bare one, or in another tag', () => {
    const tag = 'abcdefghijklmnopqrstuvwxyz';
    for (const other of [
      { local: 'support', domain: 'peers.example.org' },
      { local: `support+${tag}`, domain: 'example.org' },
      { local: `asupport+${tag}`, domain: 'peers.example.org' },
      { local: `support+b+${tag}`, domain: 'peers.example.org' },
      { local: 'support+newsletter', domain: 'peers.example.org' },
    ])
      expect(tagOfSupportAddress(support, other)).toBeNull();
  });
});
