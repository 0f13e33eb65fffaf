import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { listenHere, stopListening } from '../../support/listening.js';
import { browserOf, newPkce, RawClient } from './support.js';

const FOLDER = 'libs/mcp-client/test-support';
const CERTIFICATE = readFileSync(`${FOLDER}/localhost.cert.pem`, 'utf8');
const REDIRECT = 'https://client.example/callback';

let app: TestApp;
let person: Person;
let host: Server;
let port: string;
let origin: string;
let asked: string[] = [];

const documentAt = (path: string, more: object = {}) => ({
  client_id: `${origin}${path}`,
  client_name: 'A client with a document',
  redirect_uris: [REDIRECT],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
  ...more,
});

/** What strangers put at their addresses. */
const ANSWERS: Record<string, () => { status?: number; headers?: Record<string, string>; body?: unknown }> = {
  '/good': () => ({ body: documentAt('/good'), headers: { 'cache-control': 'max-age=600' } }),
  '/of-another': () => ({ body: documentAt('/good') }),
  '/redirects': () => ({ status: 302, headers: { location: `${origin}/good` } }),
  '/large': () => ({ body: documentAt('/large', { client_uri: `https://example.com/${'x'.repeat(6_000)}` }) }),
  '/secret': () => ({
    body: documentAt('/secret', { client_secret: 'x', token_endpoint_auth_method: 'client_secret_basic' }),
  }),
  '/script': () => ({ body: documentAt('/script', { redirect_uris: ['javascript:alert(1)'] }) }),
  '/text': () => ({ body: 'no object' }),
};

beforeAll(async () => {
  setDefaultCACertificates([...getCACertificates('default'), CERTIFICATE]);
  const key = readFileSync(`${FOLDER}/localhost.key.pem`);
  host = createServer({ key, cert: CERTIFICATE }, (request, response) => {
    asked.push(request.url ?? '');
    const { status = 200, headers = {}, body = {} } = ANSWERS[request.url ?? '']?.() ?? { status: 404 };
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  ({ port } = new URL(await listenHere(host)));
  origin = `https://localhost:${port}`;
  app = await startTestApp({ EGRESS_ALLOW: `localhost:${port}` });
  person = await app.signIn();
});
afterAll(async () => {
  await app.stop();
  await stopListening(host);
});
beforeEach(() => {
  asked = [];
});

const knock = (id: string, redirect = REDIRECT) => {
  const url = new RawClient(app, id, redirect).authorizeUrl(newPkce());
  return app.api('GET', url.slice(app.url.length));
};

test('a client that is a document is let in, and its document is read once while it may be kept', async () => {
  const client = new RawClient(app, `${origin}/good`, REDIRECT);
  const browser = browserOf(app, person);
  const { uid = '' } = await browser.open(client.authorizeUrl(newPkce()));
  expect((await browser.ask(uid)).client).toEqual({
    id: `${origin}/good`,
    name: 'A client with a document',
    host: new URL(origin).host,
  });
  const tokens = await client.connect(person);
  expect((await client.refresh(tokens.refresh_token)).status).toBe(200);
  expect(asked).toEqual(['/good']);
  const { body } = await person.call('GET', '/connected-clients');
  expect(body).toMatchObject({ clients: [{ client_kind: 'document', redirect: 'client.example' }] });
});

test('it is answered where its document says, and nowhere else', async () => {
  const answer = await knock(`${origin}/good`, 'https://evil.example/callback');
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
});

test.each(['/of-another', '/redirects', '/large', '/secret', '/script', '/text', '/missing'])(
  'a document that is not right lets nobody in: %s',
  async (path) => {
    const answer = await knock(`${origin}${path}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
    // A redirect is not followed.
    expect(asked).toEqual([path]);
  },
);

test('a person whose client has a document that cannot be read is told which, and what helps', async () => {
  const page = (await knock(`${origin}/missing?<b>`)).text;
  expect(page).toContain(`${origin}/missing?&lt;b&gt;`);
  expect(page).toContain('OAUTH_CLIENT_DOCUMENTS=false');
});

test('where documents are off nothing says that they are taken, nothing is read, and clients register themselves', async () => {
  const closed = await startTestApp({ EGRESS_ALLOW: `localhost:${port}`, OAUTH_CLIENT_DOCUMENTS: 'false' });
  try {
    const metadataOf = async (of: TestApp) =>
      (await of.api<Record<string, unknown>>('GET', '/.well-known/oauth-authorization-server/oauth')).body;
    const [taken, refused] = await Promise.all([metadataOf(app), metadataOf(closed)]);
    expect(taken.client_id_metadata_document_supported).toBe(true);
    expect(refused).not.toHaveProperty('client_id_metadata_document_supported');
    const url = new RawClient(closed, `${origin}/good`, REDIRECT).authorizeUrl(newPkce());
    expect((await closed.api('GET', url.slice(closed.url.length))).status).toBe(400);
    expect(asked).toEqual([]);
    const registered = await RawClient.register(closed);
    expect((await registered.connect(await closed.signIn())).access_token).toBeDefined();
  } finally {
    await closed.stop();
  }
});

test.each([
  'https://127.0.0.1/client',
  'https://[::1]/client',
  'https://[::ffff:127.0.0.1]/client',
  'https://169.254.169.254/latest/meta-data',
  'https://10.0.0.1/client',
  'https://0x7f000001/client',
  'https://user@example.com/client',
  'http://example.com/client',
  'https://example.com',
  'https://example.com/a/../client',
  'https://example.com/client#fragment',
])('nothing is asked of %s', async (id) => {
  const answer = await knock(id);
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
});

test('nothing is asked of a port of this machine that nobody allowed', async () => {
  const answer = await knock(`https://127.0.0.1:${port}/good`);
  expect(answer.status).toBe(400);
  expect(asked).toEqual([]);
});
