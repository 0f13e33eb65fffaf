import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { type SealedAnew, SealedColumn } from '../../platform/crypto/sealed-column.js';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, ServerId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import { ServerCredentials } from './server-credentials.js';

interface Row {
  id: ServerId;
  organizationId: OrganizationId;
  credentials: string;
}

/** The credentials of all servers, as the rotation of keys sees them. */
@Injectable()
export class SealedCredentials extends SealedColumn {
  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
    private readonly credentials: ServerCredentials,
    private readonly logger: Logger,
  ) {
    super();
  }

  async versions(): Promise<number[]> {
    const found = await this.database.sql<{ version: number }>(
      `select distinct substring(credentials from '^v([0-9]{1,9}):')::int as version
       from servers where credentials ~ '^v[0-9]{1,9}:'`,
    );
    return found.map(({ version }) => version);
  }

  async sealAnew(after: string, limit: number): Promise<SealedAnew> {
    return this.database.transaction(async () => {
      const rows = await this.database.sql<Row>(
        `select id, organization_id as "organizationId", credentials from servers
         where id > $1 and credentials is not null and not starts_with(credentials, $2)
         order by id limit $3 for no key update`,
        [after, this.box.prefix, limit],
      );
      let sealed = 0;
      for (const row of rows) sealed += (await this.sealRow(row)) ? 1 : 0;
      const last = rows.at(-1);
      return { rows: sealed, ...(last && rows.length === limit ? { next: last.id } : {}) };
    });
  }

  private async sealRow(row: Row): Promise<boolean> {
    try {
      const credentials = this.credentials.sealAnew(row);
      await this.database.sql('update servers set credentials = $2 where id = $1', [row.id, credentials]);
      return true;
    } catch (error) {
      // Its key is lost: the owner is told when the server is used.
      this.logger.warn({ serverId: row.id, reason: (error as Error).message }, 'credentials could not be sealed anew');
      return false;
    }
  }
}
