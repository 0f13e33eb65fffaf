import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Keyring } from './keyring.js';

/** Where a ciphertext lives. Bound to it as associated data, so that one moved elsewhere does not open. */
export interface SecretPlace {
  organizationId: string;
  table: string;
  rowId: string;
  column: string;
}

const KEY_VERSION = 'v1';

/** AES-256-GCM; the text form is `v1:<nonce>:<ciphertext and tag>`, base64url, the key's version first. */
export class SecretBox {
  constructor(private readonly keyring: Keyring) {}

  seal(plain: string, place: SecretPlace): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.keyring.key('stored-secrets'), nonce);
    cipher.setAAD(associatedData(place));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${KEY_VERSION}:${nonce.toString('base64url')}:${sealed.toString('base64url')}`;
  }

  /** @throws when the text was changed, moved, or sealed with another key */
  open(sealedText: string, place: SecretPlace): string {
    const [version, nonce, body] = sealedText.split(':');
    if (version !== KEY_VERSION || !nonce || !body) throw new Error('The stored secret has an unknown form.');
    const sealed = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv(
      'aes-256-gcm',
      this.keyring.key('stored-secrets'),
      Buffer.from(nonce, 'base64url'),
      { authTagLength: 16 },
    );
    decipher.setAAD(associatedData(place));
    decipher.setAuthTag(sealed.subarray(sealed.length - 16));
    return decipher.update(sealed.subarray(0, sealed.length - 16), undefined, 'utf8') + decipher.final('utf8');
  }
}

const associatedData = ({ organizationId, table, rowId, column }: SecretPlace): Buffer =>
  Buffer.from(JSON.stringify([KEY_VERSION, organizationId, table, rowId, column]));
