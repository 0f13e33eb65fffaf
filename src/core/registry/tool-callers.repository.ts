import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, ServerId, UserId } from '../../platform/ids.js';
import type { Role } from '../identity/principal.js';
import type { ToolCallersChange } from './tool-callers.js';

/** Who may call which tool; each change is made by whoever holds the row of the server. */
@Injectable()
export class ToolCallersRepository {
  constructor(private readonly database: Database) {}

  /** @returns how many of those who are named are members of the server's organization, and so may call it now */
  async replace(
    serverId: ServerId,
    tool: string,
    { leastRole, users }: ToolCallersChange,
    { by, at }: { by: UserId; at: Date },
  ): Promise<number> {
    const byName = users !== null;
    await this.database.sql('update tool_states set least_role = $3, by_name = $4 where server_id = $1 and name = $2', [
      serverId,
      tool,
      leastRole,
      byName,
    ]);
    await this.database.sql('delete from tool_callers where server_id = $1 and tool = $2', [serverId, tool]);
    const rows = await this.database.sql(
      `insert into tool_callers (server_id, tool, user_id, granted_by, created_at)
       select servers.id, $2, given.user_id, $4, $5
       from unnest($3::text[]) as given (user_id)
       join servers on servers.id = $1
       join memberships on memberships.user_id = given.user_id
         and memberships.organization_id = servers.organization_id
       returning user_id`,
      [serverId, tool, [...(users ?? [])], by, at],
    );
    return rows.length;
  }

  /** What seems to be the same tool under another name is not open to more people than before. */
  async inherit(serverId: ServerId, names: readonly string[]): Promise<void> {
    const renamed = await this.database.sql<{ name: string; before: string }>(
      `update tool_states fresh set least_role = old.least_role, by_name = old.by_name
       from tool_states old
       where fresh.server_id = $1 and fresh.name = any($2) and fresh.least_role is null and not fresh.by_name
         and old.server_id = $1 and old.name = fresh.renamed_from and (old.least_role is not null or old.by_name)
       returning fresh.name, old.name as before`,
      [serverId, [...names]],
    );
    if (renamed.length === 0) return;
    await this.database.sql(
      `insert into tool_callers (server_id, tool, user_id, granted_by, created_at)
       select c.server_id, given.name, c.user_id, c.granted_by, c.created_at
       from unnest($2::text[], $3::text[]) as given (name, before)
       join tool_callers c on c.server_id = $1 and c.tool = given.before
       on conflict do nothing`,
      [serverId, renamed.map(({ name }) => name), renamed.map(({ before }) => before)],
    );
  }

  /** Undefined for somebody who is no member. */
  async findRole(userId: UserId, organizationId: OrganizationId): Promise<Role | undefined> {
    const [found] = await this.database.sql<{ role: Role }>(
      'select role from memberships where user_id = $1 and organization_id = $2',
      [userId, organizationId],
    );
    return found?.role;
  }
}
