import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Id, OrganizationId, ServerId, UserId } from '../../platform/ids.js';
import type { Grant } from './grant.js';

const COLUMNS = `g.id, g.organization_id as "organizationId", g.user_id as "userId", g.server_id as "serverId",
  g.account_version as "accountVersion", g.session_id as "sessionId", g.tool, g.pin, g.match, g.max_uses as "maxUses",
  g.uses, g.expires_at as "expiresAt", g.created_at as "createdAt", g.last_used_at as "lastUsedAt"`;

/** Of somebody who is a member, and was all the time since; `$1` is now. */
const LIVE = `approval_grants g
  join memberships m on m.organization_id = g.organization_id and m.user_id = g.user_id and m.created_at <= g.created_at
  where (g.expires_at is null or g.expires_at > $1) and (g.max_uses is null or g.uses < g.max_uses)`;

@Injectable()
export class GrantsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async listOfServer(serverId: ServerId): Promise<Grant[]> {
    return this.database.sql<Grant>(
      `select ${COLUMNS} from ${LIVE} and g.server_id = $2 order by g.created_at, g.id`,
      [this.clock.now(), serverId],
      'grants-of-server',
    );
  }

  /** Newest first. */
  async listOfUser(userId: UserId, organizationId: OrganizationId): Promise<Grant[]> {
    return this.database.sql<Grant>(
      `select ${COLUMNS} from ${LIVE} and g.user_id = $2 and g.organization_id = $3 order by g.created_at desc, g.id desc`,
      [this.clock.now(), userId, organizationId],
    );
  }

  async insert(grant: Grant, grantedBy: UserId): Promise<void> {
    await this.database.sql(
      `insert into approval_grants (id, organization_id, user_id, session_id, server_id, account_version, tool, pin, match,
         max_uses, expires_at, created_at, granted_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        grant.id,
        grant.organizationId,
        grant.userId,
        grant.sessionId,
        grant.serverId,
        grant.accountVersion,
        grant.tool,
        grant.pin,
        grant.match === null ? null : JSON.stringify(grant.match),
        grant.maxUses,
        grant.expiresAt,
        grant.createdAt,
        grantedBy,
      ],
    );
  }

  /** In one statement, so that no two calls share a use. @returns what is left, or undefined: it is over */
  async take(id: Id<'grant'>): Promise<{ serverId: ServerId; exhausted: boolean } | undefined> {
    const [taken] = await this.database.sql<{ serverId: ServerId; exhausted: boolean }>(
      `update approval_grants set uses = uses + 1, last_used_at = $2
       where id = $1 and (expires_at is null or expires_at > $2) and (max_uses is null or uses < max_uses)
       returning server_id as "serverId", coalesce(uses >= max_uses, false) as exhausted`,
      [id, this.clock.now()],
    );
    return taken;
  }

  /** @returns undefined for one without a count, or that is gone */
  async giveBack(id: Id<'grant'>): Promise<{ serverId: ServerId } | undefined> {
    const [given] = await this.database.sql<{ serverId: ServerId }>(
      `update approval_grants set uses = uses - 1 where id = $1 and max_uses is not null and uses > 0
       returning server_id as "serverId"`,
      [id],
    );
    return given;
  }

  /** Of grants without a count. */
  async noteUses(uses: readonly { id: string; times: number; at: Date }[]): Promise<void> {
    await this.database.sql(
      `update approval_grants g set uses = g.uses + noted.times, last_used_at = greatest(g.last_used_at, noted.at)
       from unnest($1::text[], $2::int[], $3::timestamptz[]) as noted (id, times, at)
       where g.id = noted.id and g.max_uses is null`,
      [uses.map(({ id }) => id), uses.map(({ times }) => times), uses.map(({ at }) => at)],
    );
  }

  async removeAllOf(serverId: ServerId, tool: string): Promise<void> {
    await this.database.sql('delete from approval_grants where server_id = $1 and tool = $2', [serverId, tool]);
  }

  /** @returns undefined where they have none of that id */
  async remove(id: string, userId: UserId, organizationId: OrganizationId): Promise<Grant | undefined> {
    const [gone] = await this.database.sql<Grant>(
      `delete from approval_grants g where g.id = $1 and g.user_id = $2 and g.organization_id = $3 returning ${COLUMNS}`,
      [id, userId, organizationId],
    );
    return gone;
  }
}
