import { createServer, type Server } from 'node:http';
import { type Account, type RegistryApp, startRegistryApp } from './registry-app.js';
import { freePort, listenHere, stopListening } from '../../support/listening.js';
import { type Everything, startEverything } from '../../support/upstreams/everything.js';
import { startUpstream, type Upstream } from './upstream.js';

interface Check {
  name: string;
  status: string;
  cause?: string;
  fix?: string;
}
interface Report {
  status: unknown;
  code?: string;
  detail?: string;
  message?: string;
  checks: Check[];
}

const STAGES = ['address', 'network', 'tls', 'http', 'auth', 'protocol', 'tools', 'schemas', 'sample_call'];
const KEY = 'key-for-tests-8f3b2c';

let app: RegistryApp;
let ada: Account;
const toClose: { close: () => Promise<void> }[] = [];
const keep = <T extends { close: () => Promise<void> }>(opened: T): T => {
  toClose.push(opened);
  return opened;
};

beforeAll(async () => {
  app = await startRegistryApp();
  ada = await app.signUp();
});

afterAll(async () => {
  await app.close();
  await Promise.all(toClose.map((opened) => opened.close()));
});

const test_ = (body: object) => ada.call<Report>('POST', '/servers/test', body);
const failedStage = (report: Report) => report.checks.find(({ status }) => status === 'failed');

describe('testing a connection', () => {
  let guarded: Upstream;
  let everything: Everything;

  beforeAll(async () => {
    guarded = keep(await startUpstream({ wants: { header: 'x-api-key', value: KEY } }));
    everything = keep(await startEverything('streamableHttp'));
  });

  test('reports each stage of a server that works', async () => {
    const answer = await test_({ url: everything.url, auth_method: 'none' });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        status: 'success',
        message: 'Connection successful.',
        latency: expect.any(Number) as number,
        protocol: { version: '2025-11-25', era: 'legacy' },
        server: { name: expect.stringContaining('everything') as string },
        counts: { tools: expect.any(Number) as number },
      },
    });
    expect(answer.body.checks.map(({ name }) => name)).toEqual(STAGES);
    for (const check of answer.body.checks) {
      expect(check).toMatchObject({ duration_ms: expect.any(Number) as number, summary: expect.any(String) as string });
    }
  });

  test('falls back to HTTP+SSE', async () => {
    const old = keep(await startEverything('sse'));
    expect(await test_({ url: old.url, auth_method: 'none' })).toMatchObject({ status: 200 });
  });

  test('takes the body of a create in the spellings of the second draft, and keeps nothing of it', async () => {
    const before = (await ada.call('GET', '/servers')).text;
    const answer = await test_({
      serverName: 'Production Server',
      serverUrl: guarded.url,
      authMethod: 'apiKey',
      credentials: { apiKey: KEY, header: 'X-API-Key' },
      timeout: 30,
      sslVerify: true,
    });
    expect(answer).toMatchObject({ status: 200, body: { status: 'success' } });
    expect((await ada.call('GET', '/servers')).text).toBe(before);
  });

  test('a refused credential is a 400 that says so, and does not show it', async () => {
    const answer = await test_({
      url: guarded.url,
      auth_method: 'api_key',
      credentials: { api_key: 'wrong-key-123456' },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'CONNECTION_FAILED', status: 400 } });
    expect(answer.body.detail).toMatch(/^Connection failed: /);
    expect(answer.body.checks.map(({ name }) => name)).toEqual(STAGES);
    expect(failedStage(answer.body)).toMatchObject({ name: 'auth', fix: expect.any(String) as string });
    expect(answer.text).not.toContain('wrong-key-123456');
  });

  test('a port where nothing listens fails at the network', async () => {
    const answer = await test_({ url: `http://127.0.0.1:${await freePort()}/mcp`, auth_method: 'none' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'CONNECTION_FAILED' } });
    expect(failedStage(answer.body)).toMatchObject({ name: 'network' });
  });

  test('a private address fails at the address', async () => {
    const answer = await test_({ url: 'http://10.1.2.3/mcp', auth_method: 'none' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'CONNECTION_FAILED' } });
    expect(failedStage(answer.body)).toMatchObject({ name: 'address' });
  });

  test('a server that never answers fails within its timeout', async () => {
    const silent = await startSilent();
    const started = performance.now();
    const answer = await test_({ url: silent.url, auth_method: 'none', timeout: 1 });
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(answer).toMatchObject({ status: 400, body: { code: 'CONNECTION_FAILED' } });
    await silent.close();
  });

  test('what is no MCP server is told apart', async () => {
    const page = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('Hi'),
    );
    const { url, close } = await listen(page);
    const answer = await test_({ url, auth_method: 'none' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'CONNECTION_FAILED' } });
    expect(failedStage(answer.body)?.name).toMatch(/^(http|protocol)$/);
    await close();
  });

  test('needs the credential that the way to sign in names', async () => {
    const answer = await test_({ url: guarded.url, auth_method: 'oauth' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'CREDENTIALS_REQUIRED' } });
  });
});

describe('what a server is sent', () => {
  test.each([
    [{ auth_method: 'api_key', credentials: { api_key: KEY } }, 'authorization', `Bearer ${KEY}`],
    [{ auth_method: 'api_key', credentials: { api_key: KEY, scheme: '' } }, 'authorization', KEY],
    [{ auth_method: 'api_key', credentials: { api_key: KEY, header: 'X-Key' } }, 'x-key', KEY],
    [
      { auth_method: 'api_key', credentials: { api_key: KEY, header: 'X-Key', scheme: 'Token' } },
      'x-key',
      `Token ${KEY}`,
    ],
    [{ auth_method: 'oauth', credentials: { access_token: KEY } }, 'authorization', `Bearer ${KEY}`],
    [{ auth_method: 'oauth', credentials: { token: KEY } }, 'authorization', `Bearer ${KEY}`],
    [{ auth_method: 'none', credentials: { api_key: KEY } }, 'authorization', undefined],
  ])('%j', async (auth, header, value) => {
    const upstream = keep(await startUpstream());
    const tested = await test_({ url: upstream.url, ...auth });
    expect(tested.status).toBe(200);
    const created = await ada.call<{ id: string }>('POST', '/servers', {
      name: `Sent ${upstream.url}`,
      url: upstream.url,
      ...auth,
    });
    expect(created.status).toBe(201);
    expect(await ada.call('GET', `/servers/${created.body.id}/status`)).toMatchObject({ body: { status: 'online' } });
    expect(new Set(upstream.seen.map((headers) => headers[header]))).toEqual(new Set([value]));
  });
});

async function listen(server: Server): Promise<{ url: string; close: () => Promise<void> }> {
  const origin = await listenHere(server);
  return { url: `${origin}/mcp`, close: () => stopListening(server) };
}

const startSilent = () => listen(createServer(() => undefined));
