import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Keyring } from './keyring.js';

/** Where a ciphertext lives. Bound to it as associated data, so that one moved elsewhere does not open. */
export interface SecretPlace {
  organizationId: string;
  table: string;
  rowId: string;
  column: string;
}

/** AES-256-GCM; the text form is `v<key version>:<nonce>:<ciphertext and tag>`, base64url. */
export class SecretBox {
  constructor(private readonly keyring: Keyring) {}

  seal(plain: string, place: SecretPlace): string {
    const { version, key } = this.keyring.active('stored-secrets');
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(associatedData(`v${version}`, place));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v${version}:${nonce.toString('base64url')}:${sealed.toString('base64url')}`;
  }

  /** @throws when the text was changed, moved, or sealed with a key that is not here */
  open(sealedText: string, place: SecretPlace): string {
    const [form = '', nonce, body] = sealedText.split(':');
    const sealedBy = this.keyring.live('stored-secrets').find(({ version }) => form === `v${version}`);
    if (!sealedBy || !nonce || !body) throw new Error('The stored secret has an unknown form.');
    const sealed = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', sealedBy.key, Buffer.from(nonce, 'base64url'), {
      authTagLength: 16,
    });
    decipher.setAAD(associatedData(form, place));
    decipher.setAuthTag(sealed.subarray(sealed.length - 16));
    return decipher.update(sealed.subarray(0, sealed.length - 16), undefined, 'utf8') + decipher.final('utf8');
  }

  /** How all that is sealed from now on begins. */
  get prefix(): string {
    return `v${this.keyring.active('stored-secrets').version}:`;
  }
}

const associatedData = (form: string, { organizationId, table, rowId, column }: SecretPlace): Buffer =>
  Buffer.from(JSON.stringify([form, organizationId, table, rowId, column]));
