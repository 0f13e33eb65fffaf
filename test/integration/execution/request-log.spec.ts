import { RequestLog } from '../../../src/core/execution/request-log.js';
import { RequestLogRepository } from '../../../src/core/execution/request-log.repository.js';
import { type RequestLogRow, statusCodeOf } from '../../../src/core/execution/request-log-row.js';
import { readConfig } from '../../../src/platform/config/config.js';
import { Database } from '../../../src/platform/database/database.js';
import { newId } from '../../../src/platform/ids.js';
import { createLogger } from '../../../src/platform/logging/logger.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { openDatabase, type OpenDatabase } from '../../../src/start/open-database.js';
import { toUrl } from '../../support/chaos/database-url.js';
import { createTestDatabase, type TestDatabase } from '../../support/databases.js';

describe('the request log', () => {
  const logger = createLogger(readConfig({ LOG_LEVEL: 'silent' }).log);
  let place: TestDatabase;
  let opened: OpenDatabase;
  let database: Database;

  beforeAll(async () => {
    place = await createTestDatabase();
    opened = await openDatabase(readConfig({ NODE_ENV: 'test', DATABASE_URL: toUrl(place.connection) }), logger);
    database = new Database(opened.dataSource);
  });
  afterAll(async () => {
    await opened.close();
    await place.drop();
  });

  function openLog(settings: Record<string, string> = {}, through = database) {
    const metrics = new Metrics();
    const log = new RequestLog(new RequestLogRepository(through), readConfig(settings), metrics, logger);
    return { log, metrics };
  }

  const find = async (id: string) => (await database.sql('select * from request_log where id = $1', [id]))[0];

  it('keeps who asked for what, and what came back, without secrets', async () => {
    const { log } = openLog();
    const row = aRow({
      request: { query: 'x', apiKey: 'hush' },
      response: { content: [{ type: 'text', text: 'fine' }] },
    });
    log.record(row);
    await log.flush();
    expect(await find(row.id)).toMatchObject({
      username: 'ada',
      credential_id: 'key_1',
      door: 'rest',
      server_name: 'A server',
      tool: 'search',
      status: 'succeeded',
      status_code: 200,
      started_at: row.startedAt,
      request: { query: 'x', apiKey: '[redacted]' },
      response: { content: [{ type: 'text', text: 'fine' }] },
      truncated: false,
    });
  });

  it('gathers what comes while rows are being written, and writes it together the next time', async () => {
    const batches: number[] = [];
    class Watched extends RequestLogRepository {
      override async add(lines: Buffer): Promise<void> {
        batches.push(lines.toString().trimEnd().split('\n').length);
        if (batches.length === 1) for (let count = 0; count < 5; count += 1) log.record(aRow());
        await super.add(lines);
      }
    }
    const log = new RequestLog(new Watched(database), readConfig({}), new Metrics(), logger);
    log.record(aRow());
    await log.flush();
    expect(batches).toEqual([1]);
    await log.flush();
    expect(batches).toEqual([1, 5]);
  });

  it('writes a row that waited for an approval anew, and no other', async () => {
    const { log } = openLog();
    const waiting = aRow({ status: 'approval_required', statusCode: 202, approvalId: 'apr_1' });
    log.record(waiting);
    await log.flush();
    log.record({ ...waiting, status: 'failed', statusCode: 500, response: { content: [] } });
    await log.flush();
    log.record({ ...waiting, status: 'succeeded', statusCode: 200 });
    await log.flush();
    expect(await find(waiting.id)).toMatchObject({
      status: 'failed',
      approval_id: 'apr_1',
      started_at: waiting.startedAt,
    });
  });

  it('keeps one row where the same call is told twice at once', async () => {
    const { log } = openLog();
    const row = aRow({ status: 'approval_required', approvalId: 'apr_1' });
    log.record(row);
    log.record({ ...row, status: 'succeeded' });
    await log.flush();
    expect(await find(row.id)).toMatchObject({ status: 'succeeded' });
  });

  it('keeps what was told inside a transaction that came to nothing', async () => {
    const { log } = openLog();
    const rows = Array.from({ length: 500 }, () => aRow());
    const nothing = database.transaction(async () => {
      for (const row of rows) log.record(row);
      throw new Error('Nothing of it.');
    });
    await expect(nothing).rejects.toThrow('Nothing of it.');
    await log.flush();
    expect(await find(rows[0]?.id ?? '')).toBeDefined();
  });

  it('stores texts that Postgres does not take', async () => {
    const { log } = openLog();
    const row = aRow({ tool: 'a\0b', errorMessage: '\ud800', request: { text: '\0', '\udfff': 1 }, userAgent: '\0' });
    log.record(row);
    await log.flush();
    expect(await find(row.id)).toMatchObject({ tool: 'a\ufffdb', request: { text: '\ufffd', '\ufffd': 1 } });
  });

  it('keeps every character that ends a value or begins an escape elsewhere', async () => {
    const { log } = openLog();
    const text = 'a\tb\nc\r\nd\\e\\N\\.\u2028"';
    const row = aRow({ serverName: '\\N', tool: '\\.', errorMessage: text, username: '', request: { [text]: text } });
    log.record(row);
    await log.flush();
    expect(await find(row.id)).toMatchObject({
      server_name: '\\N',
      tool: '\\.',
      error_message: text,
      username: '',
      trace_id: null,
      request: { [text]: text },
    });
  });

  it('stores rows once where the database stored them and could not say so', async () => {
    let isDeaf = true;
    const deaf = Object.assign(Object.create(database) as Database, {
      copy: async (...given: Parameters<Database['copy']>) => {
        await database.copy(...given);
        if (isDeaf) throw new Error('Connection terminated');
      },
    });
    const { log, metrics } = openLog({}, deaf);
    const rows = [aRow(), aRow()];
    for (const row of rows) log.record(row);
    await log.flush();
    isDeaf = false;
    rows.push(aRow());
    log.record(rows[2] ?? aRow());
    await log.flush();
    const stored = await Promise.all(rows.map(async ({ id }) => (await find(id)) !== undefined));
    expect(stored).toEqual([true, true, true]);
    expect((await metrics.expose()).text).toContain('app_request_log_dropped_total 0');
  });

  it('loses the one row that the database refuses, and counts it', async () => {
    const { log, metrics } = openLog();
    const rows = [aRow(), aRow({ requestBytes: 2 ** 40, request: null }), aRow()];
    for (const row of rows) log.record(row);
    await log.flush();
    const stored = await Promise.all(rows.map(async ({ id }) => (await find(id)) !== undefined));
    expect(stored).toEqual([true, false, true]);
    expect((await metrics.expose()).text).toContain('app_request_log_dropped_total 1');
  });

  it('makes rows of what was told once nobody waits, and loses only one of which none can be made', async () => {
    const { log, metrics } = openLog();
    const [first, last] = [aRow(), aRow()];
    let made = 0;
    const make = (row: RequestLogRow) => () => {
      made += 1;
      return row;
    };
    log.tell(20, make(first));
    log.tell(20, () => {
      throw new Error('It cannot be read.');
    });
    log.tell(20, make(last));
    expect(made).toBe(0);
    await log.flush();
    expect([await find(first.id), await find(last.id)]).toEqual([expect.anything(), expect.anything()]);
    const { text } = await metrics.expose();
    expect(text).toContain('app_request_log_dropped_total 1');
    expect(text).toContain('app_request_log_waiting 0');
  });

  it('waits while the database is away, holds a bounded number of rows and counts what it drops', async () => {
    let isAway = true;
    const unsteady = Object.assign(Object.create(database) as Database, {
      copy: async (...given: Parameters<Database['copy']>) => {
        if (isAway) throw new Error('away');
        return database.copy(...given);
      },
    });
    const { log, metrics } = openLog({}, unsteady);
    const rows = Array.from({ length: 20_600 }, () => aRow({ request: null, response: null }));
    for (const row of rows) log.record(row);
    await log.flush();
    const { text } = await metrics.expose();
    expect(text).toContain('app_request_log_dropped_total 600');
    expect(text).toContain('app_request_log_waiting 20000');
    isAway = false;
    await log.flush();
    expect(await find(rows[19_999]?.id ?? '')).toBeDefined();
    expect((await metrics.expose()).text).toContain('app_request_log_waiting 0');
  });

  it('keeps no bodies where the settings say so, and lets them go where too many bytes wait', async () => {
    const without = openLog({ REQUEST_LOG_BODY_BYTES: '0' });
    const row = aRow();
    without.log.record(row);
    await without.log.flush();
    expect(await find(row.id)).toMatchObject({ request: null, response: null, request_bytes: 10 });

    const full = openLog();
    const [large, later] = [aRow({ responseBytes: 64 * 1024 * 1024 - 10 }), aRow()];
    full.log.record(large);
    full.log.record(later);
    await full.log.flush();
    expect(await find(large.id)).toMatchObject({ response: { content: [] } });
    expect(await find(later.id)).toMatchObject({ response: null });
    expect((await full.metrics.expose()).text).toContain('app_request_log_bodies_dropped_total 1');
  });

  it('writes what waits when the process stops', async () => {
    const { log } = openLog();
    const row = aRow();
    log.record(row);
    await log.onApplicationShutdown();
    expect(await find(row.id)).toBeDefined();
  });

  it('knows one HTTP status for every end of a call', () => {
    expect(statusCodeOf('succeeded', null)).toBe(200);
    expect(statusCodeOf('approval_required', 'APPROVAL_REQUIRED')).toBe(202);
    expect(statusCodeOf('not_sent', 'INVALID_ARGUMENTS')).toBe(400);
    expect(statusCodeOf('refused', 'TOOL_QUARANTINED')).toBe(409);
    expect(statusCodeOf('failed', 'TOOL_FAILED')).toBe(500);
    expect(statusCodeOf('timed_out', null)).toBe(504);
  });
});

function aRow(given: Partial<RequestLogRow> = {}): RequestLogRow {
  const startedAt = new Date('2026-03-01T10:00:00.123Z');
  return {
    id: newId('log', startedAt.getTime()),
    organizationId: 'org_1',
    userId: 'user_1',
    username: 'ada',
    credentialId: 'key_1',
    via: 'api_key',
    door: 'rest',
    sessionId: null,
    planId: null,
    nodeId: null,
    approvalId: null,
    serverId: 'mcp_1',
    serverName: 'A server',
    tool: 'search',
    method: 'tools/call',
    pin: null,
    status: 'succeeded',
    statusCode: 200,
    errorCode: null,
    errorMessage: null,
    rule: null,
    requestBytes: 10,
    responseBytes: 20,
    artifacts: 0,
    durationMs: 12.5,
    startedAt,
    ip: '192.0.2.1',
    userAgent: 'tests',
    requestId: 'req_1',
    traceId: null,
    request: { query: 'x' },
    response: { content: [] },
    ...given,
  };
}
