import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId, UserId } from '../../platform/ids.js';
import type { PageRequest } from '../../platform/page.js';
import type { Principal } from '../identity/principal.js';
import type { AccessLevel, ServerCount, ServerGrant, ServerUse } from './access.js';

/** A grant from before somebody left and came back counts no more. */
const SEEN_BY_MEMBERS = `
  servers
  join memberships viewer on viewer.organization_id = servers.organization_id
  left join server_grants granted on granted.server_id = servers.id and granted.user_id = viewer.user_id
    and granted.created_at >= viewer.created_at`;

const RANK_BY_GRANT = `coalesce(
  case granted.level when 'manage' then 3 when 'use' then 2 when 'see' then 1 end,
  case servers.access when 'organization' then 2 else 0 end)`;

/**
 * The one place that says who may do what with a server: admins all; whoever made it, if no viewer, all; else what was
 * granted, else what the organization has. A viewer sees at most. 0 is nothing.
 */
const RANK = `case
  when viewer.role in ('owner', 'admin') then 3
  when viewer.role = 'viewer' then least(1, ${RANK_BY_GRANT})
  when servers.created_by = viewer.user_id then 3
  else ${RANK_BY_GRANT} end`;

const LEVEL = `(array['see', 'use', 'manage'])[${RANK}]`;

@Injectable()
export class ServerAccessRepository {
  constructor(private readonly database: Database) {}

  /** @returns undefined where the server is not there for them */
  async findLevel({ userId, organizationId, serverId }: ServerUse): Promise<AccessLevel | undefined> {
    const [found] = await this.database.sql<{ level: AccessLevel }>(
      `select ${LEVEL} as level from ${SEEN_BY_MEMBERS}
       where servers.id = $1 and servers.organization_id = $2 and viewer.user_id = $3 and ${RANK} > 0`,
      [serverId, organizationId, userId],
      'server-level',
    );
    return found?.level;
  }

  /** Oldest first, one more than the page has. */
  async listVisible(
    { userId, organizationId }: Principal,
    { page, size }: PageRequest,
  ): Promise<{ id: ServerId; level: AccessLevel }[]> {
    return this.database.sql(
      `select servers.id, ${LEVEL} as level from ${SEEN_BY_MEMBERS}
       where servers.organization_id = $1 and viewer.user_id = $2 and ${RANK} > 0
       order by servers.created_at, servers.id limit $3 offset $4`,
      [organizationId, userId, size + 1, (page - 1) * size],
    );
  }

  async countVisible({ userId, organizationId }: Principal): Promise<number> {
    const [row] = await this.database.sql<{ rows: number }>(
      `select count(*)::int as rows from ${SEEN_BY_MEMBERS}
       where servers.organization_id = $1 and viewer.user_id = $2 and ${RANK} > 0`,
      [organizationId, userId],
    );
    return row?.rows ?? 0;
  }

  /** How many of those that the caller sees are in which state, and with how many tools. */
  async countByStatus({ userId, organizationId }: Principal): Promise<ServerCount[]> {
    return this.database.sql<ServerCount>(
      `select servers.status, count(*)::int as servers, coalesce(sum(servers.tool_count), 0)::int as tools
       from ${SEEN_BY_MEMBERS}
       where servers.organization_id = $1 and viewer.user_id = $2 and ${RANK} > 0
       group by 1`,
      [organizationId, userId],
    );
  }

  async listLevels({
    userId,
    organizationId,
  }: Pick<Principal, 'userId' | 'organizationId'>): Promise<{ id: ServerId; level: AccessLevel }[]> {
    return this.database.sql(
      `select servers.id, ${LEVEL} as level from ${SEEN_BY_MEMBERS}
       where servers.organization_id = $1 and viewer.user_id = $2 and ${RANK} > 0`,
      [organizationId, userId],
      'server-levels',
    );
  }

  /** Of everybody to whom a server is visible. */
  async listLevelsAt(serverId: ServerId): Promise<{ id: UserId; level: AccessLevel }[]> {
    return this.database.sql(
      `select viewer.user_id as id, ${LEVEL} as level from ${SEEN_BY_MEMBERS} where servers.id = $1 and ${RANK} > 0`,
      [serverId],
    );
  }

  /** The places in the list of those for whom the server is not there, or not any more. */
  async listHidden(uses: readonly ServerUse[]): Promise<number[]> {
    const rows = await this.database.sql<{ place: string }>(
      `select given.place - 1 as place
       from unnest($1::text[], $2::text[], $3::text[]) with ordinality
         as given (server_id, organization_id, user_id, place)
       where not exists (
         select from ${SEEN_BY_MEMBERS}
         where servers.id = given.server_id and servers.organization_id = given.organization_id
           and viewer.user_id = given.user_id and ${RANK} > 0)`,
      [
        uses.map(({ serverId }) => serverId),
        uses.map(({ organizationId }) => organizationId),
        uses.map(({ userId }) => userId),
      ],
    );
    return rows.map(({ place }) => Number(place));
  }

  /** Those to people who are members, by name. */
  async listGrants(serverId: ServerId): Promise<ServerGrant[]> {
    return this.database.sql<ServerGrant>(
      `select users.id as "userId", users.username, users.email, viewer.role, granted.level
       from ${SEEN_BY_MEMBERS} join users on users.id = viewer.user_id
       where servers.id = $1 and granted.level is not null order by users.username, users.id`,
      [serverId],
    );
  }

  /** @returns how many of them are members of the server's organization, and so have it now */
  async replaceGrants(
    serverId: ServerId,
    grants: readonly { userId: string; level: AccessLevel }[],
    { by, at }: { by: string; at: Date },
  ): Promise<number> {
    await this.database.sql('delete from server_grants where server_id = $1', [serverId]);
    const rows = await this.database.sql(
      `insert into server_grants (server_id, user_id, level, granted_by, created_at)
       select servers.id, given.user_id, given.level, $4, $5
       from unnest($2::text[], $3::text[]) as given (user_id, level)
       join servers on servers.id = $1
       join memberships on memberships.user_id = given.user_id
         and memberships.organization_id = servers.organization_id
       returning user_id`,
      [serverId, grants.map(({ userId }) => userId), grants.map(({ level }) => level), by, at],
    );
    return rows.length;
  }
}
