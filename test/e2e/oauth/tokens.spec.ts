import { SigningKeys } from '../../../src/core/oauth/signing-keys.service.js';
import { Database } from '../../../src/platform/database/database.js';
import { eventually, type Person, startTestApp, type TestApp } from '../../support/app.js';
import { authenticate, browserOf, issuerOf, newPkce, RawClient, type TokenAnswer } from './support.js';

let app: TestApp;
let person: Person;

beforeAll(async () => {
  app = await startTestApp();
  person = await app.signIn();
});
afterAll(() => app.stop());

interface Connected {
  id: string;
  name: string;
  client_kind: string;
  redirect: string;
  resource: string;
  scopes: string[];
  last_used_at: string | null;
  last_used_ip: string | null;
}

const connected = async (of: Person) =>
  (await of.call<{ clients: Connected[] }>('GET', '/connected-clients')).body.clients;
const isRefused = { kind: 'unauthenticated', code: 'TOKEN_INVALID' };

describe('metadata', () => {
  test('are the same at every address at which clients look', async () => {
    const paths = [
      '/.well-known/oauth-authorization-server/oauth',
      '/oauth/.well-known/oauth-authorization-server',
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration/oauth',
      '/oauth/.well-known/openid-configuration',
    ];
    const [first, ...others] = await Promise.all(paths.map((path) => app.api('GET', path)));
    expect(first?.body).toMatchObject({
      issuer: issuerOf(app),
      authorization_endpoint: `${issuerOf(app)}/authorize`,
      token_endpoint: `${issuerOf(app)}/token`,
      registration_endpoint: `${issuerOf(app)}/register`,
      revocation_endpoint: `${issuerOf(app)}/revoke`,
      jwks_uri: `${issuerOf(app)}/jwks`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      scopes_supported: ['mcp:read', 'mcp:execute', 'offline_access'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    });
    for (const other of others) expect(other.body).toEqual(first?.body);
  });

  test.each([
    ['/mcp', 'Switchyard'],
    ['/mcp/s/mcp_0', 'Switchyard: mcp_0'],
    ['/mcp/t/daily', 'Switchyard: toolset daily'],
  ])('of the resource %s say who issues its tokens, whether it is there or not', async (path, name) => {
    const { status, body, headers } = await app.api('GET', `/.well-known/oauth-protected-resource${path}`);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect(body).toEqual({
      resource: `${app.url}${path}`,
      authorization_servers: [issuerOf(app)],
      scopes_supported: ['mcp:read', 'mcp:execute'],
      bearer_methods_supported: ['header'],
      resource_name: name,
    });
  });

  test('without a path are those of all servers', async () => {
    const { body } = await app.api('GET', '/.well-known/oauth-protected-resource');
    expect(body).toMatchObject({ resource: `${app.url}/mcp` });
  });

  test('and tokens may be asked for from any page, authorizations may not', async () => {
    const preflight = async (path: string) => {
      const headers = { origin: 'https://inspector.example', 'access-control-request-method': 'POST' };
      const answer = await fetch(app.url + path, { method: 'OPTIONS', headers });
      return answer.ok ? answer.headers.get('access-control-allow-origin') : null;
    };
    for (const path of ['/oauth/token', '/oauth/register', '/oauth/revoke', '/oauth/jwks']) {
      expect([path, await preflight(path)]).toEqual([path, '*']);
    }
    expect(await preflight('/oauth/authorize')).toBeNull();
    const told = await app.api('POST', '/oauth/token', { headers: { origin: 'https://inspector.example' } });
    expect(told.headers.get('access-control-allow-origin')).toBe('*');
    expect(told.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('a refresh token', () => {
  let client: RawClient;
  beforeAll(async () => {
    client = await RawClient.register(app);
  });

  test('is replaced at each use, and all who ask at once get the same one', async () => {
    const { refresh_token: first } = await client.connect(person);
    const answers = await Promise.all([1, 2, 3].map(() => client.refresh(first)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const next = new Set(answers.map(({ body }) => body.refresh_token));
    expect(next.size).toBe(1);
    expect(next).not.toContain(first);
    expect((await client.refresh([...next][0] ?? '')).status).toBe(200);
  });

  test('that comes back later ends the grant, and with it every token; it is told in the activity', async () => {
    const { refresh_token: first } = await client.connect(person);
    const { body: second } = await client.refresh(first);
    app.clock.forward(11);
    expect((await client.refresh(first)).body.error).toBe('invalid_grant');
    expect((await client.refresh(second.refresh_token)).body.error).toBe('invalid_grant');
    await expect(authenticate(app, second.access_token, client.resource)).rejects.toMatchObject(isRefused);
    const activity = await person.call<{ items: { action: string }[] }>('GET', '/activity?action=client.token_reused');
    expect(JSON.stringify(activity.body)).toContain('client.token_reused');
  });

  test('may ask for less, and never for more', async () => {
    const { refresh_token: token } = await client.connect(person, { scope: 'mcp:read' });
    expect((await client.refresh(token, { scope: 'mcp:read mcp:execute' })).body.error).toBe('invalid_scope');
    const both = await client.connect(person);
    const less = await client.refresh(both.refresh_token, { scope: 'mcp:read' });
    expect(less.body.scope).toBe('mcp:read');
    expect((await authenticate(app, less.body.access_token, client.resource)).scopes).toEqual(['mcp:read']);
  });

  test('of another client is worth nothing', async () => {
    const { refresh_token: token } = await client.connect(person);
    const thief = await RawClient.register(app);
    expect((await thief.refresh(token)).body.error).toBe('invalid_grant');
  });

  test('lasts for 30 days from its last use', async () => {
    const { refresh_token: first } = await client.connect(person);
    app.clock.forward(29 * 86_400);
    const { body } = await client.refresh(first);
    app.clock.forward(29 * 86_400);
    const again = await client.refresh(body.refresh_token);
    expect(again.status).toBe(200);
    app.clock.forward(31 * 86_400);
    expect((await client.refresh(again.body.refresh_token)).body.error).toBe('invalid_grant');
    person = await app.signIn();
  });

  test('and codes are in no table as they are', async () => {
    const { refresh_token: token } = await client.connect(person);
    const rows = await app
      .get(Database)
      .sql<{ text: string }>(
        `select r::text as text from oauth_records r union all select c::text from oauth_clients c`,
      );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ text }) => text.includes(token))).toEqual([]);
  });
});

describe('a connected client', () => {
  const connect = async (of: Person): Promise<{ client: RawClient; tokens: TokenAnswer }> => {
    const client = await RawClient.register(app, { client_name: 'An \u202eevil\u0007  editor' });
    return { client, tokens: await client.connect(of) };
  };

  test('is listed, with what it may do and when it was used', async () => {
    const owner = await app.signIn();
    const { client, tokens } = await connect(owner);
    expect((await connected(owner))[0]).toMatchObject({ last_used_at: null });
    await authenticate(app, tokens.access_token, client.resource);
    const [found] = await eventually(
      () => connected(owner),
      ([one]) => one?.last_used_at != null,
    );
    expect(found).toMatchObject({
      name: 'An evil editor',
      client_kind: 'registered',
      redirect: '127.0.0.1',
      resource: client.resource,
      scopes: ['mcp:read', 'mcp:execute'],
      last_used_ip: '127.0.0.1',
    });
    const { body } = await owner.call<{ credentials: { kind: string }[] }>('GET', '/user/credentials');
    expect(body.credentials.map(({ kind }) => kind)).toContain('oauth_client');
  });

  test('is out at once when its owner revokes it, and has to ask again', async () => {
    const owner = await app.signIn();
    const { client, tokens } = await connect(owner);
    await authenticate(app, tokens.access_token, client.resource);
    const [{ id = '' } = {}] = await connected(owner);
    expect((await (await app.signIn()).call('DELETE', `/connected-clients/${id}`)).status).toBe(404);
    expect((await owner.call('DELETE', `/connected-clients/${id}`)).status).toBe(200);
    await expect(authenticate(app, tokens.access_token, client.resource)).rejects.toMatchObject(isRefused);
    expect((await client.refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await owner.call('DELETE', `/connected-clients/${id}`)).status).toBe(404);
    const browser = browserOf(app, owner);
    const { uid = '' } = await browser.open(client.authorizeUrl(newPkce()));
    expect((await browser.ask(uid)).organizations[0]?.remembered).toBe(false);
  });

  test('has the role that its owner has now, and none once they are removed', async () => {
    const [owner, member] = [await app.signIn(), await app.signIn()];
    const { client, tokens } = await connect(member);
    const { organizationId } = await authenticate(app, tokens.access_token, client.resource);
    const change = (statement: string) =>
      app
        .get(Database)
        .sql(`${statement} where user_id = $1 and organization_id = $2`, [member.user.id, organizationId]);
    await change(`update memberships set role = 'viewer'`);
    await eventually(
      () => authenticate(app, tokens.access_token, client.resource),
      ({ role }) => role === 'viewer',
    );
    await change('delete from memberships');
    await eventually(
      () =>
        authenticate(app, tokens.access_token, client.resource).then(
          () => 'in',
          () => 'out',
        ),
      (where) => where === 'out',
    );
    expect((await client.refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect(await connected(owner)).toEqual([]);
  });
});

describe('a consent', () => {
  test('is remembered for the same, asked for anew for more, and each time a client wants it', async () => {
    const client = await RawClient.register(app, { redirect_uris: ['https://client.example/callback'] });
    const asks = async (changed: Record<string, string>) => {
      const browser = browserOf(app, person);
      const { uid = '' } = await browser.open(client.authorizeUrl(newPkce(), changed));
      return browser.ask(uid);
    };
    await client.connect(person, { scope: 'mcp:read' });
    const same = await asks({ scope: 'mcp:read' });
    expect([same.organizations[0]?.remembered, same.new_scopes]).toEqual([true, []]);
    const more = await asks({ scope: 'mcp:read mcp:execute' });
    expect([more.organizations[0]?.remembered, more.new_scopes]).toEqual([false, ['mcp:execute']]);
    const forced = await asks({ scope: 'mcp:read', prompt: 'consent' });
    expect(forced.organizations[0]?.remembered).toBe(false);
    const elsewhere = await asks({ scope: 'mcp:read', resource: `${client.resource}/s/x` });
    expect([elsewhere.organizations[0]?.remembered, elsewhere.resource.found]).toEqual([false, false]);
    const end = await client.askFor(person, newPkce(), { scope: 'mcp:read' }, { decision: 'continue' });
    expect(end.searchParams.get('code')).toBeTruthy();
  });

  test('of a program on a machine is asked for each time, for any program may answer there', async () => {
    const client = await RawClient.register(app);
    await client.connect(person);
    const browser = browserOf(app, person);
    const { uid = '' } = await browser.open(client.authorizeUrl(newPkce()));
    const question = await browser.ask(uid);
    expect([question.organizations[0]?.remembered, question.new_scopes]).toEqual([false, []]);
    expect(question.cautions).toEqual(['this_machine']);
    const continued = { decision: 'continue', organization_id: question.organization_id };
    expect((await browser.sendDecision(uid, continued)).status).toBe(409);
  });

  test('of one redirect is none of another', async () => {
    const uris = ['https://one.example/callback', 'https://two.example/callback'];
    const client = await RawClient.register(app, { redirect_uris: uris });
    await client.connect(person);
    const browser = browserOf(app, person);
    const { uid = '' } = await browser.open(client.authorizeUrl(newPkce(), { redirect_uri: uris[1] }));
    const question = await browser.ask(uid);
    expect([question.redirect.shown, question.organizations[0]?.remembered]).toEqual(['two.example', false]);
  });
});

describe('the keys that sign', () => {
  test('are published before they sign, and what they signed counts on', async () => {
    const client = await RawClient.register(app);
    const kids = async () =>
      (await app.api<{ keys: { kid: string; alg: string; d?: string }[] }>('GET', '/oauth/jwks')).body.keys;
    const [before] = await kids();
    const old = await client.connect(person);
    const kidOf = ({ access_token: token }: TokenAnswer) =>
      (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
    await app.get(SigningKeys).rotate();
    const both = await kids();
    expect(both.map(({ kid }) => kid)).toContain(before?.kid);
    expect(both).toHaveLength(2);
    expect(both.every(({ alg, d }) => alg === 'RS256' && d === undefined)).toBe(true);
    expect(kidOf(await client.connect(person))).toBe(before?.kid);
    app.clock.forward(10 * 60 + 1);
    const fresh = await client.connect(person);
    expect(kidOf(fresh)).not.toBe(before?.kid);
    await authenticate(app, fresh.access_token, client.resource);
    expect(kidOf(old)).toBe(before?.kid);
  });
});
