import { z } from 'zod';
import { RequestLog } from '../../../src/core/execution/request-log.js';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

/** As the document prints a log. */
const printed = {
  id: z.string().startsWith('log_'),
  serviceId: z.string(),
  serviceName: z.string(),
  operation: z.string(),
  status: z.enum(['success', 'error']),
  statusCode: z.int(),
  durationMs: z.int().min(0),
  createdAt: z.iso.datetime(),
  ipAddress: z.string(),
  userAgent: z.string(),
};
const Pagination = z.strictObject({ total: z.int(), page: z.int(), limit: z.int(), pages: z.int() });
const Logs = z.strictObject({
  success: z.literal(true),
  data: z.strictObject({ logs: z.array(z.strictObject(printed)) }),
  meta: z.strictObject({ pagination: Pagination }),
});
const Details = z.strictObject({
  success: z.literal(true),
  data: z.strictObject({
    log: z.looseObject({
      ...printed,
      request: z.strictObject({ serviceId: z.string(), toolName: z.string(), parameters: z.unknown() }),
      response: z.strictObject({ result: z.unknown(), executionTime: z.number() }),
    }),
  }),
  meta: z.strictObject({}),
});
const Refusal = z.looseObject({ success: z.literal(false), error: z.looseObject({ code: z.string() }) });

chapter('platform-logs', 'Request logs', (holds) => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let client: Client;
  let person: Person;
  let serviceId: string;

  beforeAll(async () => {
    [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
    client = new Client(app.url);
    person = await app.signIn();
    serviceId = (await app.addServer(person, upstream.url, { approval_policy: 'auto_approve' })).id;
    for (const [toolName, parameters] of [
      ['read', { label: 'a', rows: 1 }],
      ['fail', {}],
      ['erase', {}],
    ] as const) {
      const body = { serviceId, toolName, parameters };
      await client.callAt('POST', '/v1/mcp/execute/tool', { token: person.token, body });
    }
    await app.get(RequestLog).flush();
  });
  afterAll(async () => {
    await app.stop();
    await upstream.close();
  });

  const get = (path: string, { token } = person) => client.callAt('GET', `/v1/logs/requests${path}`, { token });
  const list = (query = '') => client.expect(200, Logs, get(query));
  const refused = async (status: number, code: string, answer: ReturnType<typeof get>) =>
    expect((await client.expect(status, Refusal, answer)).error.code).toBe(code);

  const LIST = 'Logging API, List Request Logs';
  holds(LIST, 'GET /logs/requests answers one log for each call, newest first, with meta.pagination', async () => {
    const { data, meta } = await list();
    expect(data.logs.map(({ operation, status, statusCode }) => [operation, status, statusCode])).toEqual([
      ['erase', 'success', 200],
      ['fail', 'error', 500],
      ['read', 'success', 200],
    ]);
    expect(data.logs[0]).toMatchObject({ serviceId, ipAddress: '127.0.0.1', userAgent: expect.any(String) as string });
    expect(meta.pagination).toEqual({ total: 3, page: 1, limit: 20, pages: 1 });
  });
  holds(LIST, '?page and ?limit choose a page', async () => {
    const { data, meta } = await list('?page=2&limit=2');
    expect(data.logs.map(({ operation }) => operation)).toEqual(['read']);
    expect(meta.pagination).toEqual({ total: 3, page: 2, limit: 2, pages: 2 });
  });
  holds(LIST, '?serviceId, ?status, ?startDate and ?endDate choose logs', async () => {
    const count = async (query: string) => (await list(query)).meta.pagination.total;
    expect(await count(`?serviceId=${serviceId}&status=success`)).toBe(2);
    expect(await count('?status=error')).toBe(1);
    expect(await count('?serviceId=svc_123456')).toBe(0);
    const [newest] = (await list('?limit=1')).data.logs;
    const at = newest?.createdAt ?? '';
    expect(await count(`?startDate=${at}&endDate=${at}`)).toBeGreaterThanOrEqual(1);
    expect(await count(`?startDate=${at.slice(0, 10)}&endDate=${at.slice(0, 10)}`)).toBe(3);
    expect(await count('?endDate=2023-07-01T14:35:22Z')).toBe(0);
    expect(await count('?startDate=2123-07-01')).toBe(0);
  });
  holds(LIST, 'a wrong date, status, page or limit is 400 VALIDATION_ERROR', async () => {
    for (const query of ['startDate=yesterday', 'endDate=2023-13-45', 'status=maybe', 'page=0', 'limit=101']) {
      await refused(400, 'VALIDATION_ERROR', get(`?${query}`));
    }
  });
  holds(LIST, 'GET /logs/requests without a token is 401 AUTH_TOKEN_INVALID', async () => {
    await refused(401, 'AUTH_TOKEN_INVALID', client.callAt('GET', '/v1/logs/requests'));
  });

  const ONE = 'Logging API, Get Request Log Details';
  holds(ONE, 'GET /logs/requests/{logId} answers the log with its request and response', async () => {
    const listed = (await list()).data.logs.at(-1);
    const { data } = await client.expect(200, Details, get(`/${listed?.id}`));
    expect(data.log).toMatchObject({
      ...listed,
      request: { serviceId, toolName: 'read', parameters: { label: 'a', rows: 1 } },
      response: { result: { label: 'a', rows: [{ id: 1, name: 'row 1' }] } },
    });
  });
  holds(ONE, 'a log that is not there, and one of somebody else, are the same 404 RESOURCE_NOT_FOUND', async () => {
    const [mine] = (await list()).data.logs;
    const stranger = await app.signIn();
    await refused(404, 'RESOURCE_NOT_FOUND', get(`/${mine?.id}`, stranger));
    await refused(404, 'RESOURCE_NOT_FOUND', get('/log_123456'));
  });
});
