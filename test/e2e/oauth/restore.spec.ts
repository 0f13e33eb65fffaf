import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyCare } from '../../../src/platform/crypto/key-care.js';
import { KeyRotation } from '../../../src/platform/crypto/key-rotation.js';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../../support/chaos/database-url.js';
import { runCommand } from '../../support/commands.js';
import { freePort } from '../../support/listening.js';
import { type ProtectedUpstream, startProtectedUpstream } from '../../support/oauth/protected-upstream.js';
import {
  type ScriptedAuthorizationServer,
  startAuthorizationServer,
} from '../../support/oauth/scripted-authorization-server.js';
import { addOAuthServer, signInTo, untilOnline } from '../support/accounts.js';
import { postForm, RawClient, register, type TokenAnswer } from './support.js';

const SECRET_KEY = 'the secret that the backed up instance has';
const NEW_SECRET = 'the secret that the instance has afterwards';

interface Confidential {
  client_id: string;
  client_secret: string;
}
/** What clients and servers hold when the backup is made. */
interface Held {
  client: RawClient;
  tokens: TokenAnswer;
  confidential: Confidential;
  kids: string[];
}

let folder: string;
let url: string;
let port: string;
let authorization: ScriptedAuthorizationServer;
let upstream: ProtectedUpstream;
let person: Person;
let server: string;
let held: Held;
let file: string;
let rotated: string;
const databases: TestDatabase[] = [];

/** The instance is where it was: tokens name its address. */
const start = (settings: Record<string, string>) => startTestApp({ PUBLIC_URL: url, PORT: port, ...settings });
const kidsOf = async (app: TestApp) =>
  (await app.api<{ keys: { kid: string }[] }>('GET', '/oauth/jwks')).body.keys.map(({ kid }) => kid).sort();
const ask = (app: TestApp, token: string) =>
  app.api('POST', '/mcp', {
    token,
    headers: { accept: 'application/json, text/event-stream' },
    body: {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    },
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-restore-'));
  port = String(await freePort());
  url = `http://127.0.0.1:${port}`;
  authorization = await startAuthorizationServer();
  upstream = await startProtectedUpstream(authorization);
  const app = await start({ SECRET_KEY });
  try {
    person = await app.signIn();
    server = await addOAuthServer(person, upstream.url);
    await signInTo(app, person, server);
    await untilOnline(person, server);
    const metadata = { token_endpoint_auth_method: 'client_secret_basic' };
    const client = await RawClient.register(app);
    const confidential = (await register(app, metadata)).body as unknown as Confidential;
    const tokens = await client.connect(person, { resource: `${url}/mcp` });
    held = { client, tokens, confidential, kids: await kidsOf(app) };
    const place = { DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDirectory, SECRET_KEY };
    file = join(folder, 'before.tar.gz');
    await runCommand('backup', ['--to', file], place);
    await app.get(KeyRotation).rotate(['data']);
    app.clock.forward(25);
    await app.get(KeyCare).run(AbortSignal.timeout(20_000));
    rotated = join(folder, 'rotated.tar.gz');
    await runCommand('backup', ['--to', rotated], place);
  } finally {
    await app.stop();
  }
}, 90_000);
afterAll(async () => {
  await Promise.all([upstream.close(), authorization.close()]);
  for (const database of databases) await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function restored(backup: string, settings: Record<string, string>, ...options: string[]): Promise<TestApp> {
  const database = await createTestDatabase();
  databases.push(database);
  const place = {
    DATABASE_URL: toUrl(database.connection),
    DATA_DIR: await mkdtemp(join(folder, 'data-')),
    ...settings,
  };
  await runCommand('restore', [backup, ...options], place);
  return start(place);
}

const call = (app: TestApp) =>
  app.api('POST', `/api/v1/servers/${server}/tools/read/call`, {
    token: person.token,
    body: { arguments: { label: 'x' } },
  });

describe.each<[string, () => string, Record<string, string>]>([
  ['as it was made', () => file, { SECRET_KEY }],
  ['made after its data keys were rotated', () => rotated, { SECRET_KEY }],
  ['under another secret', () => file, { SECRET_KEY: NEW_SECRET, SECRET_KEY_PREVIOUS: SECRET_KEY }],
])('a backup %s', (_how, backup, settings) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await restored(backup(), settings);
  }, 60_000);
  afterAll(() => app.stop());

  test('brings back the keys that sign, so what they signed counts, and what they sign now', async () => {
    expect(await kidsOf(app)).toEqual(held.kids);
    expect((await ask(app, held.tokens.access_token)).status).toBe(200);
    const renewed = await postForm<TokenAnswer>(app, '/oauth/token', {
      client_id: held.client.id,
      grant_type: 'refresh_token',
      refresh_token: held.tokens.refresh_token,
    });
    expect(renewed.status).toBe(200);
    expect((await ask(app, renewed.body.access_token)).status).toBe(200);
  });

  test('brings back who was let in, and clients with their secrets', async () => {
    const { body } = await app.api<{ clients: { client_id: string }[] }>('GET', '/api/v1/connected-clients', {
      token: person.token,
    });
    expect(body.clients).toHaveLength(1);
    const { client_id, client_secret } = held.confidential;
    const refresh = (secret: string) =>
      postForm<{ error: string }>(
        app,
        '/oauth/token',
        { grant_type: 'refresh_token', refresh_token: 'x' },
        { authorization: `Basic ${Buffer.from(`${client_id}:${secret}`).toString('base64')}` },
      );
    expect([(await refresh(client_secret)).body.error, (await refresh('wrong')).body.error]).toEqual([
      'invalid_grant',
      'invalid_client',
    ]);
  });

  test('brings back accounts at other servers, which are used without signing in again', async () => {
    const account = await app.api<{ status: string }>('GET', `/api/v1/servers/${server}/oauth`, {
      token: person.token,
    });
    expect(account.body.status).toBe('connected');
    const called = await call(app);
    expect([called.status, called.text]).toEqual([200, expect.stringContaining('2 rows.')]);
  });

  test('is an instance whose keys rotate: the next ones sign, and seal what the former ones sealed', async () => {
    await app.get(KeyRotation).rotate(['data']);
    app.clock.forward(25);
    await app.get(KeyCare).run(AbortSignal.timeout(20_000));
    expect((await call(app)).status).toBe(200);
    const fresh = await RawClient.register(app);
    const { access_token: token } = await fresh.connect(person, { resource: `${url}/mcp` });
    expect((await ask(app, token)).status).toBe(200);
  });
});

test('a backup whose secret is lost is an instance to sign in to again, at both ends', async () => {
  const app = await restored(file, { SECRET_KEY: NEW_SECRET }, '--without-secret');
  try {
    expect((await ask(app, held.tokens.access_token)).status).toBe(401);
    expect(await kidsOf(app)).not.toEqual(held.kids);
    person = await app.signIn(person.email);
    const fresh = await RawClient.register(app);
    const { access_token: token } = await fresh.connect(person, { resource: `${url}/mcp` });
    expect((await ask(app, token)).status).toBe(200);
    const refused = await call(app);
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('UPSTREAM_SIGN_IN_NEEDED')]);
    await signInTo(app, person, server);
    expect((await call(app)).status).toBe(200);
  } finally {
    await app.stop();
  }
}, 60_000);
