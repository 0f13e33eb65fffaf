import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId, ToolId, UserId } from '../../platform/ids.js';
import type { PageRequest } from '../../platform/page.js';
import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import { type PinnedTool, toDefinition } from './tool-definition.js';
import { isQuarantined, type KeptTool, type ToolState } from './tool-state.js';

interface Row {
  id: ToolId;
  server_id: ServerId;
  server_name: string;
  server_policy: ApprovalPolicy;
  name: string;
  state: ToolState;
  pin: string;
  present: boolean;
  renamed_from: string | null;
  approval_policy: ApprovalPolicy | null;
  changed_at: Date;
  number: number;
  definition: PinnedTool;
  first_seen_at: Date;
  decided_at: Date | null;
  decided_by: UserId | null;
  decided_by_name: string | null;
  reason: string | null;
}

const KEPT = `
  select t.id, t.server_id, servers.name as server_name, servers.approval_policy as server_policy, t.name, t.state, t.pin,
    t.present, t.renamed_from, t.approval_policy, t.changed_at, v.number, v.definition, v.first_seen_at, v.decided_at,
    v.decided_by, v.decided_by_name, v.reason
  from tool_states t
  join servers on servers.id = t.server_id
  join tool_versions v on v.server_id = t.server_id and v.tool = t.name and v.pin = t.pin`;

/** Tools across servers; whoever asks knows that the servers are visible. */
@Injectable()
export class ToolDirectoryRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<KeptTool | undefined> {
    const [row] = await this.database.sql<Row>(`${KEPT} where t.id = $1`, [id]);
    return row && toKept(row);
  }

  /** Those that are offered now, the last changed first; and how many there are. */
  async list(
    serverIds: readonly ServerId[],
    states: readonly ToolState[],
    { page, size }: PageRequest,
  ): Promise<{ items: KeptTool[]; total: number }> {
    const which = 't.server_id = any($1) and t.present and t.state = any($2)';
    const values = [[...serverIds], [...states]];
    const rows = await this.database.sql<Row>(
      `${KEPT} where ${which} order by t.changed_at desc, t.id limit $3 offset $4`,
      [...values, size, (page - 1) * size],
    );
    const [counted] = await this.database.sql<{ total: number }>(
      `select count(*)::int as total from tool_states t where ${which}`,
      values,
    );
    return { items: rows.map(toKept), total: counted?.total ?? 0 };
  }
}

const toKept = (row: Row): KeptTool => ({
  ...toDefinition(row.server_id, row),
  id: row.id,
  serverName: row.server_name,
  state: row.state,
  quarantined: isQuarantined(row.state),
  present: row.present,
  renamedFrom: row.renamed_from,
  approvalPolicy: row.approval_policy,
  effectivePolicy: row.approval_policy ?? row.server_policy,
  version: row.number,
  firstSeenAt: row.first_seen_at,
  changedAt: row.changed_at,
  decidedAt: row.decided_at,
  decidedBy: row.decided_by_name === null ? null : { userId: row.decided_by, username: row.decided_by_name },
  reason: row.reason,
});
