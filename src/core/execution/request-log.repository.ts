import { Injectable } from '@nestjs/common';
import { copyLine, type CopyValue } from '../../platform/database/copy-line.js';
import { Database } from '../../platform/database/database.js';
import { storable } from '../../platform/database/kept-text.js';
import type { RedactedJson } from './redacted-json.js';
import type { RequestLogRow } from './request-log-row.js';

const MOST_CHARACTERS = 2_000;

/** Of a row, without secrets. */
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

type Column = keyof typeof COLUMNS;
/** A row as it is stored. */
export type StoredRow = Readonly<Record<Column, CopyValue>>;

const NAMES = Object.keys(COLUMNS) as Column[];
const LIST = NAMES.join(', ');

const COPY = `copy request_log (${LIST}) from stdin`;

const REPLACE = `
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

  /** New ones. @param lines of `toLine` */
  async add(lines: Buffer): Promise<void> {
    await this.database.copy(COPY, lines);
  }

  /** Those that waited for an approval are written anew; any other stays as it is. @param rows no id twice */
  async replace(rows: readonly StoredRow[]): Promise<void> {
    await this.database.sql(REPLACE, [`[${rows.map(toJson).join(',')}]`], 'request-log-replace');
  }
}

export const toLine = (row: StoredRow): string => copyLine(NAMES.map((name) => row[name]));

/** Its bodies are JSON already, and put in as they are. */
const toJson = ({ request, response, ...columns }: StoredRow): string =>
  `${JSON.stringify(columns).slice(0, -1)},"request":${String(request)},"response":${String(response)}}`;

/** What is stored of a row. @param scrub takes out what is secret by its form */
export function toStored(row: RequestLogRow, { request, response }: StoredBodies, scrub: Scrub): StoredRow {
  return {
    id: row.id,
    organization_id: row.organizationId,
    user_id: row.userId,
    username: row.username,
    credential_id: row.credentialId,
    via: row.via,
    door: row.door,
    session_id: row.sessionId,
    plan_id: row.planId,
    node_id: row.nodeId,
    approval_id: row.approvalId,
    server_id: row.serverId,
    server_name: storable(row.serverName),
    tool: storable(row.tool.slice(0, MOST_CHARACTERS)),
    method: row.method,
    pin: row.pin,
    status: row.status,
    status_code: row.statusCode,
    error_code: row.errorCode,
    error_message: row.errorMessage === null ? null : storable(scrub(row.errorMessage.slice(0, MOST_CHARACTERS))),
    rule: row.rule,
    request_bytes: row.requestBytes,
    response_bytes: row.responseBytes,
    artifacts: row.artifacts,
    duration_ms: Math.round(row.durationMs),
    started_at: row.startedAt,
    ip: row.ip,
    user_agent: row.userAgent === null ? null : storable(scrub(row.userAgent.slice(0, MOST_CHARACTERS))),
    request_id: row.requestId,
    trace_id: row.traceId,
    truncated: request.truncated || response.truncated,
    request: request.json,
    response: response.json,
  };
}

type Scrub = (text: string) => string;
