import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';

const PURPOSES = ['access-tokens', 'one-time-codes', 'stored-secrets', 'artifact-links', 'refresh-tokens'] as const;
export type KeyPurpose = (typeof PURPOSES)[number];

/** Derives one key for each purpose from the instance's secret (HKDF-SHA-256, RFC 5869). */
export class Keyring {
  private readonly keys: ReadonlyMap<KeyPurpose, KeyObject>;

  constructor(secret: Uint8Array) {
    if (secret.byteLength < 32) throw new Error('The instance secret needs at least 32 bytes.');
    this.keys = new Map(
      PURPOSES.map((purpose) => [
        purpose,
        createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'switchyard', purpose, 32))),
      ]),
    );
  }

  key(purpose: KeyPurpose): KeyObject {
    const key = this.keys.get(purpose);
    if (!key) throw new Error(`No key for ${purpose}.`);
    return key;
  }

  /** HMAC-SHA-256, base64url. */
  sign(purpose: KeyPurpose, text: string): string {
    return createHmac('sha256', this.key(purpose)).update(text).digest('base64url');
  }

  /** In constant time. */
  verify(purpose: KeyPurpose, text: string, signature: string): boolean {
    const expected = Buffer.from(this.sign(purpose, text));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
