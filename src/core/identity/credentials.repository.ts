import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import type { EndOfKey } from './api-key.js';
import { type EndOfGrant, GRANT_SECONDS } from './client-grant.js';
import type { CredentialsOf, EndedCredential, ListedCredential } from './credential-list.js';
import type { Principal } from './principal.js';
import type { EndOfSignIn } from './refresh-family.entity.js';

type Row = Omit<ListedCredential, 'organization'> & { organizationId: OrganizationId; organizationName: string };

const LISTED_AT_MOST = 500;

const ENDS = `revoked_at is null and user_id = $3 and ($4::text is null or organization_id = $4)
  and ($5::text is null or id = $5) and ($6::text is null or id <> $6)`;

@Injectable()
export class CredentialsRepository {
  constructor(private readonly database: Database) {}

  /** Those that count, in all organizations of the user, last used first. @param signInSeconds how long a sign-in lasts unused */
  async listOwn({ userId, credentialId }: Principal, now: Date, signInSeconds: number): Promise<ListedCredential[]> {
    const rows = await this.database.sql<Row>(
      `select mine.*, mine.id = $4 as "isCurrent", organizations.id as "organizationId",
         organizations.name as "organizationName"
       from (
         select id, case kind when 'cookie' then 'cookie_session' else 'token_family' end as kind, null as name,
           device_fingerprint as "deviceFingerprint", user_agent as "userAgent", ip, last_ip as "lastIp",
           created_at as "createdAt", last_used_at as "lastUsedAt",
           last_used_at + make_interval(secs => $3) as "expiresAt", null::text[] as scopes, user_id, organization_id
         from refresh_families
         where user_id = $1 and revoked_at is null and last_used_at + make_interval(secs => $3) > $2
         union all
         select id, 'api_key', name, null, null, null, last_used_ip, created_at, last_used_at, expires_at, scopes,
           user_id, organization_id
         from api_keys
         where user_id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)
         union all
         select id, 'oauth_client', client_name, null, null, null, last_used_ip, created_at, last_used_at,
           renewed_at + interval '${GRANT_SECONDS} seconds', scopes, user_id, organization_id
         from client_grants
         where user_id = $1 and revoked_at is null and renewed_at + interval '${GRANT_SECONDS} seconds' > $2
       ) mine
       join memberships on memberships.user_id = mine.user_id and memberships.organization_id = mine.organization_id
       join organizations on organizations.id = mine.organization_id
       order by coalesce(mine."lastUsedAt", mine."createdAt") desc, mine.id desc
       limit ${LISTED_AT_MOST}`,
      [userId, now, signInSeconds, credentialId],
    );
    return rows.map(({ organizationId, organizationName, ...row }) => ({
      ...row,
      organization: { id: organizationId, name: organizationName },
    }));
  }

  async findName(id: string): Promise<string | null> {
    const [found] = await this.database.sql<{ name: string }>(
      `select name from api_keys where id = $1
       union all
       select client_name from client_grants where id = $1`,
      [id],
    );
    return found?.name ?? null;
  }

  async endSignIns(of: CredentialsOf, because: EndOfSignIn, now: Date): Promise<EndedCredential[]> {
    return this.end('refresh_families', `coalesce(user_agent, '')`, of, because, now);
  }

  async endKeys(of: CredentialsOf, because: EndOfKey, now: Date): Promise<EndedCredential[]> {
    return this.end('api_keys', 'name', of, because, now);
  }

  async endGrants(of: CredentialsOf, because: EndOfGrant, now: Date): Promise<EndedCredential[]> {
    return this.end('client_grants', 'client_name', of, because, now);
  }

  private async end(
    table: 'refresh_families' | 'api_keys' | 'client_grants',
    name: string,
    { userId, organizationId = undefined, id = undefined, except = undefined }: CredentialsOf,
    because: string,
    now: Date,
  ): Promise<EndedCredential[]> {
    return this.database.sql<EndedCredential>(
      `update ${table} set revoked_at = $1, revoked_because = $2 where ${ENDS}
       returning id, organization_id as "organizationId", ${name} as name`,
      [now, because, userId, organizationId ?? null, id ?? null, except ?? null],
    );
  }
}
