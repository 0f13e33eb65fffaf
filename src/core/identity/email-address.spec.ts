import fc from 'fast-check';
import { canonicalEmail } from './email-address.js';

describe('an e-mail address', () => {
  test.each([
    ['Ada@Example.COM', 'ada@example.com'],
    ['  ada@example.com  ', 'ada@example.com'],
    ['ada+news@mail.example.co.uk', 'ada+news@mail.example.co.uk'],
    ['rene\u0301@example.com', 'ren\u00e9@example.com'],
    ['РЕНЕ@пример.рф', 'рене@пример.рф'],
    ["o'hara_x{1}@example.com", "o'hara_x{1}@example.com"],
  ])('%j is %s', (text, canonical) => {
    expect(canonicalEmail(text)).toBe(canonical);
  });

  test.each([
    '',
    '@',
    'ada',
    'ada@',
    '@example.com',
    'ada@localhost',
    'ada@example..com',
    'ada@-example.com',
    'ada@127.0.0.1',
    'ada@[127.0.0.1]',
    'a..b@example.com',
    '.a@example.com',
    'a.@example.com',
    '"a b"@example.com',
    'a b@example.com',
    'ada@example.com,eve@example.com',
    'ada@example.com\n',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada\u0000@example.com',
    'ad\u200ba@example.com',
    'Ada <ada@example.com>',
    'ada＠example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `${'a'.repeat(60)}@${`${'b'.repeat(60)}.`.repeat(4)}com`,
    'a'.repeat(1_000_000),
  ])('%.60j is none', (text) => {
    expect(canonicalEmail(text)).toBeUndefined();
  });

  test('stays as it is when it is made canonical again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'grapheme' })), (text) => {
        const email = canonicalEmail(text);
        if (email === undefined) return;
        expect(canonicalEmail(email)).toBe(email);
        expect(email).not.toMatch(/[\p{Cc}\s,;<>"]/u);
      }),
    );
  });
});
