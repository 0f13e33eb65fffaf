import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { AppProcess } from '../support/chaos/app-process.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';
import { makeKey } from '../support/api-keys.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { faultOf, type Message } from '../support/gateway/said.js';
import { type ScriptedGemini, startScriptedGemini } from '../support/gemini/scripted-gemini.js';
import { type ProtectedUpstream, startProtectedUpstream } from '../support/oauth/protected-upstream.js';
import {
  type ScriptedAuthorizationServer,
  startAuthorizationServer,
} from '../support/oauth/scripted-authorization-server.js';
import { type SessionClient, TRANSPORTS } from '../support/session-clients.js';
import { addOAuthServer, signInTo, untilOnline } from './support/accounts.js';
import { createPuppetBrain } from './support/puppet.js';
import { becomes, proposeOne } from './support/scene.js';

/** A dead process is known as dead after 4 s, its work is looked for each second. */
const TAKE_OVER_MS = 20_000;
const transport = TRANSPORTS[0];

let folder: string;
let database: TestDatabase;
let gemini: ScriptedGemini;
let authorization: ScriptedAuthorizationServer;
let upstream: ProtectedUpstream;
let api: TestApp;
let worker: AppProcess;
let person: Person;
let server: string;
const clients: SessionClient[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-sign-ins-'));
  [database, gemini, authorization] = await Promise.all([
    createTestDatabase(),
    startScriptedGemini({ brain: createPuppetBrain() }),
    startAuthorizationServer(),
  ]);
  upstream = await startProtectedUpstream(authorization);
  const settings = {
    DATA_DIR: folder,
    DATABASE_URL: toUrl(database.connection),
    LLM_PROVIDER: 'gemini',
    GEMINI_API_KEY: 'test-key',
    GEMINI_BASE_URL: gemini.url,
  };
  api = await startTestApp({ ...settings, ROLE: 'api' });
  worker = await AppProcess.prepare({ ...settings, ROLE: 'worker' });
  await worker.start();
  person = await api.signIn();
  server = await addOAuthServer(person, upstream.url);
}, 120_000);
afterAll(async () => {
  for (const client of clients) client.close();
  await worker.end('SIGTERM');
  await api.stop();
  await Promise.all([gemini.close(), upstream.close(), authorization.close()]);
  await database.drop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** A call, which must not be made twice, of a server that nobody is signed in to any more. */
async function waiting(label: string) {
  await signInTo(api, person, server);
  await untilOnline(person, server);
  await person.call('DELETE', `/servers/${server}/oauth`);
  const { body } = await person.call<{ id: string }>('POST', '/sessions', { server_id: server });
  if (!transport) throw new Error('There is no transport.');
  const client = transport.connect(api.url, { serverId: server, token: person.token, session: body.id });
  clients.push(client);
  await client.next('session_snapshot');
  const { node } = await proposeOne(client, 'write', { label, text: 'x' });
  const { payload } = await client.next('authentication_required');
  expect(payload.node_id).toBe(node);
  return { client, node };
}

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a call that waits for a sign-in when its process ends by %s waits again, and is made once',
  async (signal) => {
    const { client, node } = await waiting(signal);
    await worker.end(signal);
    await worker.start();
    const asked = await client.next('authentication_required', TAKE_OVER_MS);
    expect(asked.payload.node_id).toBe(node);
    await signInTo(api, person, server);
    const { payload } = await client.next(becomes(node, 'succeeded'));
    expect(payload.result).toMatchObject({ structured: { written: 'x', count: 1 } });
    expect(upstream.memory.count('write', signal)).toBe(1);
    const told = client.frames.filter(({ type }) => type === 'task_update').map((frame) => frame.payload.status);
    expect(told).not.toContain('outcome_unknown');
  },
  60_000,
);

test('a call that waits for a sign-in is stopped when somebody stops it', async () => {
  const { client, node } = await waiting('stopped');
  client.send('stop', {});
  const { payload } = await client.next(becomes(node, 'cancelled'));
  expect(payload.cause).toBe('stopped by you');
  expect(upstream.memory.count('write', 'stopped')).toBe(0);
});

describe('a call of an MCP client that was approved before somebody had to sign in', () => {
  const approved = async (tool: string, label: string) => {
    await signInTo(api, person, server);
    await untilOnline(person, server);
    await person.call('PUT', `/servers/${server}`, { approval_policy: 'require_approval_all' });
    await person.call('DELETE', `/servers/${server}/oauth`);
    const place = { url: `${api.url}/mcp/s/${server}`, headers: (await makeKey(person)).headers };
    const client = new ModernProgram(place);
    const call = () => client.call(tool, { label, ...(tool === 'write' && { text: 'x' }) });
    const id = idOf(await call());
    await person.call('POST', `/approvals/${id}/decide`, { decision: 'approve' });
    await eventually(
      () => person.call<{ call: { status: string } }>('GET', `/approvals/${id}`),
      ({ body }) => body.call.status === 'finished',
    );
    expect(faultOf(await call())).toBe('UPSTREAM_SIGN_IN_NEEDED');
    return call;
  };
  const idOf = ({ result }: Message) =>
    (result?._meta as { 'switchyard/approval'?: { id: string } } | undefined)?.['switchyard/approval']?.id ?? '';

  test('is made once by the process that comes after the one that died', async () => {
    const call = await approved('write', 'after');
    await worker.end('SIGKILL');
    await signInTo(api, person, server);
    const calling = call();
    await worker.start();
    expect((await calling).result).toMatchObject({ structuredContent: { written: 'x', count: 1 } });
    expect(upstream.memory.count('write', 'after')).toBe(1);
  }, 60_000);

  test('is not made again when a process dies in the middle of it', async () => {
    const call = await approved('hold_write', 'middle');
    await signInTo(api, person, server);
    const calling = call();
    await upstream.memory.called('hold_write', 'middle');
    await worker.end('SIGKILL');
    await worker.start();
    expect(faultOf(await calling)).toBe('OUTCOME_UNKNOWN');
    expect(idOf(await call())).toMatch(/^apr_/);
    expect(upstream.memory.count('hold_write', 'middle')).toBe(1);
  }, 60_000);
});
