import { canonicalEmail } from './email-address.js';
import { cleanUsername, usernameFrom } from './user.js';

describe('a username', () => {
  test.each([
    ['  Ada  ', 'Ada'],
    ['rene\u0301', 'ren\u00e9'],
    ['Ada Lovelace ✨', 'Ada Lovelace ✨'],
    ['👩‍💻'.repeat(10), '👩‍💻'.repeat(10)],
    ['x'.repeat(64), 'x'.repeat(64)],
  ])('%j is kept as %j', (text, name) => {
    expect(cleanUsername(text)).toBe(name);
  });

  test.each(['', ' ', 'x'.repeat(65), 'a\tb', 'a\u2028b', '\u202eabc'])('%j is refused', (text) => {
    expect(cleanUsername(text)).toBeUndefined();
  });

  test.each([
    ['ada.lovelace@example.com', 'ada.lovelace'],
    ['ada+news@example.com', 'ada'],
    ['+++@example.com', 'user'],
    [`${'a'.repeat(64)}@example.com`, 'a'.repeat(40)],
  ])('of %s is first %s', (text, name) => {
    const email = canonicalEmail(text);
    expect(email && usernameFrom(email)).toBe(name);
  });
});
