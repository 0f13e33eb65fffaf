import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Sealer } from './ports.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under the first of the keys; what an older one sealed is still opened. */
export class AesSealer implements Sealer {
  readonly #keys: readonly [Buffer, ...Buffer[]];

  constructor(...keys: [Buffer, ...Buffer[]]) {
    this.#keys = keys;
  }

  seal(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keys[0], nonce);
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64url');
  }

  open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    // Letters that mean nothing to base64url would be passed over.
    if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) return undefined;
    for (const key of this.#keys) {
      const text = openWith(key, bytes);
      if (text !== undefined) return text;
    }
    return undefined;
  }
}

function openWith(key: Buffer, bytes: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString();
  } catch {
    return undefined;
  }
}
