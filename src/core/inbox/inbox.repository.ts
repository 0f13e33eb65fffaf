import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ApprovalId } from '../../platform/ids.js';
import type { PageRequest } from '../../platform/page.js';
import type { ApprovalRequest } from '../approvals/approval-request.js';
import { hasLevel } from '../registry/access.js';
import type { InboxCounts, InboxFilter, Sight } from './inbox-item.js';

export type StoredRequest = ApprovalRequest & { decisionId: string | null };

const COLUMNS = `r.id, r.organization_id as "organizationId", r.kind, r.status, r.title, r.why, r.server_id as "serverId",
  r.server_name as "serverName", r.tool, r.pin, r.risk, r.arguments,
  case when r.requested_by is not null then json_build_object('id', r.requested_by, 'name', r.requested_by_name) end as "requestedBy",
  r.via, r.via_name as "viaName", r.door, r.session_id as "sessionId", r.plan_id as "planId", r.node_id as "nodeId",
  r.created_at as "createdAt", r.expires_at as "expiresAt", r.decided_at as "decidedAt",
  case when r.decided_by_name is not null then json_build_object('id', r.decided_by, 'name', r.decided_by_name) end as "decidedBy",
  r.decision_reason as "decisionReason", r.decision_id as "decisionId"`;

/** `$1` organization, `$2` user, `$3` the servers they see, `$4` those they use. */
const VISIBLE = `r.organization_id = $1 and r.server_id = any($3) and case r.kind
  when 'node' then r.requested_by = $2
  when 'call' then r.requested_by = $2 or r.server_id = any($4)
  else true end`;

@Injectable()
export class InboxRepository {
  constructor(private readonly database: Database) {}

  async find(id: ApprovalId): Promise<StoredRequest | undefined> {
    const [found] = await this.database.sql<StoredRequest>(
      `select ${COLUMNS} from approval_requests r where r.id = $1`,
      [id],
    );
    return found;
  }

  /** What waits: the longest waiting first. What was decided: the last first. One more than the page has. */
  async list(
    sight: Sight,
    { part, kind, serverId }: InboxFilter,
    { page, size }: PageRequest,
  ): Promise<StoredRequest[]> {
    const isPending = part === 'pending';
    return this.database.sql<StoredRequest>(
      `select ${COLUMNS} from approval_requests r
       where ${VISIBLE} and r.status ${isPending ? '=' : '<>'} 'pending'
         and ($5::text is null or r.kind = $5) and ($6::text is null or r.server_id = $6)
       order by ${isPending ? 'r.created_at, r.id' : 'r.decided_at desc, r.id desc'} limit $7 offset $8`,
      [...placesOf(sight), kind ?? null, serverId ?? null, size + 1, (page - 1) * size],
    );
  }

  async count(sight: Sight): Promise<InboxCounts> {
    const [row] = await this.database.sql<InboxCounts>(
      `select count(*)::int as pending, count(*) filter (where r.kind = 'call')::int as calls,
         count(*) filter (where r.kind = 'node')::int as nodes, count(*) filter (where r.kind = 'tool')::int as tools
       from approval_requests r where ${VISIBLE} and r.status = 'pending'`,
      placesOf(sight),
    );
    return row ?? { pending: 0, calls: 0, nodes: 0, tools: 0 };
  }

  async noteDecision(id: ApprovalId, decisionId: string): Promise<void> {
    await this.database.sql('update approval_requests set decision_id = $2 where id = $1 and decision_id is null', [
      id,
      decisionId,
    ]);
  }

  /** Until the transaction ends, nobody else ends it. */
  async lock(id: ApprovalId): Promise<StoredRequest | undefined> {
    const [found] = await this.database.sql<StoredRequest>(
      `select ${COLUMNS} from approval_requests r where r.id = $1 for update`,
      [id],
    );
    return found;
  }

  /** By day (UTC), outcome, server: what ended since `since`, and how long it had waited. */
  async listEnded(sight: Sight, since: Date): Promise<{ date: string; status: string; count: number }[]> {
    return this.database.sql(
      `select to_char(r.decided_at at time zone 'UTC', 'YYYY-MM-DD') as date, r.status, count(*)::int as count
       from approval_requests r where ${VISIBLE} and r.status <> 'pending' and r.decided_at >= $5
       group by 1, 2 order by 1, 2`,
      [...placesOf(sight), since],
    );
  }

  /** Seconds; null where nobody decided anything. */
  async medianSeconds(sight: Sight, since: Date): Promise<number | null> {
    const [row] = await this.database.sql<{ seconds: number | null }>(
      `select percentile_cont(0.5) within group (order by extract(epoch from r.decided_at - r.created_at))::float as seconds
       from approval_requests r
       where ${VISIBLE} and r.status in ('approved', 'denied') and r.decided_by is not null and r.decided_at >= $5`,
      [...placesOf(sight), since],
    );
    return row?.seconds ?? null;
  }

  async listByServer(sight: Sight, since: Date): Promise<ServerCounts[]> {
    return this.database.sql(
      `select r.server_id as "serverId", max(r.server_name) as "serverName",
         count(*) filter (where r.status = 'pending')::int as pending,
         count(*) filter (where r.status = 'approved')::int as approved,
         count(*) filter (where r.status = 'denied')::int as denied
       from approval_requests r where ${VISIBLE} and (r.status = 'pending' or r.decided_at >= $5)
       group by 1 order by 3 desc, 4 desc, 1`,
      [...placesOf(sight), since],
    );
  }

  async oldestPending(sight: Sight): Promise<Date | null> {
    const [row] = await this.database.sql<{ oldest: Date | null }>(
      `select min(r.created_at) as oldest from approval_requests r where ${VISIBLE} and r.status = 'pending'`,
      placesOf(sight),
    );
    return row?.oldest ?? null;
  }
}

export interface ServerCounts {
  serverId: string;
  serverName: string;
  pending: number;
  approved: number;
  denied: number;
}

function placesOf({ organizationId, userId, levels }: Sight): unknown[] {
  const seen = [...levels.keys()];
  const used = [...levels].flatMap(([id, level]) => (hasLevel(level, 'use') ? [id] : []));
  return [organizationId, userId, seen, used];
}
