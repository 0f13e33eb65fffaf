import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { eventually } from '../support/app.js';
import { AppProcess } from '../support/chaos/app-process.js';
import { toUrl } from '../support/chaos/database-url.js';
import { runCommand } from '../support/commands.js';
import { type Collector, startCollector } from '../support/collector.js';
import { createTestDatabase, type TestDatabase } from '../support/databases.js';
import { type ScriptedGemini, startScriptedGemini } from '../support/gemini/scripted-gemini.js';
import { status } from '../support/gemini/replies.js';
import { startTestStore, type TestStore } from '../support/s3.js';
import { type SessionClient, TRANSPORTS } from '../support/session-clients.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';
import { dump, holds, startEcho } from './support/leaks.js';
import { type SecretCall, type Told, useEveryDoor } from './support/identity-secrets.js';
import { tellOutside } from './support/outside-secrets.js';
import { createPuppetBrain } from './support/puppet.js';
import { becomes, ended, proposeOne } from './support/scene.js';

/** What must be nowhere, by the name under which a failure tells it. */
const planted = new Map<string, string>();
const plant = (name: string, value = `canary-${randomBytes(16).toString('hex')}`): string => {
  planted.set(name, value);
  return value;
};

/** Everything that others may read. */
const read = new Map<string, string>();
const keep = (where: string, text: string) => read.set(where, `${read.get(where) ?? ''}\n${text}`);

let folder: string;
let databases: TestDatabase[];
let gemini: ScriptedGemini;
let upstream: ScriptedUpstream;
let store: TestStore;
let collector: Collector;
let app: AppProcess;
const clients: SessionClient[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-secrets-'));
  databases = [await createTestDatabase(), await createTestDatabase()];
  const geminiKey = plant('the key of the model');
  gemini = await startScriptedGemini({ apiKey: geminiKey, brain: createPuppetBrain() });
  upstream = await startScriptedUpstream();
  store = await startTestStore();
  collector = await startCollector();
  app = await AppProcess.prepare(
    {
      ...store.settings,
      LOG_LEVEL: 'debug',
      DATA_DIR: join(folder, 'data'),
      DATABASE_URL: databaseUrl(0),
      SECRET_KEY: plant('SECRET_KEY'),
      SECRET_KEY_PREVIOUS: plant('SECRET_KEY_PREVIOUS'),
      LLM_PROVIDER: 'gemini',
      GEMINI_API_KEY: geminiKey,
      GEMINI_BASE_URL: gemini.url,
      OPENAI_API_KEY: plant('OPENAI_API_KEY'),
      ANTHROPIC_API_KEY: plant('ANTHROPIC_API_KEY'),
      METRICS_TOKEN: plant('METRICS_TOKEN'),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${plant('a header for the collector')}`,
      // The store refuses them, and says so.
      S3_ACCESS_KEY_ID: plant('S3_ACCESS_KEY_ID'),
      S3_SECRET_ACCESS_KEY: plant('S3_SECRET_ACCESS_KEY'),
    },
    { keptOutput: Infinity },
  );
  await app.start();
}, 90_000);

afterAll(async () => {
  for (const client of clients) client.close();
  if (app.isRunning) await app.end('SIGKILL');
  await Promise.all([gemini.close(), upstream.close(), store.close(), collector.close()]);
  for (const database of databases) await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function databaseUrl(which: number): string {
  const { connection } = databases[which] ?? {};
  if (!connection) throw new Error('There are two databases.');
  const url = toUrl(connection);
  const { password } = new URL(url.replace(/@[^/]*/, '@localhost'));
  if (password !== '') plant('the password of the database', decodeURIComponent(password));
  return url;
}

/** Keeps what was answered, unless it is the one place where the secret belongs. */
async function call(
  method: string,
  path: string,
  { body, token, headers = {}, isSecret = false, at = app.url }: CallOptions = {},
): Promise<Told> {
  const answer = await fetch(at + path, {
    method,
    signal: AbortSignal.timeout(20_000),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!isSecret) keep('the answers', `${method} ${answer.status} ${JSON.stringify([...answer.headers])} ${text}`);
  const isJson = /json/.test(answer.headers.get('content-type') ?? '') && text !== '';
  return {
    status: answer.status,
    headers: answer.headers,
    body: (isJson ? JSON.parse(text) : {}) as Record<string, unknown>,
  };
}

type CallOptions = SecretCall & { at?: string };

async function signIn(email: string): Promise<string> {
  await call('POST', '/api/v1/auth/otp/request', { body: { email } });
  const mails = await eventually(
    () => call('GET', `/dev/mailbox/messages?to=${encodeURIComponent(email)}`, { isSecret: true }),
    ({ body }) => (body as unknown as unknown[]).length > 0,
  );
  const [{ code = '' } = {}] = mails.body as unknown as { code?: string }[];
  plant('a one-time code', code);
  await call('POST', '/api/v1/auth/otp/verify', { body: { email, code: `${code}0` } });
  const { body } = await call('POST', '/api/v1/auth/otp/verify', { body: { email, code }, isSecret: true });
  plant('a first refresh token', String(body.refresh_token));
  const next = await call('POST', '/api/v1/auth/refresh', {
    body: { refresh_token: body.refresh_token },
    isSecret: true,
  });
  plant('a refresh token', String(next.body.refresh_token));
  return plant('an access token', String(next.body.access_token));
}

async function addServers(token: string): Promise<string> {
  const echo = await startEcho();
  const careless = { name: 'Careless', url: echo.url, auth_method: 'api_key' };
  const key = { api_key: plant('a key that its server says back') };
  await call('POST', '/api/v1/servers/test', { token, body: { ...careless, credentials: key } });
  const { body } = await call('POST', '/api/v1/servers', { token, body: { ...careless, credentials: key } });
  await eventually(
    () => call('GET', `/api/v1/servers/${String(body.id)}`, { token }),
    (found) => !['pending', 'unknown', 'checking'].includes(String(found.body.status)),
  );
  await call('POST', `/api/v1/servers/${String(body.id)}/check`, { token });
  await echo.close();

  const made = await call('POST', '/api/v1/servers', {
    token,
    body: {
      name: 'Good',
      url: upstream.url,
      auth_method: 'api_key',
      credentials: { api_key: plant('a key of an upstream'), header: 'X-Upstream-Key' },
    },
  });
  await eventually(
    () => call('GET', `/api/v1/servers/${String(made.body.id)}`, { token }),
    (found) => found.body.status === 'online' && found.body.tool_count !== null,
  );
  return String(made.body.id);
}

async function sendNonsense(token: string): Promise<void> {
  const wrong = plant('a value of the wrong form');
  await call('POST', '/api/v1/servers', {
    token,
    body: { name: 'x', url: 'http://127.0.0.1:9/mcp', auth_method: 'api_key', credentials: wrong },
  });
  await call('POST', '/api/v1/servers', {
    token,
    body: { name: 'x', url: `http://user:${plant('a password in an address')}@127.0.0.1:9/mcp`, auth_method: 'none' },
  });
  await call('POST', '/api/v1/servers', {
    token,
    body: `{"credentials":{"api_key":"${plant('a key in broken JSON')}`,
  });
  await call('GET', `/api/v1/servers?token=${plant('a token in an address')}`, { token: plant('a wrong token') });
  await call('GET', `/no/such/place?api_key=${plant('a key in an address')}`, {
    headers: { cookie: `session=${plant('a cookie')}` },
  });
  await call('POST', '/api/v1/auth/refresh', { body: { refresh_token: plant('a wrong refresh token') } });
  await call('GET', '/metrics', { headers: { authorization: `Bearer ${plant('a wrong token for the numbers')}` } });
}

async function converse(serverId: string, token: string, transport: (typeof TRANSPORTS)[number]): Promise<void> {
  const { body } = await call('POST', '/api/v1/sessions', { token, body: { server_id: serverId } });
  const session = String(body.id);
  const ticket = await call('POST', '/api/v1/ws/tickets', { token, body: { server_id: serverId }, isSecret: true });
  const doors = [{ ticket: plant('a ticket', String(ticket.body.ticket)) }, { token }, { bearer: token }];
  const [client] = doors.map((door) => transport.connect(app.url, { serverId, session, ...door }));
  if (!client) throw new Error('There are three doors.');
  clients.push(client);
  await client.next('session_snapshot');
  for (const [tool, args, outcome] of [
    ['read', {}, 'succeeded'],
    ['fail', {}, 'failed'],
    ['make_files', { kind: 'media' }, 'failed'],
  ] as const) {
    const { node } = await proposeOne(client, tool, { ...args, label: transport.name });
    client.send('approve_task', { node_id: node });
    await client.next(becomes(node, outcome));
    await client.next(ended('done'));
  }
  gemini.script(
    status(400, { message: `Wrong key ${planted.get('the key of the model')}`, reason: 'API_KEY_INVALID' }),
  );
  client.send('chat_message', { text: 'hello', client_msg_id: 'after a wrong key' });
  await client.next('turn_finished');
  client.sendRaw('approve_task', { node_id: plant(`nonsense over ${transport.name}`).repeat(9) });
  client.sendRaw('resume', { token });
  await client.next('error');
  keep('the frames', JSON.stringify(client.frames));
  await call('GET', `/api/v1/sessions/${session}`, { token });
  await call('GET', `/api/v1/sessions/${session}/events?after=0&limit=200`, { token });
  for (const format of ['json', 'markdown']) {
    expect((await call('GET', `/api/v1/sessions/${session}/export?format=${format}`, { token })).status).toBe(200);
  }
}

/** What it says of itself when nothing that it needs is there. */
async function startLame(): Promise<void> {
  const lame = await AppProcess.prepare({
    LOG_LEVEL: 'debug',
    DATA_DIR: join(folder, 'lame'),
    DATABASE_URL: databaseUrl(1),
    REDIS_URL: `redis://:${plant('the password of Redis')}@127.0.0.1:1`,
    SMTP_URL: `smtp://somebody:${plant('the password of the mail server')}@127.0.0.1:1`,
  });
  await lame.start();
  await call('POST', '/api/v1/auth/otp/request', { at: lame.url, body: { email: 'lame@example.com' } });
  await eventually(
    () => lame.output,
    (said) => said.includes('"job":"identity.send_code"'),
  );
  const ready = await eventually(
    () => call('GET', '/readyz', { at: lame.url }),
    (found) => found.body.status !== 'starting',
  );
  expect(ready.body.status).toBe('degraded');
  await lame.end('SIGTERM');
  keep('the log of a process with nobody around it', lame.output);

  const refused = plant('a wrong password of the database');
  const stopped = await AppProcess.prepare({
    DATA_DIR: join(folder, 'refused'),
    DATABASE_URL: databaseUrl(1).replace(/\/\/([^:]+):[^@]*@/, `//$1:${refused}@`),
  });
  await expect(stopped.start()).rejects.toThrow('ended by itself');
  keep('the log of a process that the database refuses', stopped.output);
}

const CLAIM_LINE = /code ([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}) · nobody administers/;

/** Made without `--with-secret`; its bytes, unpacked. */
async function readBackup(): Promise<string> {
  const file = join(folder, 'backup.tar.gz');
  const [secret, previous] = ['SECRET_KEY', 'SECRET_KEY_PREVIOUS'].map((name) => planted.get(name) ?? '');
  await runCommand('backup', ['--to', file], {
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: databaseUrl(0),
    SECRET_KEY: secret ?? '',
    SECRET_KEY_PREVIOUS: previous ?? '',
  });
  return gunzipSync(await readFile(file))
    .toString('latin1')
    .replaceAll(/\d\d:\d\d:\d\d\.\d+/g, 'a time');
}

test('no secret is in a log, an answer, a frame, a webhook, a trace, a number, a backup, or unsealed in the database', async () => {
  const token = await signIn('canary@example.com');
  const serverId = await addServers(token);
  await useEveryDoor({ call, plant }, token);
  keep('the webhooks', await tellOutside({ call, plant }, token, upstream.url));
  await sendNonsense(token);
  for (const transport of TRANSPORTS) await converse(serverId, token, transport);
  await call('GET', '/metrics', { headers: { authorization: `Bearer ${planted.get('METRICS_TOKEN')}` } });
  await startLame();
  await call('POST', '/api/v1/auth/logout', { token, body: {} });
  await app.end('SIGTERM');
  // It is told on one line where the instance starts, and nowhere else.
  plant('the claim code', CLAIM_LINE.exec(app.output)?.[1]);
  keep('the log', app.output.replace(CLAIM_LINE, ''));
  keep('the traces', JSON.stringify(collector.spans));
  keep('the database', (await dump(databaseUrl(0))).replaceAll(/\d\d:\d\d:\d\d\.\d+/g, 'a time'));
  keep('a backup', await readBackup());
  expect(read.get('the log')).toContain('"msg":"job done"');
  expect(planted.size).toBeGreaterThanOrEqual(53);
  const found = [...read].flatMap(([where, text]) =>
    [...planted].filter(([, value]) => holds(text, value)).map(([name]) => `${name} in ${where}`),
  );
  expect(found).toEqual([]);
  expect(read.size).toBe(9);
}, 120_000);
