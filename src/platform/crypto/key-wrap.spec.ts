import { fingerprintOf, KeyWrap } from './key-wrap.js';

const secret = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);
const material = Buffer.alloc(32, 9);

describe('keys at rest', () => {
  const wrapped = new KeyWrap(secret).wrap('stored-secrets', 3, material);

  test('open with the secret that wrapped them, be it the current or a former one', () => {
    expect(new KeyWrap(secret).unwrap(wrapped)).toEqual(material);
    expect(new KeyWrap(other, [secret]).unwrap(wrapped)).toEqual(material);
    expect(wrapped.wrappedBy).toBe(fingerprintOf(secret));
  });

  test('do not open with another secret, for another purpose or version, or when they were changed', () => {
    expect(new KeyWrap(other).unwrap(wrapped)).toBeUndefined();
    expect(new KeyWrap(secret).unwrap({ ...wrapped, purpose: 'access-tokens' })).toBeUndefined();
    expect(new KeyWrap(secret).unwrap({ ...wrapped, version: 4 })).toBeUndefined();
    const changed = `${wrapped.wrapped.startsWith('A') ? 'B' : 'A'}${wrapped.wrapped.slice(1)}`;
    expect(new KeyWrap(secret).unwrap({ ...wrapped, wrapped: changed })).toBeUndefined();
    expect(new KeyWrap(secret).unwrap({ ...wrapped, wrapped: 'nothing' })).toBeUndefined();
  });
});
