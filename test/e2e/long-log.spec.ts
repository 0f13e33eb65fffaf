import { Database } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/ids.js';
import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { Organizations } from '../support/organizations.js';

/** `REQUEST_LOG_ROWS=1000000` tells how long each page takes of a log of that length. */
const ROWS = Number(process.env.REQUEST_LOG_ROWS ?? 25_000);
const LOOKED_AT = 10_000;
/** No statement may take long. */
const SLICE = 25_000;

interface Listed {
  requests: { id: string; tool: string; status: string }[];
  next?: string;
}
interface Counted {
  data: { logs: { id: string }[] };
  meta: { pagination: { total: number; pages: number; more?: true } };
}

let app: TestApp;
let ada: Person;
let ben: Person;
const [server, service, session, approval] = [newId('mcp'), newId('svc'), newId('session'), newId('apr')];
const [oldest, request] = [newId('log'), newId('req', Date.now() - ROWS * 1_000)];
const times: string[] = [];

/** One line a second, of 40 tools of 5 servers; the oldest of all is like no other. */
async function fill(): Promise<void> {
  const database = app.get(Database);
  const [organization] = await database.sql<{ id: string }>(
    'select organization_id as id from memberships where user_id = $1',
    [ada.user.id],
  );
  const now = new Date();
  for (let first = 1; first <= ROWS; first += SLICE) {
    await database.sql(
      `insert into request_log (id, organization_id, user_id, username, via, door, session_id, approval_id, server_id,
       server_name, tool, status, status_code, error_code, error_message, request_bytes, response_bytes, artifacts,
       duration_ms, started_at, request_id, request, response)
     select case when row = $2 then $3 else 'log_' || md5(row::text) end, $1, case when row % 10 = 3 then $5 else $4 end,
       'ada', 'access_token', 'rest', case when row = $2 then $6 end, case when row = $2 then $7 end,
       case when row = $2 then $8 else 'mcp_' || row % 5 end, 'Server ' || row % 5,
       case when row = $2 then 'needle_tool' else 'tool_' || row % 40 end,
       case when row % 50 = 0 then 'failed' else 'succeeded' end, case when row % 50 = 0 then 500 else 200 end,
       case when row % 50 = 0 then 'TOOL_FAILED' end, case when row % 50 = 0 then 'It cannot be done: ' || md5(row::text) end,
       100, 900, 0, 12, $10::timestamptz - row * interval '1 second', case when row = $2 then $9 else 'req_' || md5(row::text) end,
       json_build_object('text', repeat(md5(row::text), 3)), json_build_object('text', repeat(md5(row::text), 25))
     from generate_series($11::int, $12::int) as row`,
      [
        organization?.id,
        ROWS,
        oldest,
        ada.user.id,
        ben.user.id,
        session,
        approval,
        server,
        request,
        now,
        first,
        Math.min(ROWS, first + SLICE - 1),
      ],
    );
  }
  await database.sql('vacuum analyze request_log');
}

async function timed<Body>(what: string, path: string, by = ada): Promise<Body> {
  const began = performance.now();
  const { status, body } = await app.api<Body>('GET', path, { token: by.token });
  times.push(`${(performance.now() - began).toFixed(1).padStart(8)} ms  ${what}`);
  expect([path, status]).toEqual([path, 200]);
  return body;
}
const list = (query: string, by?: Person) => timed<Listed>(`client ${query}`, `/api/v1/requests?${query}`, by);
const logs = (query: string, by?: Person) => timed<Counted>(`platform ${query}`, `/v1/logs/requests?${query}`, by);

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.signIn();
  ben = await new Organizations(app).join(ada, 'developer');
  await fill();
}, 600_000);
afterAll(async () => {
  if (process.env.REQUEST_LOG_ROWS) process.stdout.write(`${times.join('\n')}\n`);
  await app.stop();
});

test('a page is full at once where an index leads, wherever in the log it is', async () => {
  for (const query of [
    '',
    'tool=tool_7',
    'server_id=mcp_3',
    'status=error',
    `actor=${ben.user.id}`,
    'status=success',
  ]) {
    expect([query, (await list(query)).requests.length]).toEqual([query, 50]);
  }
  const far = new Date(Date.now() - ROWS * 900).toISOString();
  expect((await list(`to=${far}`)).requests).toHaveLength(50);
  expect((await list(`tool=tool_7&status=error`)).requests).toEqual([]);
  expect((await list('page=200')).requests).toHaveLength(50);
  expect(await list('page=201')).toEqual({ requests: [] });
  expect((await list('', ben)).requests).toHaveLength(50);
  expect((await list('tool=needle_tool')).requests).toMatchObject([{ id: oldest }]);
  expect((await list(`server_id=${server}`)).requests).toMatchObject([{ id: oldest }]);
});

test('a whole id is found wherever it is', async () => {
  for (const id of [oldest, session, approval, request]) {
    expect([id, (await list(`q=${id}`)).requests]).toMatchObject([id, [{ id: oldest }]]);
  }
  expect((await list(`q=${newId('session')}`)).requests).toEqual([]);
  expect(await list(`q=${oldest}`, ben)).toEqual({ requests: [] });
});

test('words are looked for in a part of the log at a time, until its end', async () => {
  expect((await list('q=TOOL_7')).requests).toHaveLength(50);
  let page = await list('q=needle');
  let pages = 1;
  for (; page.requests.length === 0 && page.next; pages += 1) page = await list(`q=needle&page=${page.next}`);
  expect(page.requests).toMatchObject([{ id: oldest }]);
  expect(pages).toBe(Math.ceil(ROWS / LOOKED_AT));
  if (page.next) expect(await list(`q=needle&page=${page.next}`)).toEqual({ requests: [] });
  const none = await list('status=lost&door=session');
  expect([none.requests, typeof none.next]).toEqual([[], 'string']);
});

test('the Platform API counts as far as somebody would turn pages, and says when there may be more', async () => {
  const all = await logs('limit=100');
  expect(all.meta.pagination).toEqual({ total: 10_000, page: 1, limit: 100, pages: 100, more: true });
  expect((await logs('limit=100&page=100')).data.logs).toHaveLength(100);
  expect((await logs('limit=100&page=101')).data.logs).toEqual([]);
  const until = new Date(Date.now() - (ROWS - 500) * 1_000).toISOString();
  const few = await logs(`endDate=${until}`);
  expect(few.meta.pagination.more).toBeUndefined();
  expect(few.meta.pagination.total).toBeGreaterThan(400);
  expect((await logs(`serviceId=${server}`)).meta.pagination).toMatchObject({ total: 1, pages: 1 });
  expect((await logs(`serviceId=${service}`)).meta.pagination.total).toBe(0);
  await logs('status=error');
  await logs('status=success&serviceId=mcp_2');
  await logs('status=error&serviceId=mcp_2');
  await logs('', ben);
});
