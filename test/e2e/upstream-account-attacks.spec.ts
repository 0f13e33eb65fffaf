import { createServer } from 'node:http';
import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { listenHere, stopListening } from '../support/listening.js';
import { Organizations } from '../support/organizations.js';
import { type ProtectedUpstream, startProtectedUpstream } from '../support/oauth/protected-upstream.js';
import {
  type ScriptedAuthorizationServer,
  startAuthorizationServer,
} from '../support/oauth/scripted-authorization-server.js';
import {
  accountOf,
  addOAuthServer,
  beginSignIn,
  comeBack,
  goThere,
  signInTo,
  untilOnline,
} from './support/accounts.js';

let app: TestApp;
let ada: Person;
let authorization: ScriptedAuthorizationServer;
let upstream: ProtectedUpstream;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.signIn();
});
beforeEach(async () => {
  authorization = await startAuthorizationServer();
  upstream = await startProtectedUpstream(authorization);
});
afterEach(() => Promise.all([upstream.close(), authorization.close()]));
afterAll(() => app.stop());

let count = 0;
const add = (oauth: object = {}) => addOAuthServer(ada, upstream.url, oauth, `Protected ${(count += 1)}`);
const PRIVATE = 'http://192.168.7.7/';

describe('a document that leads to a private address is refused, and nothing sent there', () => {
  test.each([
    ['the metadata of the resource', () => void (upstream.metadata = { authorization_servers: [PRIVATE] })],
    ['a redirect of the metadata', () => void (authorization.script.metadataRedirect = `${PRIVATE}metadata`)],
    ['the address of registration', () => void (authorization.script.metadata = { registration_endpoint: PRIVATE })],
  ])('%s', async (_, spoil) => {
    spoil();
    const { status, body } = await beginSignIn(app, ada, await add());
    expect([status, body.code]).toEqual([422, 'OAUTH_METADATA_UNSAFE']);
  });

  test('the address of tokens', async () => {
    authorization.script.metadata = { token_endpoint: `${PRIVATE}token` };
    const id = await add();
    expect(await signInTo(app, ada, id)).toBe(`/servers/${id}?account=failed&code=OAUTH_METADATA_UNSAFE`);
  });
});

describe('an authorization server that is not what it says', () => {
  test.each([
    ['speaks for another issuer', { issuer: 'https://honest.example' }],
    ['leads browsers to a script', { authorization_endpoint: 'javascript:alert(document.domain)' }],
    ['does not protect codes', { code_challenge_methods_supported: ['plain'] }],
  ])('%s is not used', async (_, metadata) => {
    authorization.script.metadata = metadata;
    const { status, body } = await beginSignIn(app, ada, await add());
    expect([status, body.code]).toEqual([422, 'OAUTH_METADATA_UNSAFE']);
    expect(authorization.seenAt('/register')).toEqual([]);
  });

  test.each([
    ['another issuer', 'https://honest.example'],
    ['none, which it promised', null],
  ])('answers in the name of %s gets no code', async (_, iss) => {
    authorization.script.iss = iss;
    const id = await add();
    expect(await signInTo(app, ada, id)).toContain('OAUTH_RESPONSE_UNSAFE');
    expect(authorization.seenAt('/token')).toEqual([]);
  });

  test('changes, and is registered with anew: it never sees what the other gave', async () => {
    const id = await add();
    await signInTo(app, ada, id);
    const other = await startAuthorizationServer();
    try {
      upstream.metadata = { authorization_servers: [other.issuer] };
      const { body, browser } = await beginSignIn(app, ada, id);
      await comeBack(app, browser, await goThere(browser, body.authorization_url));
      expect(other.seenAt('/register')).toHaveLength(1);
      const told = JSON.stringify(other.seen.map(({ parameters }) => [...parameters]));
      for (const secret of authorization.secrets()) expect(told).not.toContain(secret);
    } finally {
      await other.close();
    }
  });
});

describe('the token of an account', () => {
  test('goes to its server alone: not where that redirects, and not to a URL that somebody sets later', async () => {
    const seen: (string | undefined)[] = [];
    const thief = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    const elsewhere = await listenHere(thief);
    const id = await add();
    await signInTo(app, ada, id);
    await untilOnline(ada, id);
    await ada.call('PUT', `/servers/${id}`, { url: `${elsewhere}/mcp` });
    await ada.call('POST', `/servers/${id}/tools/read/call`, { arguments: {} });
    await ada.call('POST', `/servers/${id}/check`);
    expect(seen.filter((one) => one !== undefined)).toEqual([]);
    expect((await accountOf(ada, id)).status).toBe('not_connected');
    await stopListening(thief);
  });

  test('is of one person, where each has their own', async () => {
    const id = await add({ account: 'per_user' });
    const eve = await new Organizations(app).join(ada, 'developer');
    expect(await signInTo(app, ada, id)).toContain('account=connected');
    await untilOnline(ada, id);
    const call = (person: Person) =>
      person.call<{ code?: string }>('POST', `/servers/${id}/tools/read/call`, { arguments: { label: '' } });
    expect((await call(ada)).status).toBe(200);
    const refused = await call(eve);
    expect([refused.status, refused.body.code]).toEqual([409, 'UPSTREAM_SIGN_IN_NEEDED']);
    expect((await accountOf(eve, id)).status).toBe('not_connected');
    const before = new Set(upstream.tokens());
    expect(await signInTo(app, eve, id)).toContain('account=connected');
    expect((await call(eve)).status).toBe(200);
    expect(upstream.tokens().filter((token) => !before.has(token))).toHaveLength(1);
  });

  test('of all is connected by who manages the server only', async () => {
    const id = await add();
    const eve = await new Organizations(app).join(ada, 'developer');
    expect((await beginSignIn(app, eve, id)).status).toBe(403);
    expect((await eve.call('DELETE', `/servers/${id}/oauth`)).status).toBe(403);
    expect((await accountOf(eve, id)).may_connect).toBe(false);
  });

  test('is revoked where it came from, and forgotten, when somebody disconnects it', async () => {
    const id = await add();
    await signInTo(app, ada, id);
    expect((await ada.call('DELETE', `/servers/${id}/oauth`)).status).toBe(200);
    expect(authorization.seenAt('/revoke')).toHaveLength(1);
    expect((await accountOf(ada, id)).status).toBe('not_connected');
  });
});
