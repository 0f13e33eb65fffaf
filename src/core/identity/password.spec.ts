import { canonicalEmail, type EmailAddress } from './email-address.js';
import { flawOf, normalizePassword } from './password.js';

const email = canonicalEmail('ada@example.com') as EmailAddress;

describe('a password', () => {
  test.each([
    'securePassword123',
    'correct horse battery staple',
    '        ',
    'пароль-на-двоих',
    '🔑🗝🔒🔓🚪🏠🧱🪟',
    'x'.repeat(128),
    '🔑'.repeat(128),
    'ada and the difference engine',
    'switchyard has my trains',
  ])('%j is taken', (text) => {
    expect(flawOf(text, email)).toBeUndefined();
  });

  test.each([
    ['', 'too_short'],
    ['1234567', 'too_short'],
    ['🔑🗝🔒🔓🚪🏠🧱', 'too_short'],
    ['x'.repeat(129), 'too_long'],
    ['x'.repeat(1_000_000), 'too_long'],
    ['\ufdfa'.repeat(128), 'too_long'],
    ['ada@example.com', 'too_easy_to_guess'],
    ['Ada@Example.com1', 'too_easy_to_guess'],
    ['example.com', 'too_easy_to_guess'],
    ['Switchyard!', 'too_easy_to_guess'],
    ['SWITCHYARD2026', 'too_easy_to_guess'],
    ['ada-switchyard', 'too_easy_to_guess'],
  ])('%j is refused: %s', (text, flaw) => {
    expect(flawOf(text, email)).toBe(flaw);
  });

  test('is the same whichever way its characters were put together', () => {
    expect(normalizePassword('re\u0301sume\u0301')).toBe(normalizePassword('r\u00e9sum\u00e9'));
    expect(normalizePassword('\uff50\uff41\uff53\uff53')).toBe('pass');
    expect(normalizePassword('y'.repeat(2_000))).toBeUndefined();
  });
});
