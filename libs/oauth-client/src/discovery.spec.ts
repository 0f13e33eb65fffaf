import { EgressRefused } from '@app/egress';
import { ISSUER, metadata, resource, scriptedWeb, SERVER } from '../test/scripted-web.js';
import { discover } from './discovery.js';

const RESOURCE = 'https://mcp.example/.well-known/oauth-protected-resource';
const OAUTH = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';

const unsafe = { code: 'OAUTH_METADATA_UNSAFE' };

describe('where a server says how to get in', () => {
  test('what its challenge names is asked alone', async () => {
    const named = 'https://mcp.example/somewhere.json';
    const web = scriptedWeb({ [named]: resource(), [`${ISSUER}${OAUTH}`]: metadata() });
    const found = await discover(web, SERVER, { challenge: { resourceMetadata: named } });
    expect(found).toMatchObject({ resource: SERVER, server: { issuer: ISSUER } });
    expect(web.paths()).toEqual([named, `${ISSUER}${OAUTH}`]);
  });

  test('else the form with its path comes before the one of the host', async () => {
    const web = scriptedWeb({
      [RESOURCE]: resource({ resource: 'https://mcp.example' }),
      [`${ISSUER}${OAUTH}`]: metadata(),
    });
    expect(await discover(web, SERVER, { challenge: {} })).toMatchObject({ resource: 'https://mcp.example' });
    expect(web.paths().slice(0, 2)).toEqual([`${RESOURCE}/v1/mcp`, RESOURCE]);
  });

  test.each([
    'https://evil.example/v1/mcp',
    'https://mcp.example:444/v1/mcp',
    'http://mcp.example/v1/mcp',
    'https://mcp.example/v1/mc',
    'https://mcp.example/v2',
    'https://mcp.example/v1/mcp?other',
    'mcp.example',
    7,
  ])('what is about %s is not of this server', async (other) => {
    const web = scriptedWeb({ [`${RESOURCE}/v1/mcp`]: resource({ resource: other }) });
    await expect(discover(web, SERVER, { challenge: {} })).rejects.toMatchObject(unsafe);
    expect(web.paths()).toHaveLength(1);
  });

  test('the authorization server in use stays while it is named', async () => {
    const other = 'https://other.example';
    const web = scriptedWeb({
      [`${RESOURCE}/v1/mcp`]: resource({ authorization_servers: [ISSUER, other] }),
      [`${ISSUER}${OAUTH}`]: metadata(),
      [`${other}${OAUTH}`]: metadata({ issuer: other }),
    });
    expect((await discover(web, SERVER, { issuer: other })).server.issuer).toBe(other);
    expect((await discover(web, SERVER, { issuer: 'https://gone.example' })).server.issuer).toBe(ISSUER);
  });
});

describe('what an authorization server says of itself', () => {
  const of = (issuer: string, pages: Record<string, object | string>) =>
    scriptedWeb({ [`${RESOURCE}/v1/mcp`]: resource({ authorization_servers: [issuer] }), ...pages });

  test('is looked for in the three forms of an issuer with a path, in order', async () => {
    const issuer = 'https://as.example/tenant';
    const last = `https://as.example/tenant${OPENID}`;
    const web = of(issuer, { [last]: metadata({ issuer }) });
    await discover(web, SERVER);
    expect(web.paths().slice(1)).toEqual([`${ISSUER}${OAUTH}/tenant`, `${ISSUER}${OPENID}/tenant`, last]);
  });

  test.each([
    ['of another issuer', { issuer: 'https://evil.example' }],
    ['of an issuer written otherwise', { issuer: `${ISSUER}/` }],
    ['without PKCE', { code_challenge_methods_supported: undefined }],
    ['with plain PKCE only', { code_challenge_methods_supported: ['plain'] }],
    ['that leads browsers to a script', { authorization_endpoint: 'javascript:alert(1)' }],
    ['that leads browsers to a file', { authorization_endpoint: 'file:///etc/passwd' }],
    ['that leads browsers to a program', { authorization_endpoint: 'vscode://open' }],
    ['that takes codes without TLS', { token_endpoint: 'http://as.example/token' }],
    ['that registers without TLS', { registration_endpoint: 'http://as.example/register' }],
    ['with a password in an address', { token_endpoint: 'https://a:b@as.example/token' }],
  ])('%s is not used', async (_, wrong) => {
    const web = of(ISSUER, { [`${ISSUER}${OAUTH}`]: metadata(wrong) });
    await expect(discover(web, SERVER)).rejects.toMatchObject(unsafe);
  });

  test('has to be there, once it is named', async () => {
    await expect(discover(of(ISSUER, {}), SERVER)).rejects.toMatchObject(unsafe);
    await expect(discover(of('http://as.example', {}), SERVER)).rejects.toMatchObject(unsafe);
  });

  test('may be a page of an application in one form, and right in another', async () => {
    const web = of(ISSUER, { [`${ISSUER}${OAUTH}`]: '<html>', [`${ISSUER}${OPENID}`]: metadata() });
    expect((await discover(web, SERVER)).server.token_endpoint).toBe(`${ISSUER}/token`);
  });
});

describe('a server of the revision of 2025-03-26', () => {
  test('is its own authorization server, by the metadata of its origin', async () => {
    const web = scriptedWeb({
      [`https://mcp.example${OAUTH}`]: metadata({ issuer: 'https://mcp.example' }),
    });
    expect(await discover(web, SERVER, { challenge: {} })).toMatchObject({ resource: SERVER });
  });

  test('has the default addresses where it says nothing', async () => {
    const { server } = await discover(scriptedWeb({}), SERVER, { challenge: {} });
    expect(server).toMatchObject({
      authorization_endpoint: 'https://mcp.example/authorize',
      token_endpoint: 'https://mcp.example/token',
      registration_endpoint: 'https://mcp.example/register',
    });
  });

  test('is not taken for one where it asks for nothing', async () => {
    await expect(discover(scriptedWeb({}), SERVER)).rejects.toMatchObject({ code: 'OAUTH_NOT_OFFERED' });
  });

  test('that is in trouble is not guessed at', async () => {
    const broken = () => new Response('', { status: 503 });
    const web = scriptedWeb({ [`https://mcp.example${OAUTH}`]: broken });
    await expect(discover(web, SERVER, { challenge: {} })).rejects.toMatchObject(unsafe);
  });
});

test('an address that the guard refuses says so, and no answer counts that is too long or too late', async () => {
  const refused = async () => {
    throw new EgressRefused('EGRESS_ADDRESS', 'The address is private.', 'Allow it.');
  };
  await expect(discover({ fetch: refused }, SERVER)).rejects.toMatchObject({ ...unsafe, detail: 'EGRESS_ADDRESS' });
  const endless = scriptedWeb({ [`${RESOURCE}/v1/mcp`]: 'x'.repeat(300_000) });
  await expect(discover(endless, SERVER)).rejects.toMatchObject({ detail: 'EGRESS_TOO_LARGE' });
  const silent = (_: string | URL, { signal }: RequestInit) =>
    new Promise<Response>((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('late'))));
  await expect(discover({ fetch: silent, timeoutMs: 5 }, SERVER)).rejects.toMatchObject({ code: 'OAUTH_UNREACHABLE' });
});
