import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, startTestApp } from '../support/app.js';
import { readSamples, type Sample, total } from '../support/prometheus.js';
import { TRANSPORTS } from '../support/session-clients.js';
import { becomes, ended, proposeOne, type Scene, startScene } from './support/scene.js';

const TOKEN = 'a-token-of-tests-that-reads-numbers';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({ METRICS_PORT: '0', METRICS_TOKEN: TOKEN });
});
afterAll(() => scene.stop());

const scrape = (url = scene.app.metricsUrl, token = TOKEN) =>
  fetch(url, { headers: { authorization: `Bearer ${token}` } });
const samples = async (): Promise<Sample[]> => readSamples(await (await scrape()).text());

describe('the probes', () => {
  test('a process that runs is alive and ready, and says what it checked', async () => {
    const live = await scene.app.api('GET', '/livez');
    expect([live.status, live.body]).toEqual([200, { status: 'alive' }]);
    const ready = await scene.app.api('GET', '/readyz');
    expect(ready.status).toBe(200);
    expect(ready.headers.get('cache-control')).toBe('no-store');
    const ok = { status: 'ok', ms: expect.any(Number) as number };
    expect(ready.body).toMatchObject({ status: 'ready', checks: { database: ok, migrations: ok, jobs: ok } });
  });
});

test('without a port or a token nobody reads numbers', async () => {
  const app = await startTestApp();
  try {
    expect(await app.api('GET', '/metrics')).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
  } finally {
    await app.stop();
  }
});

describe('the numbers', () => {
  test('are on their own port and, with the token alone, on the main one', async () => {
    for (const url of [scene.app.metricsUrl, `${scene.app.url}/metrics`]) {
      const answer = await scrape(url);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/);
      await answer.text();
      for (const wrong of ['', 'another token of tests', scene.person.token]) {
        expect((await scrape(url, wrong)).status).toBe(401);
      }
    }
    expect((await scrape(scene.app.metricsUrl.replace('/metrics', '/'))).status).toBe(404);
  });

  test('count requests by the pattern of their route', async () => {
    await scene.person.call('GET', `/servers/${scene.server.id}`);
    await scene.app.api('GET', '/nothing/here/at-all');
    const all = await samples();
    const count = (labels: Record<string, string>) => total(all, 'app_http_request_duration_seconds_count', labels);
    expect(
      count({ route: '/api/v1/servers/:server_id', surface: 'client', method: 'GET', status: '200' }),
    ).toBeGreaterThan(0);
    expect(count({ route: 'unknown', status: '404', surface: 'none' })).toBeGreaterThan(0);
    expect(all.filter(({ labels }) => Object.values(labels).some((value) => value.includes('at-all')))).toEqual([]);
  });

  test.each(TRANSPORTS)('follow a conversation over $name', async (transport) => {
    const label = transport.name === 'socket.io' ? 'socketio' : 'websocket';
    const before = await samples();
    const client = await scene.join(transport);
    const { node } = await proposeOne(client, 'read', { label: `metrics ${label}` });
    const during = await samples();
    expect(total(during, 'app_ws_sessions', { transport: label })).toBe(1);
    expect(total(during, 'app_approvals_pending')).toBe(1);

    client.send('approve_task', { node_id: node });
    await client.next(becomes(node, 'succeeded'));
    await client.next(ended('done'));
    const after = await samples();
    const grown = (name: string, labels: Record<string, string> = {}) =>
      (total(after, name, labels) ?? 0) - (total(before, name, labels) ?? 0);
    const call = { server: scene.server.id, tool: 'read', outcome: 'succeeded' };
    expect(grown('app_mcp_call_duration_seconds_count', call)).toBe(1);
    expect(grown('app_llm_request_duration_seconds_count', { outcome: 'answered' })).toBe(2);
    expect(grown('app_llm_tokens_total', { direction: 'in' })).toBeGreaterThan(0);
    expect(grown('app_llm_tokens_total', { direction: 'out' })).toBeGreaterThan(0);
    expect(grown('app_events_appended_total')).toBeGreaterThanOrEqual(client.seqs.length);
    expect(grown('app_job_duration_seconds_count', { job: 'plans.run_node', outcome: 'done' })).toBe(1);
    expect(total(after, 'app_approvals_pending')).toBe(0);

    const again = await scene.join(transport, { session: client.session, after: 0 });
    await eventually(samples, (now) => (total(now, 'app_ws_replay_events_total') ?? 0) >= client.seqs.length);
    client.close();
    again.cut();
    await eventually(samples, (now) => total(now, 'app_ws_sessions', { transport: label }) === 0);
    const last = await samples();
    for (const reason of ['client', 'lost']) {
      expect(total(last, 'app_ws_closed_total', { reason })).toBeGreaterThan(0);
    }
  });

  test('count sockets that were turned away', async () => {
    for (const transport of TRANSPORTS) {
      await transport.connect(scene.app.url, { serverId: scene.server.id, token: 'nobody' }).closed;
    }
    expect(total(await samples(), 'app_ws_closed_total', { reason: 'sign_in_again' })).toBe(2);
  });

  test('are all that the dashboard draws, and a little more', async () => {
    const dashboard = await readFile(join(__dirname, '../../deploy/grafana/switchyard.json'), 'utf8');
    const { panels } = JSON.parse(dashboard) as { panels: { targets?: { expr: string }[] }[] };
    const drawn = new Set(
      panels.flatMap(({ targets = [] }) =>
        targets.flatMap(({ expr }) => expr.match(/\b(?:app|process|nodejs)_\w+/g) ?? []),
      ),
    );
    const text = await (await scrape()).text();
    const known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name));
    expect(drawn.size).toBeGreaterThan(15);
    for (const name of drawn) expect(known).toContain(name.replace(/_(bucket|sum|count)$/, ''));
    for (const name of [...known].filter((one) => one.startsWith('app_'))) {
      expect(text).toMatch(new RegExp(`^# HELP ${name} .{10,}`, 'm'));
    }
  });
});
