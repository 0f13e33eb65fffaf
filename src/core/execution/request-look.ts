import { isId } from '../../platform/ids.js';
import { FIRST_ERROR_STATUS } from './request-log-row.js';
import type { RequestFilter, RequestPlace, RequestsOf } from './requests.js';

/** How many lines one look goes through for what no index finds. */
export const LINES_AT_A_LOOK = 10_000;

export const NEWEST_FIRST = 'started_at desc, id desc';

export interface ServerFilter extends Omit<RequestFilter, 'serverId'> {
  serverIds?: readonly string[];
}

/** A look into the log that costs the same however long the log is, as SQL. */
export interface Look {
  /** Goes along one index, newest first. */
  path: string;
  pathValues: readonly unknown[];
  /** The lines that are looked at; sorted only where they are bounded. */
  seen: string;
  /** Which of them. */
  wanted: string;
  values: unknown[];
  /** Only some of the lines are looked at. */
  isBounded: boolean;
}

interface Condition {
  sql: (place: (value: unknown) => string) => string;
  /** Read for it; those that are in an index are read from there. */
  columns: readonly string[];
  /** Whether an index leads along it. */
  isPath: boolean;
}

/** What words are looked for in. */
const NAMES = ['tool', 'server_name', 'username', 'error_code', 'error_message'] as const;

/** Whole ids are found wherever they are. */
const ID_COLUMNS = [
  ['log', 'id'],
  ['session', 'session_id'],
  ['apr', 'approval_id'],
] as const;

/** Clocks of two processes. */
const BEFORE_MS = 60_000;
/** A plan of many calls may be one request. */
const LONGEST_REQUEST_MS = 3_600_000;

/** Written out for what is asked, so that the planner sees which index serves: one, by what tells lines apart the most. */
export function lookFor(of: RequestsOf, asked: ServerFilter, after: RequestPlace | undefined): Look {
  const filter = narrowed(asked);
  const conditions = conditionsOf(of, filter);
  const lead = conditions.find(({ isPath }) => isPath);
  const rest = conditions.filter((condition) => condition !== lead);
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const along = [`organization_id = ${place(of.organizationId)}`, ...(lead ? [lead.sql(place)] : [])];
  if (filter.from) along.push(`started_at >= ${place(filter.from)}`);
  if (filter.to) along.push(`started_at < ${place(filter.to)}`);
  if (after) along.push(`(started_at, id) < (${place(after.at)}, ${place(after.id)})`);
  const path = along.join(' and ');
  const pathValues = [...values];
  const isBounded = rest.length > 0;
  const columns = new Set(['id', 'started_at', ...rest.flatMap((condition) => condition.columns)]);
  // Without a bound, who asks sorts and limits: a sorted subquery is planned as if all of it were read.
  const bound = isBounded ? ` order by ${NEWEST_FIRST} limit ${LINES_AT_A_LOOK}` : '';
  return {
    path,
    pathValues,
    seen: `select ${[...columns].join(', ')} from request_log where ${path}${bound}`,
    wanted: isBounded ? rest.map(({ sql }) => sql(place)).join(' and ') : 'true',
    values,
    isBounded,
  };
}

/** Those first that leave the fewest lines. */
function conditionsOf(of: RequestsOf, filter: ServerFilter): Condition[] {
  const { serverIds, search, status } = filter;
  const conditions: Condition[] = [];
  const add = (column: string, value: unknown, { isPath }: { isPath: boolean }) => {
    if (value === undefined) return;
    conditions.push({ sql: (place) => `${column} = ${place(value)}`, columns: [column], isPath });
  };
  const kind = ID_COLUMNS.find(([kindOfId]) => search !== undefined && isId(kindOfId, search));
  if (kind) add(kind[1], search, { isPath: true });
  add('tool', filter.tool, { isPath: true });
  if (serverIds?.length === 1) add('server_id', serverIds[0], { isPath: true });
  else if (serverIds) {
    const sql: Condition['sql'] = (place) => `server_id = any (${place(serverIds)}::text[])`;
    conditions.push({ sql, columns: ['server_id'], isPath: false });
  }
  add('user_id', filter.actorId, { isPath: true });
  add('user_id', of.userId, { isPath: true });
  if (status === 'error' || status === 'success') conditions.push(byOutcome(status));
  else add('status', status, { isPath: false });
  add('door', filter.door, { isPath: false });
  if (search && !kind) conditions.push(byWords(search));
  return conditions;
}

const byOutcome = (status: 'error' | 'success'): Condition => ({
  sql: () => `status_code ${status === 'error' ? '>=' : '<'} ${FIRST_ERROR_STATUS}`,
  columns: ['status_code'],
  isPath: status === 'error',
});

const byWords = (search: string): Condition => ({
  sql: (place) =>
    `(concat_ws(e'\\n', ${NAMES.join(', ')}) ilike ${place(`%${search.replace(/[\\%_]/g, '\\$&')}%`)}
      or request_id = ${place(search)})`,
  columns: [...NAMES, 'request_id'],
  isPath: false,
});

/** Ids of requests tell when they were made: no index needs to have them. */
function narrowed(filter: ServerFilter): ServerFilter {
  const { search = '', from, to } = filter;
  if (!isId('req', search)) return filter;
  const at = Number.parseInt(search.slice('req_'.length, 'req_'.length + 12), 16);
  const [first, last] = [at - BEFORE_MS, at + LONGEST_REQUEST_MS];
  return {
    ...filter,
    from: new Date(Math.max(first, from?.getTime() ?? first)),
    to: new Date(Math.min(last, to?.getTime() ?? last)),
  };
}
