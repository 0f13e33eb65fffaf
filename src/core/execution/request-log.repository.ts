import { Injectable } from '@nestjs/common';
import type { CopyValue } from '../../platform/database/copy-line.js';
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
/** A row as it is stored: a value for each column, in their order. */
export type StoredRow = readonly CopyValue[];

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

  /** New ones. @param lines of rows, as `copyLine` writes them */
  async add(lines: Buffer): Promise<void> {
    await this.database.copy(COPY, lines);
  }

  /** Those that waited for an approval are written anew; any other stays as it is. @param rows no id twice */
  async replace(rows: readonly StoredRow[]): Promise<void> {
    await this.database.sql(REPLACE, [`[${rows.map(toJson).join(',')}]`], 'request-log-replace');
  }
}

/** Its bodies are JSON already, and put in as they are. */
const toJson = (row: StoredRow): string =>
  `{${NAMES.map((name, at) => `"${name}":${COLUMNS[name] === 'json' ? String(row[at]) : JSON.stringify(row[at])}`).join(',')}}`;

/** What is stored of a row, in the order of the columns. @param scrub takes out what is secret by its form */
export function toStored(row: RequestLogRow, { request, response }: StoredBodies, scrub: Scrub): StoredRow {
  return [
    row.id,
    row.organizationId,
    row.userId,
    row.username,
    row.credentialId,
    row.via,
    row.door,
    row.sessionId,
    row.planId,
    row.nodeId,
    row.approvalId,
    row.serverId,
    storable(row.serverName),
    storable(row.tool.slice(0, MOST_CHARACTERS)),
    row.method,
    row.pin,
    row.status,
    row.statusCode,
    row.errorCode,
    row.errorMessage === null ? null : storable(scrub.text(row.errorMessage.slice(0, MOST_CHARACTERS))),
    row.rule,
    row.requestBytes,
    row.responseBytes,
    row.artifacts,
    Math.round(row.durationMs),
    row.startedAt,
    row.ip,
    row.userAgent === null ? null : storable(scrub.agent(row.userAgent.slice(0, MOST_CHARACTERS))),
    row.requestId,
    row.traceId,
    request.truncated || response.truncated,
    request.json,
    response.json,
  ];
}

/** The same twice; the second for texts of which there are few. */
interface Scrub {
  text: (text: string) => string;
  agent: (text: string) => string;
}
