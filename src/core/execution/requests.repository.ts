import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Door } from '../approvals/approval-request.js';
import { LINES_AT_A_LOOK, type Look, lookFor, NEWEST_FIRST, type ServerFilter } from './request-look.js';
import type { RequestMethod, RequestStatus } from './request-log-row.js';
import { type LoggedRequest, type LoggedRequestDetails, MOST_COUNTED } from './requests.js';
import type { RequestFilter, RequestPlace, RequestsOf } from './requests.js';

interface Row {
  id: string;
  at: Date;
  server_id: string;
  server_name: string;
  service_id: string | null;
  tool: string;
  method: RequestMethod;
  status: RequestStatus;
  status_code: number;
  error_code: string | null;
  duration_ms: number;
  door: Door;
  via: string | null;
  user_id: string;
  username: string | null;
  credential_id: string | null;
  credential_name: string | null;
  session_id: string | null;
  plan_id: string | null;
  node_id: string | null;
  approval_id: string | null;
  rule: string | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
  request_bytes: number;
  response_bytes: number;
  artifacts: number;
}

interface DetailsRow extends Row {
  request: unknown;
  response: unknown;
  truncated: boolean;
  error_message: string | null;
}

const LISTED = `log.id, log.started_at as at, log.server_id,
  coalesce(nullif(log.server_name, ''), servers.name, '') as server_name, servers.service_id, log.tool, log.method,
  log.status, log.status_code, log.error_code, log.duration_ms, log.door, log.via, log.user_id,
  coalesce(log.username, users.username) as username, log.credential_id, keys.name as credential_name, log.session_id,
  log.plan_id, log.node_id, log.approval_id, log.rule, log.ip, log.user_agent, log.request_id, log.request_bytes,
  log.response_bytes, log.artifacts`;

const WITH_NAMES = `
  left join servers on servers.id = log.server_id
  left join users on users.id = log.user_id
  left join api_keys keys on keys.id = log.credential_id`;

@Injectable()
export class RequestsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Newest first, behind a place or after so many. What no index finds is looked for in so many lines and not in all.
   * @returns with less than `limit` of them, where the next look begins; undefined at the end of the log
   */
  async list(
    of: RequestsOf,
    filter: RequestFilter,
    { after, skip = 0, limit }: { after?: RequestPlace | undefined; skip?: number; limit: number },
  ): Promise<{ found: LoggedRequest[]; behind?: RequestPlace }> {
    const look = lookFor(of, await this.withServers(of, filter), after);
    // What is skipped is read from the index alone; names are looked up for what is shown.
    const { values } = look;
    const rows = await this.database.sql<Row>(
      `select ${LISTED}
       from (select id from (${look.seen}) seen where ${look.wanted}
             order by ${NEWEST_FIRST} limit $${values.push(limit)} offset $${values.push(skip)}) page
       join request_log log using (id) ${WITH_NAMES}
       order by log.started_at desc, log.id desc`,
      values,
    );
    const found = rows.map(toRequest);
    if (rows.length === limit || !look.isBounded) return { found };
    const behind = await this.findEdge(look);
    return { found, ...(behind && { behind }) };
  }

  /** @returns `more`: there may be more of them than were counted */
  async count(of: RequestsOf, filter: RequestFilter): Promise<{ total: number; more: boolean }> {
    const look = lookFor(of, await this.withServers(of, filter), undefined);
    const { values } = look;
    const [row] = await this.database.sql<{ total: number }>(
      `select count(*)::int as total
       from (select 1 from (${look.seen}) seen where ${look.wanted} limit $${values.push(MOST_COUNTED + 1)}) counted`,
      values,
    );
    const total = row?.total ?? 0;
    if (total > MOST_COUNTED) return { total: MOST_COUNTED, more: true };
    return { total, more: look.isBounded && (await this.findEdge(look)) !== undefined };
  }

  /** The last line of a look, if it did not come to the end. */
  private async findEdge({ path, pathValues }: Look): Promise<RequestPlace | undefined> {
    const [edge] = await this.database.sql<RequestPlace>(
      `select started_at as at, id from request_log where ${path}
       order by ${NEWEST_FIRST} limit 1 offset ${LINES_AT_A_LOOK - 1}`,
      [...pathValues],
    );
    return edge;
  }

  /** A service is its servers. */
  private async withServers({ organizationId }: RequestsOf, filter: RequestFilter): Promise<ServerFilter> {
    const { serverId, ...rest } = filter;
    if (serverId === undefined) return rest;
    if (!serverId.startsWith('svc_')) return { ...rest, serverIds: [serverId] };
    const servers = await this.database.sql<{ id: string }>(
      'select id from servers where organization_id = $1 and service_id = $2',
      [organizationId, serverId],
    );
    return { ...rest, serverIds: servers.map(({ id }) => id) };
  }

  async find({ organizationId, userId }: RequestsOf, id: string): Promise<LoggedRequestDetails | undefined> {
    const [row] = await this.database.sql<DetailsRow>(
      `select ${LISTED}, log.request, log.response, log.truncated, log.error_message
       from request_log log ${WITH_NAMES}
       where log.id = $1 and log.organization_id = $2 and ($3::text is null or log.user_id = $3)`,
      [id, organizationId, userId ?? null],
    );
    if (!row) return undefined;
    const { request, response, truncated, error_message: errorMessage } = row;
    return { ...toRequest(row), request, response, truncated, errorMessage };
  }
}

const toRequest = (row: Row): LoggedRequest => ({
  id: row.id,
  at: row.at,
  server: { id: row.server_id, name: row.server_name },
  serviceId: row.service_id,
  tool: row.tool,
  method: row.method,
  status: row.status,
  statusCode: row.status_code,
  errorCode: row.error_code,
  durationMs: row.duration_ms,
  door: row.door,
  via: row.via,
  actor: row.username === null ? null : { id: row.user_id, name: row.username },
  credential: row.credential_id === null ? null : { id: row.credential_id, name: row.credential_name },
  sessionId: row.session_id,
  planId: row.plan_id,
  nodeId: row.node_id,
  approvalId: row.approval_id,
  rule: row.rule,
  ip: row.ip,
  userAgent: row.user_agent,
  requestId: row.request_id,
  requestBytes: row.request_bytes,
  responseBytes: row.response_bytes,
  artifacts: row.artifacts,
});
