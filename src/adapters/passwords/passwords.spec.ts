import { Argon2PasswordHasher } from './argon2-password-hasher.js';
import { FingerprintSet, fingerprint } from './fingerprint-set.js';
import { ListedBreachedPasswords } from './listed-breached-passwords.js';

describe('the list of breached passwords', () => {
  const list = new ListedBreachedPasswords();

  test.each(['password', 'PassWord', ' password123 ', '12345678', 'iloveyou1', 'qwertyuiop'])(
    'has %j',
    async (text) => {
      expect(await list.has(text)).toBe(true);
    },
  );

  test.each(['securePassword123', 'correct horse battery staple', 'passwordpasswordpassword!'])(
    'does not have %j',
    async (text) => {
      expect(await list.has(text)).toBe(false);
    },
  );
});

test('a set of fingerprints knows what it was made of, and nothing else', () => {
  const texts = Array.from({ length: 20_000 }, (_, index) => `text ${index}`);
  const set = new FingerprintSet(texts.map(fingerprint));
  expect(texts.every((text) => set.has(text))).toBe(true);
  expect(texts.some((text) => set.has(`${text}!`))).toBe(false);
  expect(new FingerprintSet([]).has('')).toBe(false);
});

describe('argon2id', () => {
  const hasher = new Argon2PasswordHasher();

  test('hashes carry their cost, differ each time, and know their password only', async () => {
    const [one, other] = await Promise.all([hasher.hash('pässword'), hasher.hash('pässword')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await hasher.verify(one, 'pässword')).toBe(true);
    expect(await hasher.verify(one, 'passwords')).toBe(false);
    expect(hasher.isOutdated(one)).toBe(false);
  });

  test('a hash of less cost is outdated, and still verified', async () => {
    const weak = '$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$2QeTXXNzLIYUPZlTOuyqfPe9Ac3zzGcgOc6LmGQjFmc';
    expect(hasher.isOutdated(weak)).toBe(true);
    expect(await hasher.verify(weak, 'not it')).toBe(false);
  });
});
