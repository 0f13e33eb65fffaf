import { RequestLog } from '../../src/core/execution/request-log.js';
import { Database } from '../../src/platform/database/database.js';
import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { Statements } from '../support/statements.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

let app: TestApp;
let upstream: ScriptedUpstream;
let statements: Statements;
let owner: Person;
let serverId: string;
let apiKey: string;

beforeAll(async () => {
  statements = new Statements();
  [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
  owner = await app.signIn();
  serverId = (await app.addServer(owner, upstream.url, { approval_policy: 'auto_approve' })).id;
  const made = await owner.call<{ api_key: { key: string } }>('POST', '/user/api-keys', {
    name: 'Executes',
    scopes: ['mcp:execute', 'mcp:read'],
  });
  apiKey = made.body.api_key.key;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await upstream.close();
  statements.stop();
});

const execute = <Body = { data: { result: unknown } }>(
  tool: string,
  parameters: object,
  { requestId, headers = {}, ...more }: { requestId?: string; headers?: Record<string, string>; timeout?: number } = {},
) =>
  app.api<Body>('POST', '/v1/mcp/execute/tool', {
    headers: {
      authorization: `ApiKey ${apiKey}`,
      ...(requestId !== undefined && { 'x-request-id': requestId }),
      ...headers,
    },
    body: { serviceId: serverId, toolName: tool, parameters, ...more },
  });

const rows = async (where: string, values: unknown[] = []) => {
  await app.get(RequestLog).flush();
  return app
    .get(Database)
    .sql<Record<string, unknown>>(`select * from request_log where ${where} order by started_at, id`, values);
};

test('a warm call asks the database nothing', async () => {
  for (let index = 0; index < 3; index += 1) await execute('read', { label: 'warm' });
  const counted: string[][] = [];
  for (let index = 0; index < 200; index += 1) {
    expect((await execute('read', { label: 'warm' }, { requestId: `warm-${index}` })).status).toBe(200);
    counted.push([...statements.of(`warm-${index}`)]);
  }
  expect(counted.flat()).toEqual([]);
});

test('each call is one row of the log, also one that was refused or failed, with who asked and how', async () => {
  const from = new Date();
  await execute('write', { label: 'logged', text: 'x' }, { requestId: 'row-1' });
  await execute('fail', {}, { requestId: 'row-2' });
  await execute('read', { rows: 'many' }, { requestId: 'row-3' });
  await execute('no_such_tool', {}, { requestId: 'row-4' });
  const found = await rows('started_at >= $1', [from]);
  expect(found.map(({ request_id, status, status_code, tool }) => [request_id, status, status_code, tool])).toEqual([
    ['row-1', 'succeeded', 200, 'write'],
    ['row-2', 'failed', 500, 'fail'],
    ['row-3', 'refused', 400, 'read'],
    ['row-4', 'refused', 404, 'no_such_tool'],
  ]);
  for (const row of found) {
    expect(row).toMatchObject({
      door: 'rest',
      via: 'api_key',
      credential_id: expect.stringMatching(/^key_/) as string,
      user_id: owner.user.id,
      ip: '127.0.0.1',
      server_id: serverId,
    });
  }
  expect(found[0]).toMatchObject({ rule: 'this server runs without asking' });
});
