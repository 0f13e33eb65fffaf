import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Clock } from '../clock.js';

export const KEY_PURPOSES = [
  'access-tokens',
  'one-time-codes',
  'stored-secrets',
  'artifact-links',
  'refresh-tokens',
  'task-ids',
] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** What people rotate together. */
export const KEY_GROUPS = {
  data: ['stored-secrets'],
  signing: ['access-tokens', 'artifact-links', 'refresh-tokens', 'task-ids'],
  codes: ['one-time-codes'],
} as const satisfies Record<string, readonly KeyPurpose[]>;
export type KeyGroup = keyof typeof KEY_GROUPS;

export interface KeyVersion {
  version: number;
  key: KeyObject;
  /** From then on new things are made with it; what is made with it counts before, for clocks differ. */
  activatesAt: Date;
  /** From then on nothing made with it counts. */
  retiresAt: Date | null;
}

/** The first version of each key: derived from the instance's secret (HKDF-SHA-256, RFC 5869). */
export const firstMaterial = (secret: Uint8Array, purpose: KeyPurpose): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, 'switchyard', purpose, 32));

/**
 * The keys of this instance by purpose, each in one or more versions. Begins with the first versions; the key store
 * installs what the database has.
 */
export class Keyring {
  /** Newest first. */
  private keys: ReadonlyMap<KeyPurpose, readonly KeyVersion[]>;
  private load: () => Promise<void> = async () => undefined;

  constructor(
    secret: Uint8Array,
    private readonly clock = new Clock(),
  ) {
    if (secret.byteLength < 32) throw new Error('The instance secret needs at least 32 bytes.');
    const first = { version: 1, activatesAt: new Date(0), retiresAt: null };
    this.keys = new Map(
      KEY_PURPOSES.map((purpose) => [purpose, [{ ...first, key: createSecretKey(firstMaterial(secret, purpose)) }]]),
    );
  }

  install(keys: ReadonlyMap<KeyPurpose, readonly KeyVersion[]>, load: () => Promise<void>): void {
    this.keys = new Map([...keys].map(([purpose, versions]) => [purpose, versions.toSorted(newestFirst)]));
    this.load = load;
  }

  /** For who met a key that is not here: another process may have made it just now. */
  async lookAgain(): Promise<void> {
    await this.load();
  }

  /** What new things are made with. */
  active(purpose: KeyPurpose): KeyVersion {
    const now = this.clock.now();
    const versions = this.keys.get(purpose) ?? [];
    const active = versions.find(({ activatesAt }) => activatesAt <= now) ?? versions.at(-1);
    if (!active) throw new Error(`No key for ${purpose}.`);
    return active;
  }

  /** What still counts, newest first. */
  live(purpose: KeyPurpose): KeyVersion[] {
    const now = this.clock.now();
    return (this.keys.get(purpose) ?? []).filter(({ retiresAt }) => retiresAt === null || retiresAt > now);
  }

  key(purpose: KeyPurpose): KeyObject {
    return this.active(purpose).key;
  }

  /** HMAC-SHA-256, base64url. */
  sign(purpose: KeyPurpose, text: string, { key } = this.active(purpose)): string {
    return createHmac('sha256', key).update(text).digest('base64url');
  }

  /** Whether a version that still counts made the signature; in constant time for each. */
  verify(purpose: KeyPurpose, text: string, signature: string): boolean {
    const given = Buffer.from(signature);
    return this.live(purpose).some((version) => {
      const expected = Buffer.from(this.sign(purpose, text, version));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }
}

const newestFirst = (one: KeyVersion, other: KeyVersion) => other.version - one.version;
