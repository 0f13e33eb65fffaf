import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readClientKey, signatureFor } from './client-key.js';

const rsa = (bits = 2_048) => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
const curve = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve }).privateKey;
const edwards = () => generateKeyPairSync('ed25519').privateKey;
const pem = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }).toString();
const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' });
const jwk = (key: KeyObject, more: object = {}) => JSON.stringify({ ...jwkOf(key), ...more });

function read(text: string) {
  const key = readClientKey(text);
  if (typeof key === 'string') throw new Error(key);
  return key;
}

describe('the key of a client', () => {
  test.each([
    ['RSA', rsa(), ['RS256', 'PS256']],
    ['P-256', curve(), ['ES256']],
    ['P-384', curve('P-384'), ['ES384']],
    ['P-521', curve('P-521'), ['ES512']],
    ['Ed25519', edwards(), ['EdDSA', 'Ed25519']],
  ])('is read in both forms: %s', (_, key, signatures) => {
    expect(read(`\n ${pem(key)}`)).toMatchObject({ signatures, id: undefined });
    expect(read(jwk(key, { kid: 'k1', use: 'sig' }))).toMatchObject({ signatures, id: 'k1' });
  });

  const key = curve();
  const encrypted = { cipher: 'aes-256-cbc', passphrase: 'p' };
  test.each([
    ['no key', 'the words of a secret', 'must be a private key'],
    ['half a PEM', pem(key).slice(0, 80), 'must be a private key'],
    ['no JSON', '{"kty":', 'must be a private key'],
    ['another document', '{"client_id":"c"}', 'must be a private key'],
    ['a private part that is of another', jwk(key, { d: jwkOf(curve()).d }), 'must be a private key'],
    ['a set of keys', JSON.stringify({ keys: [jwkOf(key)] }), 'one key'],
    ['a public JWK', jwk(key, { d: undefined }), 'not the public one'],
    ['a public PEM', '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----', 'not the public one'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', 'not the public one'],
    ['a key to encrypt with', jwk(key, { use: 'enc' }), 'to sign with'],
    ['an algorithm of another kind of key', jwk(key, { alg: 'RS256' }), 'ES256'],
    ['an algorithm with a shared secret', jwk(key, { alg: 'HS256' }), 'ES256'],
    ['a short RSA key', pem(rsa(1_024)), 'between 2048 and 8192 bits'],
    ['another curve', pem(curve('secp256k1')), 'P-256'],
    [
      'a key with a passphrase',
      key.export({ format: 'pem', type: 'pkcs8', ...encrypted }).toString(),
      'without a passphrase',
    ],
    [
      'an older form of one',
      key.export({ format: 'pem', type: 'sec1', ...encrypted }).toString(),
      'without a passphrase',
    ],
  ])('is refused by name: %s', (_, text, problem) => {
    expect(readClientKey(text)).toEqual(expect.stringContaining(problem));
    for (const word of text.split(/[\s"]+/).filter(({ length }) => length > 20)) {
      expect(readClientKey(text)).not.toContain(word);
    }
  });

  test('signs as its own alg says, else as the authorization server takes it, else as is usual', () => {
    const key = rsa();
    expect(signatureFor(read(pem(key)), undefined)).toBe('RS256');
    expect(signatureFor(read(pem(key)), ['ES256', 'PS256'])).toBe('PS256');
    expect(signatureFor(read(pem(key)), ['ES256'])).toBe('RS256');
    expect(signatureFor(read(jwk(key, { alg: 'PS256' })), ['RS256'])).toBe('PS256');
    expect(signatureFor(read(pem(edwards())), ['Ed25519'])).toBe('Ed25519');
  });
});
