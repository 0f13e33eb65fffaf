import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { type RedactedJson, storable } from './redacted-json.js';
import type { RequestLogRow } from './request-log-row.js';

const MOST_CHARACTERS = 2_000;

/** A row as it is stored: its text ready, its bodies without secrets. */
export interface StoredBodies {
  request: RedactedJson;
  response: RedactedJson;
}

/** The name of each column in the JSON that brings it, and its type. */
const COLUMNS = {
  id: 'text',
  organization_id: 'text',
  user_id: 'text',
  username: 'text',
  credential_id: 'text',
  via: 'text',
  door: 'text',
  session_id: 'text',
  plan_id: 'text',
  node_id: 'text',
  approval_id: 'text',
  server_id: 'text',
  server_name: 'text',
  tool: 'text',
  method: 'text',
  pin: 'text',
  status: 'text',
  status_code: 'integer',
  error_code: 'text',
  error_message: 'text',
  rule: 'text',
  request_bytes: 'integer',
  response_bytes: 'integer',
  artifacts: 'integer',
  duration_ms: 'integer',
  started_at: 'timestamptz',
  ip: 'text',
  user_agent: 'text',
  request_id: 'text',
  trace_id: 'text',
  truncated: 'boolean',
  request: 'json',
  response: 'json',
} as const;

const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];
const LIST = NAMES.join(', ');

const INSERT = `
  insert into request_log (${LIST})
  select ${LIST} from json_to_recordset($1::json)
    as row (${NAMES.map((name) => `${name} ${COLUMNS[name]}`).join(', ')})
  on conflict (id) do update set
    ${NAMES.filter((name) => name !== 'id' && name !== 'started_at')
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}
  where request_log.status = 'approval_required'`;

@Injectable()
export class RequestLogRepository {
  constructor(private readonly database: Database) {}

  /** A row that waited for an approval is written anew; any other stays as it is. @param rows of `toRowText`; no id twice */
  async add(rows: readonly string[]): Promise<void> {
    await this.database.sql(INSERT, [`[${rows.join(',')}]`], 'request-log-insert');
  }
}

/** JSON of a row, without what is null; its bodies, which are JSON already, are put in as they are. */
export function toRowText(row: RequestLogRow, { request, response }: StoredBodies, scrub: Scrub): string {
  const columns: Omit<Record<keyof typeof COLUMNS, unknown>, 'request' | 'response'> = {
    id: row.id,
    organization_id: row.organizationId,
    user_id: row.userId,
    username: row.username ?? undefined,
    credential_id: row.credentialId ?? undefined,
    via: row.via ?? undefined,
    door: row.door,
    session_id: row.sessionId ?? undefined,
    plan_id: row.planId ?? undefined,
    node_id: row.nodeId ?? undefined,
    approval_id: row.approvalId ?? undefined,
    server_id: row.serverId,
    server_name: storable(row.serverName),
    tool: storable(row.tool.slice(0, MOST_CHARACTERS)),
    method: row.method,
    pin: row.pin ?? undefined,
    status: row.status,
    status_code: row.statusCode,
    error_code: row.errorCode ?? undefined,
    error_message: row.errorMessage === null ? undefined : storable(scrub(row.errorMessage.slice(0, MOST_CHARACTERS))),
    rule: row.rule ?? undefined,
    request_bytes: row.requestBytes,
    response_bytes: row.responseBytes,
    artifacts: row.artifacts,
    duration_ms: Math.round(row.durationMs),
    started_at: row.startedAt,
    ip: row.ip ?? undefined,
    user_agent: row.userAgent === null ? undefined : storable(scrub(row.userAgent.slice(0, MOST_CHARACTERS))),
    request_id: row.requestId ?? undefined,
    trace_id: row.traceId ?? undefined,
    truncated: request.truncated || response.truncated,
  };
  return `${JSON.stringify(columns).slice(0, -1)},"request":${request.json ?? 'null'},"response":${response.json ?? 'null'}}`;
}

type Scrub = (text: string) => string;
