import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { lastDays } from '../../platform/days.js';
import type { Principal } from '../identity/principal.js';
import { FIRST_ERROR_STATUS } from './request-log-row.js';
import { requestsSeenBy } from './requests.service.js';

/** How calls went in a time. */
export interface CallFigures {
  total: number;
  failed: number;
  /** Milliseconds; null without a call. */
  p50Ms: number | null;
  p95Ms: number | null;
}

export interface ToolFigures {
  server: { id: string; name: string };
  tool: string;
  calls: number;
  failed: number;
}

const MINE = `organization_id = $1 and ($2::text is null or user_id = $2) and started_at >= $3`;

/** Numbers from the request log, of the rows that the caller sees. A call that waits for an approval did not fail. */
@Injectable()
export class RequestFigures {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async since(principal: Principal, from: Date): Promise<CallFigures> {
    const [figures] = await this.database.sql<CallFigures>(
      `select count(*)::int as total, count(*) filter (where status_code >= ${FIRST_ERROR_STATUS})::int as failed,
         percentile_disc(0.5) within group (order by duration_ms) as "p50Ms",
         percentile_disc(0.95) within group (order by duration_ms) as "p95Ms"
       from request_log where ${MINE}`,
      valuesOf(principal, from),
    );
    return figures ?? { total: 0, failed: 0, p50Ms: null, p95Ms: null };
  }

  async topTools(principal: Principal, from: Date, limit: number): Promise<ToolFigures[]> {
    const rows = await this.database.sql<Omit<ToolFigures, 'server'> & { id: string; name: string }>(
      `select top.*, coalesce(servers.name, '') as name
       from (select server_id as id, tool, count(*)::int as calls,
               count(*) filter (where status_code >= ${FIRST_ERROR_STATUS})::int as failed
             from request_log where ${MINE} group by 1, 2 order by 3 desc, 1, 2 limit $4) top
       left join servers on servers.id = top.id
       order by calls desc, top.id, tool`,
      [...valuesOf(principal, from), limit],
    );
    return rows.map(({ id, name, ...figures }) => ({ server: { id, name }, ...figures }));
  }

  /** Of the last days, today among them; each day is there. */
  async perDay(principal: Principal, days: number): Promise<{ date: string; succeeded: number; failed: number }[]> {
    const dates = lastDays(this.clock.now(), days);
    const rows = await this.database.sql<{ date: string; succeeded: number; failed: number }>(
      `select to_char(started_at at time zone 'utc', 'YYYY-MM-DD') as date,
         count(*) filter (where status_code < ${FIRST_ERROR_STATUS})::int as succeeded,
         count(*) filter (where status_code >= ${FIRST_ERROR_STATUS})::int as failed
       from request_log where ${MINE} group by 1`,
      valuesOf(principal, new Date(dates[0] ?? 0)),
    );
    return dates.map((date) => rows.find((row) => row.date === date) ?? { date, succeeded: 0, failed: 0 });
  }
}

function valuesOf(principal: Principal, from: Date): unknown[] {
  const { organizationId, userId } = requestsSeenBy(principal);
  return [organizationId, userId ?? null, from];
}
