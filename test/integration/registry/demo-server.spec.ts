import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DemoProcess } from '../../../src/adapters/demo-server/demo-process.js';
import { readConfig } from '../../../src/platform/config/config.js';
import { createLogger } from '../../../src/platform/logging/logger.js';
import { DemoServersService } from '../../../src/core/registry/demo-servers.service.js';
import { listenHere, stopListening } from '../../support/listening.js';
import { type CompiledSources, compileSources } from '../../support/other-process.js';
import { type Account, type RegistryApp, startRegistryApp, until } from './registry-app.js';

interface ServerBody {
  id: string;
  url: string;
  status: string;
}

const { log } = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' });
const logger = createLogger(log);

let sources: CompiledSources;
let script: string;
let demo: DemoProcess;
let app: RegistryApp;
let ada: Account;

beforeAll(async () => {
  sources = await compileSources(['demo']);
  const asked = await sources.run('console.log(JSON.stringify(import.meta.dirname))');
  script = join(await asked.nextLine<string>(), 'demo', 'main.js');
  demo = new DemoProcess({ script, port: 0, logger });
  // Nothing but the exemption lets it be called.
  app = await startRegistryApp({
    demo,
    config: (config) => ({ ...config, egress: { allow: [], loopback: 'refused' } }),
  });
  ada = await app.signUp();
});

afterAll(async () => {
  await app.close();
  await sources.remove();
});

const list = async (who = ada) => (await who.call<{ servers: ServerBody[] }>('GET', '/servers')).body.servers;
const demoOf = async (who = ada): Promise<ServerBody> => {
  const [server] = await until(
    () => list(who),
    ([first]) => first?.status === 'online',
  );
  if (!server) throw new Error('There is no demo server.');
  return server;
};

describe('the demo server', () => {
  test('is in a new organization, online, with its tools', async () => {
    const server = await demoOf();
    expect(server).toMatchObject({
      name: 'Demo server',
      url: demo.url(),
      auth_method: 'none',
      approval_policy: 'require_approval_writes',
      status: 'online',
      demo: true,
    });
    const { body } = await ada.call<{ tools: { name: string; read_only: boolean }[] }>(
      'GET',
      `/servers/${server.id}/tools`,
    );
    expect(body.tools).toContainEqual(expect.objectContaining({ name: 'query_signups', read_only: true }));
  });

  test('is registered once, however often the job runs', async () => {
    await demoOf();
    const register = () =>
      app.app.get(DemoServersService).register(ada.principal.organizationId, { signal: AbortSignal.timeout(5_000) });
    await Promise.all([register(), register()]);
    expect(await list()).toHaveLength(1);
  });

  test('can be renamed and deleted like any other, but not be pointed elsewhere', async () => {
    const bob = await app.signUp();
    const { id } = await demoOf(bob);
    expect(await bob.call('PUT', `/servers/${id}`, { url: 'http://127.0.0.1:9/mcp' })).toMatchObject({
      status: 400,
      body: { code: 'DEMO_SERVER_URL_FIXED' },
    });
    expect(await bob.call('PUT', `/servers/${id}`, { name: 'Playground', url: demo.url() })).toMatchObject({
      status: 200,
    });
    expect(await bob.call('DELETE', `/servers/${id}`)).toMatchObject({ status: 200 });
    expect(await list(bob)).toEqual([]);
  });

  test('is exempt itself; another row of its origin, and another port, are not', async () => {
    const url = demo.url();
    expect(url).toBeDefined();
    const own = await ada.call('POST', '/servers', { name: 'Alias', url, auth_method: 'none' });
    expect(own).toMatchObject({ status: 400, body: { code: 'EGRESS_REFUSED' } });
    const tested = await ada.call('POST', '/servers/test', { url, auth_method: 'none' });
    expect(tested).toMatchObject({ status: 400, body: { code: 'CONNECTION_FAILED' } });

    const { id } = await demoOf();
    const other = createServer((_request, response) => response.end('secret'));
    const elsewhere = `${await listenHere(other)}/mcp`;
    await app.database.sql('update servers set url = $1 where id = $2', [elsewhere, id]);
    const checked = await ada.call<{ checks: { name: string; status: string }[] }>('POST', `/servers/${id}/check`);
    expect(checked.body.checks.find(({ status }) => status === 'failed')).toMatchObject({ name: 'address' });
    await stopListening(other);
    await app.app.get(DemoServersService).follow();
    expect(await demoOf()).toMatchObject({ id, url });
  });

  test('comes back when it dies, and its rows follow it', async () => {
    const before = await demoOf();
    const heard: string[] = [];
    const stop = demo.onListening((url) => heard.push(url));
    await killListenerOf(demo);
    expect(demo.url()).toBeUndefined();
    await until(
      async () => heard.length,
      (count) => count === 2,
    );
    stop();
    const url = demo.url();
    await until(
      () => list(),
      ([first]) => first?.id === before.id && first.url === url && first.status === 'online',
    );
  });
});

test('it ends with us', async () => {
  const own = new DemoProcess({ script, port: 0, logger });
  own.onModuleInit();
  const url = await new Promise<string>((resolve) => void own.onListening(resolve));
  expect((await fetch(url)).status).toBe(400);
  await own.onApplicationShutdown();
  await expect(fetch(url)).rejects.toThrow();
});

async function killListenerOf(process_: DemoProcess): Promise<void> {
  const { child } = process_ as unknown as { child: ChildProcess };
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
