import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { makeKey } from '../../support/api-keys.js';
import { browserOf, CALLBACK, issuerOf, newPkce, postForm, RawClient, register } from './support.js';

let app: TestApp;
let person: Person;
let other: Person;
let client: RawClient;

beforeAll(async () => {
  app = await startTestApp();
  [person, other] = [await app.signIn(), await app.signIn()];
  client = await RawClient.register(app);
});
afterAll(() => app.stop());

describe('what may be registered', () => {
  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'http://example.com/callback',
    'http://127.0.0.1.example.com/callback',
    'https://example.com/callback#fragment',
    'https://user:secret@example.com/callback',
    'https://localhost/callback',
    'myapp://callback',
    'vbscript:x.y',
    'https://example.com\\@evil.example/callback',
    'https://exa\u202emple.com/callback',
    '//example.com/callback',
  ])('no client is answered at %s', async (uri) => {
    const answer = await register(app, { redirect_uris: [uri] });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_redirect_uri']);
    expect(answer.body.error_description).toMatch(/^redirect_uris may be https addresses/);
  });

  test.each([
    'https://example.com/callback',
    'http://localhost/callback',
    'http://[::1]:7/x',
    'com.example.app:/cb',
    'cursor://anysphere.cursor-mcp/oauth',
  ])('a client may be answered at %s', async (uri) => {
    expect((await register(app, { redirect_uris: [uri] })).status).toBe(201);
  });

  test('metadata are bounded, in their whole and in their parts', async () => {
    const faults = [
      { client_name: 'n'.repeat(201) },
      { redirect_uris: Array.from({ length: 21 }, (_, place) => `${CALLBACK}/${place}`) },
      { redirect_uris: [] },
      { client_uri: `https://example.com/${'x'.repeat(17_000)}` },
      { client_name: 'n'.repeat(40_000) },
    ];
    for (const fault of faults) expect((await register(app, fault)).status).toBeGreaterThanOrEqual(400);
  });

  test.each(['a\0', '\ud800'])('what no database keeps is refused: %j', async (odd) => {
    for (const metadata of [{ client_name: odd }, { software_id: odd }]) {
      const answer = await register(app, metadata);
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_client_metadata']);
    }
    const asked = await postForm<{ error: string }>(app, '/oauth/token', {
      client_id: odd,
      grant_type: 'refresh_token',
      refresh_token: odd,
    });
    expect([asked.status, asked.body.error]).toEqual([401, 'invalid_client']);
  });

  test('a form that is too large is refused, and how large it may be is said', async () => {
    for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/authorize']) {
      const answer = await postForm(app, path, { client_id: client.id, token: 'x'.repeat(33_000) });
      expect([answer.status, answer.body]).toEqual([
        413,
        { error: 'invalid_request', error_description: 'The body is too large: 32768 bytes at most.' },
      ]);
    }
  });

  test('a secret is told once, and kept as a hash', async () => {
    const answer = await register(app, { token_endpoint_auth_method: 'client_secret_basic' });
    const { client_id: id, client_secret: secret } = answer.body as { client_id: string; client_secret: string };
    const by = (given: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${given}`).toString('base64')}` });
    const ask = (given: string) =>
      postForm<{ error: string }>(app, '/oauth/token', { grant_type: 'refresh_token', refresh_token: 'x' }, by(given));
    expect((await ask('wrong')).body.error).toBe('invalid_client');
    expect((await ask(secret)).body.error).toBe('invalid_grant');
  });
});

test('what a request says of its host changes no address that is told', async () => {
  const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' };
  const { text } = await app.api('GET', '/.well-known/oauth-authorization-server/oauth', { headers });
  expect(text).not.toContain('evil');
  const resource = await app.api('GET', '/.well-known/oauth-protected-resource/mcp', { headers });
  expect(resource.text).not.toContain('evil');
});

describe('an authorization request', () => {
  /** Of what is wrong here nobody but the person is told: the address may be a thief's. */
  test.each([
    ['another host', 'http://evil.example/callback'],
    ['another path', `${CALLBACK}/more`],
    ['a query', `${CALLBACK}?next=1`],
    ['a look-alike', 'http://127.0.0.1.evil.example:3999/callback'],
    ['a loopback of another name', 'http://localhost:3999/callback'],
  ])('to %s goes nowhere', async (_what, redirect_uri) => {
    const answer = await app.api('GET', client.authorizeUrl(newPkce(), { redirect_uri }).slice(app.url.length));
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
    expect(answer.text).not.toContain('evil.example"');
  });

  test('of an unknown client goes nowhere, and what it says is not markup', async () => {
    const url = client.authorizeUrl(newPkce(), {
      client_id: '<script>alert(1)</script>',
      redirect_uri: 'https://evil.example',
    });
    const answer = await app.api('GET', url.slice(app.url.length), { headers: { accept: 'text/html' } });
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
    expect(answer.text).not.toContain('<script>');
    expect(answer.headers.get('content-security-policy')).toContain(`frame-ancestors 'none'`);
  });

  test('at another port of the same machine is the same client', async () => {
    const end = await client.askFor(person, newPkce(), { redirect_uri: 'http://127.0.0.1:45678/callback' });
    expect(end.host).toBe('127.0.0.1:45678');
  });

  test.each([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge of no method', { code_challenge_method: undefined }, 'invalid_request'],
    ['a token instead of a code', { response_type: 'token' }, 'invalid_request'],
    ['an unknown scope', { scope: 'mcp:everything' }, 'invalid_scope'],
    ['a scope that no client gets', { scope: 'mcp:write' }, 'invalid_scope'],
    ['a resource of somebody else', { resource: 'https://example.com/mcp' }, 'invalid_target'],
    ['the whole origin', { resource: 'http://localhost/' }, 'invalid_target'],
    ['no interaction', { prompt: 'none' }, 'login_required'],
    ['a page as the answer', { response_mode: 'form_post' }, 'unsupported_response_mode'],
    ['a fragment as the answer', { response_mode: 'fragment' }, 'unsupported_response_mode'],
    ['an unknown way of answering', { response_mode: 'pigeon' }, 'unsupported_response_mode'],
  ])('with %s is refused, by the issuer', async (_what, changed, error) => {
    const answer = await app.api('GET', client.authorizeUrl(newPkce(), changed).slice(app.url.length));
    expect(answer.status).toBe(303);
    const end = new URL(answer.headers.get('location') ?? '');
    expect(end.origin + end.pathname).toBe(CALLBACK);
    // What asks for a token itself is answered in the fragment.
    const told = new URLSearchParams(end.hash === '' ? end.search : end.hash.slice(1));
    expect(Object.fromEntries(told)).toMatchObject({ error, state: 'a-state', iss: issuerOf(app) });
  });

  test('by POST is the same as by GET', async () => {
    const fields = Object.fromEntries(new URL(client.authorizeUrl(newPkce())).searchParams);
    const answer = await postForm(app, '/oauth/authorize', fields);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/^\/oauth\/authorize\?client_id=/);
  });
});

describe('a decision', () => {
  const begin = async () => {
    const browser = browserOf(app, person);
    const { uid = '' } = await browser.open(client.authorizeUrl(newPkce()));
    return { browser, uid };
  };
  const allow = async (uid: string) => {
    const { organization_id } = await browserOf(app, person)
      .ask(uid)
      .catch(() => ({ organization_id: undefined }));
    return { decision: 'allow', ...(organization_id && { organization_id }) };
  };

  test('of another browser is none, whoever is signed in there', async () => {
    const { browser, uid } = await begin();
    const { organization_id } = await browser.ask(uid);
    for (const stranger of [browserOf(app, other), browserOf(app, person)]) {
      expect((await stranger.send(`/oauth/interaction/${uid}/request`)).status).toBe(404);
      expect((await stranger.sendDecision(uid, { decision: 'allow', organization_id })).status).toBe(404);
      expect((await stranger.sendDecision(uid, { decision: 'deny' })).status).toBe(404);
    }
  });

  test('by a cookie that was made up is none', async () => {
    const { uid } = await begin();
    const cookie = `switchyard_authorization=${uid}; switchyard_authorization.sig=AAAAAAAAAAAAAAAAAAAAAAAAAAA`;
    const answer = await browserOf(app, other).send(`/oauth/interaction/${uid}/request`, { headers: { cookie } });
    expect(answer.status).toBe(404);
  });

  test('needs a person who signed in: no key will do', async () => {
    const { browser, uid } = await begin();
    const { headers } = await makeKey(person, { scopes: ['admin'] });
    const answer = await browser.sendDecision(uid, await allow(uid), headers);
    expect(answer.status).toBe(403);
    expect((await fetch(`${app.url}/oauth/interaction/${uid}/request`)).status).toBe(401);
  });

  test('that another site makes the browser send is refused', async () => {
    const { browser, uid } = await begin();
    const foreign: Record<string, string>[] = [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of foreign) {
      expect((await browser.sendDecision(uid, await allow(uid), headers)).status).toBe(403);
    }
  });

  test('for an organization of others is a 404', async () => {
    const { browser, uid } = await begin();
    const { body } = await other.call<{ organizations: { id: string }[] }>('GET', '/organizations');
    const answer = await browser.sendDecision(uid, { decision: 'allow', organization_id: body.organizations[0]?.id });
    expect(answer.status).toBe(404);
  });

  test('is made once: the same request brings no second grant', async () => {
    const { browser, uid } = await begin();
    const { organization_id } = await browser.ask(uid);
    const count = async () => (await person.call<{ clients: [] }>('GET', '/connected-clients')).body.clients.length;
    const before = await count();
    const decisions = [1, 2].map(() => browser.sendDecision(uid, { decision: 'allow', organization_id }));
    await Promise.all(decisions);
    await browser.sendDecision(uid, { decision: 'allow', organization_id });
    expect((await count()) - before).toBe(1);
  });

  test('to deny goes back to the client, which gets nothing', async () => {
    const end = await client.askFor(person, newPkce(), {}, { decision: 'deny' });
    expect(Object.fromEntries(end.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'a-state',
      iss: issuerOf(app),
    });
  });

  test('that nobody made before is not remembered', async () => {
    const fresh = await RawClient.register(app);
    const browser = browserOf(app, person);
    const { uid = '' } = await browser.open(fresh.authorizeUrl(newPkce()));
    const { organization_id } = await browser.ask(uid);
    const answer = await browser.sendDecision(uid, { decision: 'continue', organization_id });
    expect(answer.status).toBe(409);
  });
});
