import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyPurpose } from './keyring.js';

export interface WrappedKey {
  purpose: KeyPurpose;
  version: number;
  /** `<nonce>:<ciphertext and tag>`, base64url. */
  wrapped: string;
  /** Which secret it is wrapped with, see `fingerprintOf`. */
  wrappedBy: string;
}

interface Root {
  fingerprint: string;
  key: Buffer;
}

/** Names a secret without telling it. */
export const fingerprintOf = (secret: Uint8Array): string =>
  createHash('sha256').update(derive(secret, 'fingerprint')).digest('hex').slice(0, 12);

/** Keys at rest: AES-256-GCM under a key derived from the instance's secret; former secrets still open them. */
export class KeyWrap {
  private readonly current: Root;
  private readonly roots: ReadonlyMap<string, Root>;

  constructor(secret: Uint8Array, former: readonly Uint8Array[] = []) {
    this.current = toRoot(secret);
    this.roots = new Map([...former.map(toRoot), this.current].map((root) => [root.fingerprint, root]));
  }

  /** Of the secret that keys are wrapped with from now on. */
  get fingerprint(): string {
    return this.current.fingerprint;
  }

  wrap(purpose: KeyPurpose, version: number, material: Uint8Array): WrappedKey {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.current.key, nonce);
    cipher.setAAD(associatedData(purpose, version));
    const sealed = Buffer.concat([cipher.update(material), cipher.final(), cipher.getAuthTag()]);
    const wrapped = `${nonce.toString('base64url')}:${sealed.toString('base64url')}`;
    return { purpose, version, wrapped, wrappedBy: this.current.fingerprint };
  }

  /** Undefined when no secret that we have opens it. */
  unwrap({ purpose, version, wrapped, wrappedBy }: WrappedKey): Buffer | undefined {
    const root = this.roots.get(wrappedBy);
    const [nonce, body] = wrapped.split(':');
    if (!root || !nonce || !body) return undefined;
    const sealed = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', root.key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 });
    decipher.setAAD(associatedData(purpose, version));
    decipher.setAuthTag(sealed.subarray(sealed.length - 16));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - 16)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}

const toRoot = (secret: Uint8Array): Root => ({
  fingerprint: fingerprintOf(secret),
  key: derive(secret, 'key-wrapping'),
});

const derive = (secret: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, 'switchyard', purpose, 32));

const associatedData = (purpose: string, version: number): Buffer => Buffer.from(JSON.stringify([purpose, version]));
