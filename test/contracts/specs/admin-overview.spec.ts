import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { RequestLog } from '../../../src/core/execution/request-log.js';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { Organizations } from '../../support/organizations.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { Problem } from '../support/document.js';

const Entry = z.looseObject({ id: z.string().startsWith('act_'), at: z.iso.datetime(), action: z.string() });
const Logs = z.strictObject({
  items: z.array(Entry),
  total: z.int(),
  page: z.int(),
  page_size: z.int(),
  pages: z.int(),
});
const Day = z.strictObject({ date: z.iso.date(), succeeded: z.int(), failed: z.int() });
const Stats = z.looseObject({ days: z.array(Day), calls: z.array(Day) });
const Health = z.looseObject({ status: z.enum(['healthy', 'degraded', 'unhealthy']) });

chapter('admin-overview', 'Activity, dashboard, configuration and health', (holds) => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let client: Client;
  let ada: Person;
  let viewer: Person;

  beforeAll(async () => {
    [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
    client = new Client(app.url);
    ada = await app.signIn();
    viewer = await new Organizations(app).join(ada, 'viewer');
    const server = await app.addServer(ada, upstream.url, { approval_policy: 'auto_approve' });
    for (const toolName of ['erase', 'fail']) {
      const body = { serviceId: server.id, toolName, parameters: {} };
      await client.callAt('POST', '/v1/mcp/execute/tool', { token: ada.token, body });
    }
    await app.get(RequestLog).flush();
  });
  afterAll(async () => {
    await app.stop();
    await upstream.close();
  });

  const get = (path: string, { token } = ada) => client.callAt('GET', path, { token });
  const refused = async (status: number, answer: ReturnType<typeof get>) => client.expect(status, Problem, answer);

  const OTHER = 'Admin API, Other';
  holds(OTHER, 'GET /api/activity/logs answers {items, total, page, page_size, pages}, newest first', async () => {
    const { items, ...page } = await client.expect(200, Logs, get('/api/activity/logs?page=1&page_size=2'));
    expect(items[0]?.action).toBe('server.created');
    expect(page).toMatchObject({ page: 1, page_size: 2, pages: Math.ceil(page.total / 2) });
  });
  holds(OTHER, 'GET /api/activity/logs searches and filters', async () => {
    const actions = async (query: string) =>
      (await client.expect(200, Logs, get(`/api/activity/logs?${query}`))).items.map(({ action }) => action);
    expect(await actions('action=server.created')).toEqual(['server.created']);
    expect(await actions(`q=${viewer.user.id}`)).toContain('member.joined');
    expect(await actions('q=SERVER.CREA')).toEqual(['server.created']);
    expect(await actions('outcome=failed')).toEqual([]);
    expect(await actions('to=2020-01-01T00:00:00Z')).toEqual([]);
    expect(await actions(`actor=${viewer.user.id}&action=server.created`)).toEqual([]);
    for (const wrong of ['action=nothing', 'from=today', 'page_size=101', 'extra=1']) {
      await refused(400, get(`/api/activity/logs?${wrong}`));
    }
  });
  holds(OTHER, 'GET /api/activity/stats counts by day, action and person', async () => {
    const stats = await client.expect(200, Stats, get('/api/activity/stats?days=3'));
    expect([stats.days.length, stats.calls.length]).toEqual([3, 3]);
    expect(stats.calls.at(-1)).toMatchObject({ succeeded: 1, failed: 1 });
    expect(stats.actions).toContainEqual({ action: 'server.created', count: 1 });
    await refused(400, get('/api/activity/stats?days=91'));
  });
  holds(OTHER, 'GET /api/activity/recent answers what happened last', async () => {
    const { items } = await client.expect(
      200,
      z.object({ items: z.array(Entry) }),
      get('/api/activity/recent?limit=1'),
    );
    expect(items.map(({ action }) => action)).toEqual(['server.created']);
  });
  holds(OTHER, 'the activity needs the role admin: 403 for others, 401 for nobody', async () => {
    await refused(403, get('/api/activity/logs', viewer));
    await refused(401, client.callAt('GET', '/api/activity/logs'));
  });

  const open = (query = '', token?: string) =>
    new WebSocket(`${app.url.replace('http', 'ws')}/api/activity/stream${query}`, {
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    });
  const closed = async (ws: WebSocket) => ((await once(ws, 'close')) as [number])[0];

  holds(OTHER, 'WebSocket /api/activity/stream replays what came after an id, then tells what happens', async () => {
    const { items } = await client.expect(200, Logs, get('/api/activity/logs'));
    const [last, ...missed] = items.toReversed().slice(-3);
    const ws = open(`?after=${last?.id}`, ada.token);
    const told = framesOf(ws);
    expect((await told.next()).type).toBe('hello');
    for (const { id } of missed) expect(await told.next()).toMatchObject({ type: 'activity', id });
    await ada.call('PATCH', '/organization', { name: 'Another name' });
    expect(await told.next()).toMatchObject({ type: 'activity', payload: { action: 'organization.renamed' } });
    ws.close();
  });
  holds(OTHER, 'WebSocket /api/activity/stream with an id that is none tells what happens from then on', async () => {
    for (const after of ['%00', 'act_1', '%zz', 'x'.repeat(4_000)]) {
      const ws = open(`?after=${after}`, ada.token);
      expect((await framesOf(ws).next()).type).toBe('hello');
      ws.close();
    }
  });
  holds(OTHER, 'WebSocket /api/activity/stream closes with 4401 when the role is taken away', async () => {
    const admin = await new Organizations(app).join(ada, 'admin');
    const ws = open('', admin.token);
    expect((await framesOf(ws).next()).type).toBe('hello');
    const path = `/v1/organizations/me/users/${admin.user.id}`;
    const closing = closed(ws);
    const demoted = await client.callAt('PATCH', path, { token: ada.token, body: { role: 'viewer' } });
    expect([demoted.status, await closing]).toEqual([200, 4401]);
  });
  holds(OTHER, 'WebSocket /api/activity/stream takes ?ticket= once, and closes with 4401 without a right', async () => {
    const { ticket } = await client.expect(
      201,
      z.object({ ticket: z.string(), expires_in: z.int() }),
      client.callAt('POST', '/api/activity/tickets', { token: ada.token }),
    );
    const ws = open(`?ticket=${ticket}`);
    expect((await framesOf(ws).next()).type).toBe('hello');
    ws.close();
    expect(await closed(open(`?ticket=${ticket}`))).toBe(4401);
    expect(await closed(open())).toBe(4401);
    expect(await closed(open('', viewer.token))).toBe(4403);
  });

  holds(
    OTHER,
    'GET /api/dashboard answers servers, tools, approvals, calls, users and what happened last',
    async () => {
      const { body } = await get('/api/dashboard');
      expect(body).toMatchObject({
        servers: { total: 1, online: 1, offline: 0, error: 0 },
        tools: { total: expect.any(Number) as number },
        approvals: { pending: 0 },
        users: { total: 3 },
        calls: {
          today: { total: 2, failed: 1, error_rate: 0.5 },
          last_24h: { total: 2, failed: 1, p50_ms: expect.any(Number) as number, p95_ms: expect.any(Number) as number },
        },
        top_tools: [
          { tool: 'erase', calls: 1, failed: 0 },
          { tool: 'fail', calls: 1, failed: 1 },
        ],
      });
      const { body: seen } = await get('/api/dashboard', viewer);
      expect(seen).toMatchObject({ calls: { today: { total: 0 } }, recent_activity: [] });
    },
  );
  holds(OTHER, 'GET /api/config answers version, features, limits and policies, and no secret', async () => {
    const { status, body } = await get('/api/config');
    expect([status, body]).toMatchObject([200, { environment: 'development', features: { models: ['offline'] } }]);
    expect(JSON.stringify(body)).not.toMatch(/a secret of tests only|postgres:/);
    await refused(403, get('/api/config', viewer));
  });
  holds(OTHER, 'GET /health answers without a credential', async () => {
    await client.expect(200, z.looseObject({ status: z.literal('ok') }), client.callAt('GET', '/health'));
  });
  holds(OTHER, 'GET /health/detail answers this process and each service in a word; for administrators', async () => {
    const body = await client.expect(200, Health, get('/health/detail'));
    expect(body).toMatchObject({ status: 'healthy', services: { database: 'healthy', jobs: 'healthy' } });
    await refused(401, client.callAt('GET', '/health/detail'));
    await refused(403, get('/health/detail', viewer));
  });
  holds(OTHER, 'GET /health/services answers each service with its latency, and the upstream servers', async () => {
    const body = await client.expect(
      200,
      Health.extend({ services: z.array(z.looseObject({})) }),
      get('/health/services'),
    );
    expect(body.services.map(({ name }) => name).sort()).toEqual(
      ['database', 'jobs', 'language_model', 'mail', 'migrations', 'storage'].sort(),
    );
    expect(body.upstream_servers).toMatchObject([{ status: 'online', message: null, circuit: 'closed' }]);
  });
});

interface Frame {
  type: string;
  id?: string;
  payload: Record<string, unknown>;
}

/** The frames of a socket, one after another. */
function framesOf(ws: WebSocket): { next: () => Promise<Frame> } {
  const come: Frame[] = [];
  const waiting: ((frame: Frame) => void)[] = [];
  ws.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Frame;
    const next = waiting.shift();
    if (next) next(frame);
    else come.push(frame);
  });
  return {
    next: async () => come.shift() ?? new Promise<Frame>((resolve) => waiting.push(resolve)),
  };
}
