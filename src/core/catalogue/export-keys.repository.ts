import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';

export interface StoredExportKey {
  id: string;
  publicKey: string;
  /** Sealed. */
  privateKey: string;
}

const COLUMNS = 'id, public_key as "publicKey", private_key as "privateKey"';

@Injectable()
export class ExportKeysRepository {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(): Promise<StoredExportKey[]> {
    return this.database.sql<StoredExportKey>(`select ${COLUMNS} from export_keys order by created_at desc, id`);
  }

  /** Two processes that find none make one: held until the transaction ends. */
  async lockMaking(): Promise<void> {
    await this.database.sql(`select pg_advisory_xact_lock(hashtext('switchyard export key'))`);
  }

  async insert({ id, publicKey, privateKey }: StoredExportKey, now: Date): Promise<void> {
    await this.database.sql(
      'insert into export_keys (id, public_key, private_key, created_at) values ($1, $2, $3, $4)',
      [id, publicKey, privateKey, now],
    );
  }

  /** For the rotation of keys; held until the transaction ends. */
  async lockAfter(after: string, prefix: string, limit: number): Promise<StoredExportKey[]> {
    return this.database.sql<StoredExportKey>(
      `select ${COLUMNS} from export_keys where id > $1 and not starts_with(private_key, $2)
       order by id limit $3 for no key update`,
      [after, prefix, limit],
    );
  }

  async replace(id: string, privateKey: string): Promise<void> {
    await this.database.sql('update export_keys set private_key = $2 where id = $1', [id, privateKey]);
  }

  async versions(): Promise<number[]> {
    const found = await this.database.sql<{ version: number }>(
      `select distinct substring(private_key from '^v([0-9]{1,9}):')::int as version
       from export_keys where private_key ~ '^v[0-9]{1,9}:'`,
    );
    return found.map(({ version }) => version);
  }

  async isKnown(organizationId: OrganizationId, keyId: string): Promise<boolean> {
    const rows = await this.database.sql('select from known_exporters where organization_id = $1 and key_id = $2', [
      organizationId,
      keyId,
    ]);
    return rows.length > 0;
  }

  async remember(organizationId: OrganizationId, keyId: string, now: Date): Promise<void> {
    await this.database.sql(
      `insert into known_exporters (organization_id, key_id, first_seen_at) values ($1, $2, $3)
       on conflict do nothing`,
      [organizationId, keyId, now],
    );
  }
}
