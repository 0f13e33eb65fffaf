import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { SecretBox, type SecretPlace } from '../../platform/crypto/secret-box.js';
import { Database } from '../../platform/database/database.js';
import type { Principal } from '../identity/principal.js';
import { ExportKeysRepository, type StoredExportKey } from './export-keys.repository.js';
import { type ServerFile, signedText, type UnsignedServerFile } from './server-file.js';
import { signatureIsBroken } from './server-file.errors.js';

/** `own`: of this instance. `known`: of one whose file was imported before. */
export type Signer = 'own' | 'known' | 'unknown';

export interface PublicExportKey {
  id: string;
  /** SPKI, base64. */
  publicKey: string;
}

/** The key by which this instance signs files: made once, sealed. */
@Injectable()
export class ExportKeys {
  constructor(
    private readonly database: Database,
    private readonly keys: ExportKeysRepository,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  async current(): Promise<PublicExportKey> {
    const { id, publicKey } = await this.usable();
    return { id, publicKey };
  }

  async sign(file: Omit<UnsignedServerFile, 'public_key'>): Promise<ServerFile> {
    const { id, publicKey, plain } = await this.usable();
    const unsigned = { ...file, public_key: publicKey };
    const key = createPrivateKey({ key: Buffer.from(plain, 'base64'), format: 'der', type: 'pkcs8' });
    const value = sign(null, Buffer.from(signedText(unsigned)), key).toString('base64');
    return { ...unsigned, signature: { algorithm: 'ed25519', key_id: id, value } };
  }

  /** @throws 400 EXPORT_SIGNATURE_BROKEN */
  async verify({ organizationId }: Principal, file: ServerFile): Promise<Signer> {
    const { key_id: id, value } = file.signature;
    if (id !== idOf(file.public_key) || !isSignedBy(file.public_key, signedText(file), value))
      throw signatureIsBroken();
    if ((await this.keys.list()).some((own) => own.id === id)) return 'own';
    return (await this.keys.isKnown(organizationId, id)) ? 'known' : 'unknown';
  }

  async remember({ organizationId }: Principal, { signature }: ServerFile): Promise<void> {
    await this.keys.remember(organizationId, signature.key_id, this.clock.now());
  }

  private async usable(): Promise<StoredExportKey & { plain: string }> {
    const found = this.opened(await this.keys.list());
    if (found) return found;
    return this.database.transaction(async () => {
      await this.keys.lockMaking();
      return this.opened(await this.keys.list()) ?? this.make();
    });
  }

  /** One whose secret is lost signs no more; files that it signed are still of this instance. */
  private opened(keys: readonly StoredExportKey[]): (StoredExportKey & { plain: string }) | undefined {
    for (const key of keys) {
      try {
        return { ...key, plain: this.box.open(key.privateKey, exportKeyPlace(key.id)) };
      } catch {
        continue;
      }
    }
    return undefined;
  }

  private async make(): Promise<StoredExportKey & { plain: string }> {
    const pair = generateKeyPairSync('ed25519');
    const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const plain = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    const id = idOf(publicKey);
    const key = { id, publicKey, privateKey: this.box.seal(plain, exportKeyPlace(id)) };
    await this.keys.insert(key, this.clock.now());
    return { ...key, plain };
  }
}

const ID_LENGTH = 32;

const idOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, ID_LENGTH);

function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return (
      key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
    );
  } catch {
    return false;
  }
}

export const exportKeyPlace = (id: string): SecretPlace => ({
  organizationId: '',
  table: 'export_keys',
  rowId: id,
  column: 'private_key',
});
