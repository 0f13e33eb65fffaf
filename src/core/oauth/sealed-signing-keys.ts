import { Injectable } from '@nestjs/common';
import { type SealedAnew, SealedColumn } from '../../platform/crypto/sealed-column.js';
import { Database } from '../../platform/database/database.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

/** The keys that sign tokens, as the rotation of what seals them sees them. */
@Injectable()
export class SealedSigningKeys extends SealedColumn {
  constructor(
    private readonly database: Database,
    private readonly keys: SigningKeysRepository,
  ) {
    super();
  }

  async versions(): Promise<number[]> {
    const found = await this.database.sql<{ version: number }>(
      `select distinct substring(sealed_private_jwk from '^v([0-9]{1,9}):')::int as version
       from oauth_signing_keys where sealed_private_jwk ~ '^v[0-9]{1,9}:'`,
    );
    return found.map(({ version }) => version);
  }

  async sealAnew(after: string, limit: number): Promise<SealedAnew> {
    return this.database.transaction(async () => {
      const rows = await this.keys.listSealed(after, limit);
      let sealed = 0;
      for (const row of rows) sealed += (await this.keys.sealAnew(row)) ? 1 : 0;
      const last = rows.at(-1);
      return { rows: sealed, ...(last && rows.length === limit ? { next: last.kid } : {}) };
    });
  }
}
