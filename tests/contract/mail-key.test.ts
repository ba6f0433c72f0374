// The key by which a mail is known again: the same wherever it lies, another for everything that says something else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mailKey } from '#mail/mail-key.ts';

const key = (raw: string) => mailKey(Buffer.from(raw, 'latin1'));
const mail = (change: { readonly above?: string; readonly id?: string; readonly body?: string } = {}) =>
  `${change.above ?? ''}From: a@mail.example\r\nMessage-ID: ${change.id ?? '<1@mail.example>'}\r\nDKIM-Signature: v=1; b=abc\r\n\r\n${change.body ?? 'Hello\r\n'}`;

test('what servers put on top does not matter', () => {
  for (const above of [
    'Received: from a by b; Tue, 24 Nov 2026 12:00:00 +0000\r\n',
    'Received: from a\r\n\tby b\r\n for c\r\n',
    'Return-Path: <a@mail.example>\r\nDelivered-To: support@peers.example\r\nX-Original-To: support+token@peers.example\r\n',
    'Authentication-Results: mx.example;\r\n dkim=pass\r\nReceived-SPF: pass\r\n',
    'ARC-Seal: i=1; a=rsa\r\nARC-Message-Signature: i=1\r\nARC-Authentication-Results: i=1; mx\r\n',
    'x-spam-score: 1\r\nENVELOPE-TO : a@b.example\r\nDelivery-Date: now\r\n',
  ])
    expect(key(mail({ above }))).toBe(key(mail()));
});

test('a known Message-ID on another text is another mail, and another id on the same text as well', () => {
  expect(key(mail({ body: 'Please help\r\n' }))).not.toBe(key(mail()));
  expect(key(mail({ id: '<2@mail.example>' }))).not.toBe(key(mail()));
});

test('lines of the text that look like a server’s are text', () => {
  expect(key(mail({ body: 'Received: nothing\r\n' }))).not.toBe(key(mail({ body: 'Received: nobody\r\n' })));
  expect(key(mail({ body: 'X-A: 1\r\n' }))).not.toBe(key(mail({ body: '' })));
});

test('only whole field names count: Xenia: is nobody’s transport field', () => {
  expect(key(mail({ above: 'Xenia: 1\r\n' }))).not.toBe(key(mail()));
  expect(key(mail({ above: 'Receivedness: 1\r\n' }))).not.toBe(key(mail()));
});

test('any bytes have a key, the same each time, and any change of the text changes it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (bytes, at) => {
      expect(mailKey(bytes)).toMatch(/^[0-9a-f]{64}$/);
      expect(mailKey(bytes)).toBe(mailKey(Uint8Array.from(bytes)));
      const body = Buffer.concat([Buffer.from('A: b\r\n\r\n'), bytes, Buffer.from('.')]);
      const changed = Buffer.from(body);
      const index = 8 + (at % (bytes.length + 1));
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(mailKey(changed)).not.toBe(mailKey(body));
    }),
  );
});
