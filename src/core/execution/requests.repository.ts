import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Door } from '../approvals/approval-request.js';
import { FIRST_ERROR_STATUS, type RequestMethod, type RequestStatus } from './request-log-row.js';
import type { LoggedRequest, LoggedRequestDetails, RequestFilter, RequestPlace, RequestsOf } from './requests.js';

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

const NEWEST_FIRST = 'started_at desc, id desc';

@Injectable()
export class RequestsRepository {
  constructor(private readonly database: Database) {}

  /** Newest first, behind a place or after so many. */
  async list(
    of: RequestsOf,
    filter: RequestFilter,
    { after, skip = 0, limit }: { after?: RequestPlace | undefined; skip?: number; limit: number },
  ): Promise<LoggedRequest[]> {
    const { where, values } = conditions(of, filter);
    if (after) where.push(`(started_at, id) < ($${values.push(after.at)}, $${values.push(after.id)})`);
    // What is skipped is read from the index alone; names are looked up for what is shown.
    const rows = await this.database.sql<Row>(
      `select ${LISTED}
       from (select id from request_log where ${where.join(' and ')}
             order by ${NEWEST_FIRST} limit $${values.push(limit)} offset $${values.push(skip)}) page
       join request_log log using (id) ${WITH_NAMES}
       order by log.started_at desc, log.id desc`,
      values,
    );
    return rows.map(toRequest);
  }

  async count(of: RequestsOf, filter: RequestFilter): Promise<number> {
    const { where, values } = conditions(of, filter);
    const [row] = await this.database.sql<{ total: number }>(
      `select count(*)::int as total from request_log where ${where.join(' and ')}`,
      values,
    );
    return row?.total ?? 0;
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

/** Written out for what is asked, so that the planner sees which index serves. */
function conditions(of: RequestsOf, filter: RequestFilter) {
  const values: unknown[] = [];
  const where: string[] = [];
  const add = (value: unknown, condition: (place: string) => string) => {
    if (value !== undefined) where.push(condition(`$${values.push(value)}`));
  };
  add(of.organizationId, (place) => `organization_id = ${place}`);
  add(of.userId, (place) => `user_id = ${place}`);
  add(filter.actorId, (place) => `user_id = ${place}`);
  add(filter.serverId, (place) =>
    filter.serverId?.startsWith('svc_')
      ? `server_id in (select id from servers where organization_id = $1 and service_id = ${place})`
      : `server_id = ${place}`,
  );
  add(filter.tool, (place) => `tool = ${place}`);
  add(filter.door, (place) => `door = ${place}`);
  add(filter.from, (place) => `started_at >= ${place}`);
  add(filter.to, (place) => `started_at < ${place}`);
  add(filter.search && `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`, (place) => {
    const names = ['tool', 'server_name', 'username', 'error_code', 'error_message'].map(
      (name) => `${name} ilike ${place}`,
    );
    const ids = ['id', 'request_id', 'session_id', 'approval_id'].map((name) => `${name} = $${values.length + 1}`);
    return `(${[...names, ...ids].join(' or ')})`;
  });
  if (filter.search) values.push(filter.search);
  if (filter.status === 'error') where.push(`status_code >= ${FIRST_ERROR_STATUS}`);
  else if (filter.status === 'success') where.push(`status_code < ${FIRST_ERROR_STATUS}`);
  else add(filter.status, (place) => `status = ${place}`);
  return { where, values };
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
