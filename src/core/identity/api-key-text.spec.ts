import fc from 'fast-check';
import { API_KEY_PREFIX, hashOfApiKey, hintOfApiKey, isApiKeyText, newApiKeyText } from './api-key-text.js';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

test('a new key has the prefix, 36 base62 digits, and is known by its form', () => {
  const keys = Array.from({ length: 200 }, newApiKeyText);
  for (const key of keys) {
    expect(key).toMatch(/^mcp_sk_[0-9A-Za-z]{36}$/);
    expect(isApiKeyText(key)).toBe(true);
  }
  expect(new Set(keys).size).toBe(keys.length);
});

test('one changed digit is always noticed', () => {
  const digit = fc.constantFrom(...BASE62);
  fc.assert(
    fc.property(fc.nat(35), digit, (place, other) => {
      const key = newApiKeyText();
      const at = API_KEY_PREFIX.length + place;
      const changed = key.slice(0, at) + other + key.slice(at + 1);
      expect(isApiKeyText(changed)).toBe(changed === key);
    }),
    { numRuns: 1_000 },
  );
});

test('two neighbours that changed places are always noticed', () => {
  fc.assert(
    fc.property(fc.nat(34), (place) => {
      const key = newApiKeyText();
      const at = API_KEY_PREFIX.length + place;
      const swapped = key.slice(0, at) + (key[at + 1] ?? '') + (key[at] ?? '') + key.slice(at + 2);
      expect(isApiKeyText(swapped)).toBe(swapped === key);
    }),
    { numRuns: 1_000 },
  );
});

test('no other text passes for a key', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[0-9A-Za-z]{36}$/).map((rest) => API_KEY_PREFIX + rest),
  );
  fc.assert(fc.property(text, (given) => !isApiKeyText(given)));
  expect(isApiKeyText(`${newApiKeyText()}\n`)).toBe(false);
});

test('what is kept of a key tells four digits of it', () => {
  const key = newApiKeyText();
  expect(key.endsWith(hintOfApiKey(key))).toBe(true);
  expect(hintOfApiKey(key)).toHaveLength(4);
  expect(hashOfApiKey(key)).toMatch(/^[\w-]{43}$/);
});
