import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import {
  type ClientGrant,
  type ConnectedClient,
  type EndOfGrant,
  GRANT_SECONDS,
  type GrantId,
  MAX_GRANTS_PER_CLIENT,
} from './client-grant.js';
import type { Role } from './principal.js';

/** A grant that counts, and whom its client speaks for, now. */
export interface GrantState extends ClientGrant {
  username: string;
  role: Role;
  instanceAdministrator: boolean;
}

type Row = Omit<ConnectedClient, 'organization'> & { organizationName: string };

const LISTED_AT_MOST = 500;

const GRANT = `grants.id, grants.user_id as "userId", grants.organization_id as "organizationId",
  grants.client_id as "clientId", grants.client_name as "clientName", grants.redirect_uri as "redirectUri",
  grants.resource, grants.scopes, grants.created_at as "createdAt", grants.renewed_at as "renewedAt"`;
const OF_MEMBER = `join memberships on memberships.user_id = grants.user_id
    and memberships.organization_id = grants.organization_id`;
const COUNTS = `grants.revoked_at is null and grants.renewed_at > $2::timestamptz - interval '${GRANT_SECONDS} seconds'`;

@Injectable()
export class ClientGrantsRepository {
  constructor(private readonly database: Database) {}

  async add(grant: ClientGrant): Promise<void> {
    await this.database.sql(
      `insert into client_grants (id, user_id, organization_id, client_id, client_name, redirect_uri, resource, scopes,
         created_at, renewed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
      [
        grant.id,
        grant.userId,
        grant.organizationId,
        grant.clientId,
        grant.clientName,
        grant.redirectUri,
        grant.resource,
        grant.scopes,
        grant.createdAt,
      ],
    );
  }

  /** Undefined when it was revoked, was not used for too long, or its owner is no member any more. */
  async findState(id: string, now: Date): Promise<GrantState | undefined> {
    const [state] = await this.database.sql<GrantState>(
      `select ${GRANT}, users.username, memberships.role, users.instance_administrator as "instanceAdministrator"
       from client_grants grants
       join users on users.id = grants.user_id
       ${OF_MEMBER}
       where grants.id = $1 and ${COUNTS}`,
      [id, now],
    );
    return state;
  }

  /** In all organizations of the user, newest first. */
  async listOwn({ userId }: Pick<ClientGrant, 'userId'>, now: Date): Promise<ConnectedClient[]> {
    const rows = await this.database.sql<Row>(
      `select ${GRANT}, grants.last_used_at as "lastUsedAt", grants.last_used_ip as "lastUsedIp",
         organizations.name as "organizationName"
       from client_grants grants
       ${OF_MEMBER}
       join organizations on organizations.id = grants.organization_id
       where grants.user_id = $1 and ${COUNTS}
       order by grants.created_at desc, grants.id desc
       limit ${LISTED_AT_MOST}`,
      [userId, now],
    );
    return rows.map(({ organizationName, ...row }) => ({
      ...row,
      organization: { id: row.organizationId, name: organizationName },
    }));
  }

  async renew(id: GrantId, now: Date): Promise<void> {
    await this.database.sql('update client_grants set renewed_at = $2 where id = $1 and renewed_at < $2', [id, now]);
  }

  /** @returns it, unless it had ended before */
  async end(id: string, because: EndOfGrant, now: Date): Promise<(ClientGrant & { username: string }) | undefined> {
    const [ended] = await this.database.sql<ClientGrant & { username: string }>(
      `update client_grants grants set revoked_at = $2, revoked_because = $3 from users
       where grants.id = $1 and grants.revoked_at is null and users.id = grants.user_id
       returning ${GRANT}, users.username`,
      [id, now, because],
    );
    return ended;
  }

  /** Those of the same client at the same resource that are beyond what is kept. @returns their ids */
  async endOldest(grant: ClientGrant, now: Date): Promise<GrantId[]> {
    const rows = await this.database.sql<{ id: GrantId }>(
      `update client_grants set revoked_at = $5, revoked_because = 'replaced'
       where id in (
         select id from client_grants
         where user_id = $1 and organization_id = $2 and client_id = $3 and resource = $4 and revoked_at is null
         order by created_at desc, id desc offset ${MAX_GRANTS_PER_CLIENT})
       returning id`,
      [grant.userId, grant.organizationId, grant.clientId, grant.resource, now],
    );
    return rows.map(({ id }) => id);
  }

  async isMember({ userId }: Pick<ClientGrant, 'userId'>, organizationId: OrganizationId): Promise<boolean> {
    const rows = await this.database.sql(
      'select from memberships where user_id = $1 and organization_id = $2 for key share',
      [userId, organizationId],
    );
    return rows.length === 1;
  }
}
