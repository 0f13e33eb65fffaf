import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId, ToolId, UserId } from '../../platform/ids.js';
import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import type { Role } from '../identity/principal.js';
import { ToolSnapshotEntity } from './tool-snapshot.entity.js';
import type { ToolCallers } from './tool-callers.js';
import { type PinnedTool, toDefinition, type ToolExtras, type ToolSnapshot } from './tool-definition.js';
import { isQuarantined, type ListedTool, type ToolState } from './tool-state.js';

interface ListedRow {
  pin: string;
  definition: PinnedTool;
  extras: ToolExtras | null;
  id: ToolId;
  state: ToolState;
  renamed_from: string | null;
  approval_policy: ApprovalPolicy | null;
  account_version: number;
  decided_at: Date | null;
  decided_by: UserId | null;
  decided_by_name: string | null;
  least_role: Role | null;
  /** Null where no list is kept. */
  callers: ToolCallers['users'] | null;
}

/** A grant from before somebody left and came back counts no more. */
const CALLERS = `array(
  select json_build_object('userId', c.user_id, 'username', u.username) from tool_callers c
  join users u on u.id = c.user_id
  join memberships m on m.user_id = c.user_id and m.organization_id = servers.organization_id
    and c.created_at >= m.created_at
  where c.server_id = t.server_id and c.tool = t.name order by u.username, u.id)`;

@Injectable()
export class ToolSnapshotsRepository {
  constructor(private readonly database: Database) {}

  /** In the server's own order. */
  async list(serverId: ServerId): Promise<ListedTool[]> {
    const rows = await this.database.sql<ListedRow>(
      `select s.pin, s.definition, s.extras, t.id, t.state, t.renamed_from, t.approval_policy, servers.account_version,
         v.decided_at, v.decided_by, v.decided_by_name, t.least_role,
         case when t.by_name then ${CALLERS} end as callers
       from tool_snapshots s
       join tool_states t on t.server_id = s.server_id and t.name = s.name
       join servers on servers.id = s.server_id
       left join tool_versions v on v.server_id = s.server_id and v.tool = s.name and v.pin = s.pin
         and t.state = 'approved'
       where s.server_id = $1 order by s.ordinal`,
      [serverId],
    );
    return rows.map((row) => toListed(serverId, row));
  }

  /** Makes the snapshots exactly these; whether anything changed. Writes only what did. */
  async replace(serverId: ServerId, snapshots: readonly ToolSnapshot[], seenAt: Date): Promise<boolean> {
    const [row] = await this.database.sql<{ changes: number }>(
      `with given as (
         select name, pin, definition, extras, (place - 1)::int as ordinal
         from unnest($2::text[], $3::text[], $4::json[], $6::jsonb[]) with ordinality
           as g (name, pin, definition, extras, place)
       ), removed as (
         delete from tool_snapshots where server_id = $1 and name not in (select name from given) returning 1
       ), written as (
         insert into tool_snapshots (server_id, name, pin, definition, extras, ordinal, seen_at)
         select $1, name, pin, definition, extras, ordinal, $5 from given
         on conflict (server_id, name) do update set
           pin = excluded.pin, definition = excluded.definition, extras = excluded.extras, ordinal = excluded.ordinal,
           seen_at = case when tool_snapshots.pin = excluded.pin then tool_snapshots.seen_at else excluded.seen_at end
         where (tool_snapshots.pin, tool_snapshots.ordinal, tool_snapshots.extras)
           is distinct from (excluded.pin, excluded.ordinal, excluded.extras)
         returning 1
       )
       select ((select count(*) from removed) + (select count(*) from written))::int as changes`,
      [
        serverId,
        snapshots.map(({ definition }) => definition.name),
        snapshots.map(({ pin }) => pin),
        snapshots.map(({ definition }) => JSON.stringify(definition)),
        seenAt.toISOString(),
        snapshots.map(({ extras }) => extras && JSON.stringify(extras)),
      ],
    );
    return (row?.changes ?? 0) > 0;
  }

  async clear(serverId: ServerId): Promise<void> {
    await this.database.entities.delete(ToolSnapshotEntity, { serverId });
  }
}

const toListed = (serverId: ServerId, row: ListedRow): ListedTool => ({
  ...toDefinition(serverId, row),
  extras: row.extras,
  id: row.id,
  state: row.state,
  quarantined: isQuarantined(row.state),
  approvalPolicy: row.approval_policy,
  accountVersion: row.account_version,
  renamedFrom: row.renamed_from,
  approvedAt: row.decided_at,
  callers: row.least_role || row.callers ? { leastRole: row.least_role, users: row.callers ?? [] } : null,
  approvedBy: row.decided_by && { userId: row.decided_by, username: row.decided_by_name ?? '' },
});
