import type { OAuthClient } from '@app/oauth-client';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import type { SignInPlace } from './account.js';
import { AccountSecrets, type SealedRow } from './account-secrets.js';

type Row = SealedRow & { client: string };
const TABLE = 'upstream_clients';

/** Who we are at the authorization servers of a server, each by itself: what one gave is never told to another. */
@Injectable()
export class ClientsRepository {
  constructor(
    private readonly database: Database,
    private readonly secrets: AccountSecrets,
  ) {}

  /** One that has got a token before. */
  async find({ serverId, accountVersion }: SignInPlace, issuer: string): Promise<OAuthClient | undefined> {
    const [row] = await this.database.sql<Row>(
      `select id, organization_id as "organizationId", client from ${TABLE}
       where server_id = $1 and issuer = $2 and account_version = $3`,
      [serverId, issuer, accountVersion],
    );
    try {
      return row && (this.secrets.open(TABLE, 'client', row, row.client) as OAuthClient);
    } catch {
      return undefined;
    }
  }

  /** Where the client that somebody entered was used first; it is of no other authorization server. */
  async findIssuers({ serverId, accountVersion }: SignInPlace): Promise<string[]> {
    const rows = await this.database.sql<{ issuer: string }>(
      `select issuer from ${TABLE} where server_id = $1 and account_version = $2`,
      [serverId, accountVersion],
    );
    return rows.map(({ issuer }) => issuer);
  }

  async put({ serverId, organizationId, accountVersion }: SignInPlace, client: OAuthClient, at: Date): Promise<void> {
    const id = newId('uac', at.getTime());
    const sealed = this.secrets.seal(TABLE, 'client', { id, organizationId }, client);
    await this.remove(serverId, client.issuer);
    await this.database.sql(
      `insert into ${TABLE} (id, organization_id, server_id, account_version, issuer, client, created_at)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (server_id, issuer) do nothing`,
      [id, organizationId, serverId, accountVersion, client.issuer, sealed, at],
    );
  }

  async remove(serverId: string, issuer: string): Promise<void> {
    await this.database.sql(`delete from ${TABLE} where server_id = $1 and issuer = $2`, [serverId, issuer]);
  }
}
