import type { JsonWebKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { Database } from '../../platform/database/database.js';
import { Logger } from '../../platform/logging/logger.js';
import { importPublic, type NewKeyPair, type SigningKey } from './signing-key.js';

interface Row {
  kid: string;
  publicJwk: JsonWebKey;
  sealed: string;
  activatesAt: Date;
  retiresAt: Date | null;
}

/** No organization's: it is the instance that signs. */
const placeOf = (kid: string) => ({
  organizationId: '',
  table: 'oauth_signing_keys',
  rowId: kid,
  column: 'sealed_private_jwk',
});

@Injectable()
export class SigningKeysRepository {
  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
    private readonly logger: Logger,
  ) {}

  /** Newest first; those whose protecting key is lost are left out. */
  async listLive(now: Date): Promise<SigningKey[]> {
    const rows = await this.database.sql<Row>(
      `select kid, public_jwk as "publicJwk", sealed_private_jwk as sealed, activates_at as "activatesAt",
         retires_at as "retiresAt"
       from oauth_signing_keys where retires_at is null or retires_at > $1
       order by activates_at desc, kid`,
      [now],
    );
    return rows.flatMap((row) => this.open(row) ?? []);
  }

  /** Until the transaction ends nobody else makes a key. */
  async lock(): Promise<void> {
    await this.database.sql('lock table oauth_signing_keys in share row exclusive mode');
  }

  async newestCreatedAt(): Promise<Date | undefined> {
    const [row] = await this.database.sql<{ at: Date | null }>('select max(created_at) as at from oauth_signing_keys');
    return row?.at ?? undefined;
  }

  async add({ kid, publicJwk, privateJwk }: NewKeyPair, createdAt: Date, activatesAt: Date): Promise<void> {
    await this.database.sql(
      `insert into oauth_signing_keys (kid, public_jwk, sealed_private_jwk, created_at, activates_at)
       values ($1, $2, $3, $4, $5)`,
      [kid, publicJwk, this.box.seal(JSON.stringify(privateJwk), placeOf(kid)), createdAt, activatesAt],
    );
  }

  /** What was signed until then counts for its lifetime. */
  async retireOthers(than: string, at: Date): Promise<void> {
    await this.database.sql('update oauth_signing_keys set retires_at = $2 where kid <> $1 and retires_at is null', [
      than,
      at,
    ]);
  }

  async removeRetired(now: Date): Promise<number> {
    const rows = await this.database.sql('delete from oauth_signing_keys where retires_at <= $1 returning kid', [now]);
    return rows.length;
  }

  async listSealed(after: string, limit: number): Promise<{ kid: string; sealed: string }[]> {
    return this.database.sql(
      `select kid, sealed_private_jwk as sealed from oauth_signing_keys
       where kid > $1 and not starts_with(sealed_private_jwk, $2) order by kid limit $3 for no key update`,
      [after, this.box.prefix, limit],
    );
  }

  /** @returns whether its protecting key was there */
  async sealAnew({ kid, sealed }: { kid: string; sealed: string }): Promise<boolean> {
    const plain = this.tryOpen(kid, sealed);
    if (plain === undefined) return false;
    await this.database.sql('update oauth_signing_keys set sealed_private_jwk = $2 where kid = $1', [
      kid,
      this.box.seal(plain, placeOf(kid)),
    ]);
    return true;
  }

  private open({ kid, publicJwk, sealed, activatesAt, retiresAt }: Row): SigningKey | undefined {
    const plain = this.tryOpen(kid, sealed);
    if (plain === undefined) return undefined;
    return {
      kid,
      publicKey: importPublic(publicJwk),
      privateJwk: JSON.parse(plain) as JsonWebKey,
      activatesAt,
      retiresAt,
    };
  }

  private tryOpen(kid: string, sealed: string): string | undefined {
    try {
      return this.box.open(sealed, placeOf(kid));
    } catch (error) {
      this.logger.warn({ kid, reason: (error as Error).message }, 'a signing key cannot be opened');
      return undefined;
    }
  }
}
