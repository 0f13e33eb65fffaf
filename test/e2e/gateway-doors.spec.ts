import { type Answered, type Knock, knockAt } from '../support/gateway/knock.js';
import { makeKey } from '../support/api-keys.js';
import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { startOneServer } from '../support/gateway/one-server.js';
import { startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

const start = () =>
  startOneServer(startScriptedUpstream, {
    settings: { MCP_ALLOWED_ORIGINS: 'https://friend.example', MCP_ALLOWED_HOSTS: 'gateway.example' },
  });
let product: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  product = await start();
}, 60_000);
afterAll(() => product.stop());

const knock = (headers: Knock['headers'], more: Partial<Knock> = {}) => knockAt(product.app.url, { headers, ...more });
const codeOf = ({ status, body }: Answered) => [status, body?.error?.data?.code];

describe('credentials', () => {
  test.each(['/mcp', '/mcp/s/anything', '/mcp/t/anything'])('without one, %s says where to sign in', async (path) => {
    for (const method of ['POST', 'GET', 'DELETE']) {
      const answer = await knock({}, { path, method });
      expect(codeOf(answer)).toEqual([401, 'CREDENTIAL_MISSING']);
      const challenge = String(answer.headers['www-authenticate']);
      expect(challenge).not.toContain('error=');
      const [, metadata = ''] = /resource_metadata="([^"]+)"/.exec(challenge) ?? [];
      const told = await product.app.api<{ resource: string }>('GET', new URL(metadata).pathname);
      expect([told.status, new URL(told.body.resource).pathname]).toEqual([200, path]);
    }
  });

  test.each([
    ['a token that is none', () => ({ authorization: 'Bearer nonsense' })],
    ['a key that is none', () => ({ authorization: 'Bearer mcp_sk_0123456789012345678901234567890123456789' })],
    ['what a person signed in with', () => ({ authorization: `Bearer ${product.owner.token}` })],
    ['another scheme', () => ({ authorization: 'Basic YTpi' })],
    ['nothing after the scheme', () => ({ authorization: 'Bearer ' })],
    ['a key in a header of another door', () => ({ 'x-api-key': product.key.headers.authorization.slice(7) })],
    ['a cookie', () => ({ cookie: `access_token=${product.owner.token}; switchyard=${product.owner.token}` })],
  ])('%s lets nobody in', async (_name, headers) => {
    const answer = await knock(headers());
    expect([answer.status, answer.body?.jsonrpc ?? '2.0']).toEqual([401, '2.0']);
    expect(String(answer.headers['www-authenticate'])).toContain('resource_metadata=');
    expect(JSON.stringify(answer.body)).not.toContain(product.owner.token);
  });

  test.each([
    ['in two headers', () => [product.key.headers.authorization, `Bearer ${product.owner.token}`]],
    ['in one header', () => `${product.key.headers.authorization}, ${product.key.headers.authorization}`],
  ])('two of them, %s, let nobody in', async (_name, authorization) => {
    const answer = await knock({ authorization: authorization() });
    expect([400, 401]).toContain(answer.status);
    expect(answer.body?.result).toBeUndefined();
  });

  test('a token that does not count is said to be invalid', async () => {
    const answer = await knock({ authorization: 'Bearer nonsense' });
    expect(String(answer.headers['www-authenticate'])).toContain('error="invalid_token"');
  });

  test('in the address counts for nothing', async () => {
    const path = `/mcp?access_token=${product.key.headers.authorization.slice(7)}&api_key=x`;
    expect(codeOf(await knock({}, { path }))).toEqual([401, 'CREDENTIAL_MISSING']);
  });
});

describe('who calls from where', () => {
  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example', 'a b'])(
    'under the name %s it is not to be called',
    async (host) => {
      const answer = await knock({ ...product.key.headers, host });
      expect(answer.status === 403 || answer.status === 400).toBe(true);
    },
  );

  test.each(['gateway.example', 'localhost:1', '[::1]:80', '127.0.0.1'])('under the name %s it is', async (host) => {
    expect((await knock({ ...product.key.headers, host })).status).not.toBe(403);
  });

  test.each([
    'https://evil.example',
    'null',
    'file://',
    'http://127.0.0.1.evil.example',
    'https://friend.example.evil.example',
    'http://friend.example',
  ])('pages of %s may not, with a credential or without', async (origin) => {
    for (const headers of [product.key.headers, {}]) {
      for (const method of ['POST', 'GET', 'OPTIONS']) {
        const answer = await knock({ ...headers, origin }, { method });
        expect(codeOf(answer)).toEqual([403, 'ORIGIN_NOT_ALLOWED']);
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    }
  });

  test('pages that may get what browsers ask for, refusals too', async () => {
    const origin = 'https://friend.example';
    const asks = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, mcp-method',
    };
    const preflight = await knock({ origin, ...asks }, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': origin,
      vary: expect.stringMatching(/origin/i) as string,
    });
    for (const name of [
      'authorization',
      'mcp-name',
      'mcp-method',
      'mcp-session-id',
      'mcp-protocol-version',
      'last-event-id',
    ]) {
      expect(preflight.headers['access-control-allow-headers']).toContain(name);
    }
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
    for (const headers of [product.key.headers, {}]) {
      const answer = await knock({ ...headers, origin });
      expect(answer.headers['access-control-allow-origin']).toBe(origin);
      expect(answer.headers['access-control-expose-headers']).toContain('www-authenticate');
    }
  });
});

describe('what is sent', () => {
  const big = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"${'x'.repeat(1_100_000)}"}}`;
  const deep = `{"jsonrpc":"2.0","id":1,"method":"ping","params":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`;
  test.each([
    ['too large', 413, { body: big }, {}],
    ['too deep', 400, { body: deep }, {}],
    ['not JSON', 400, { body: '{"jsonrpc"' }, {}],
    ['nothing', 400, { body: '' }, {}],
    ['no message', 400, { body: '7' }, {}],
    ['not said to be JSON', 415, {}, { 'content-type': 'text/plain' }],
    ['for who takes no answer of ours', 406, {}, { accept: 'text/html' }],
    ['by a method that there is not', 405, { method: 'PUT' }, {}],
    ['in a session that there is not', 404, {}, { 'mcp-session-id': 'nothing' }],
    ['in no session', 400, {}, {}],
    ['of a revision that there is not', 400, {}, { 'mcp-protocol-version': '1999-01-01' }],
  ])('that is %s is answered %i in JSON-RPC', async (_name, status, options, headers) => {
    const answer = await knock({ ...product.key.headers, ...(headers as Record<string, string>) }, options);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number) as number } });
  });
});

describe('a session', () => {
  test('is of one credential at one place: for all others there is none', async () => {
    const session = await LegacyProgram.begin(product.placeAt());
    const stranger = await product.app.signIn();
    const others = [
      { ...product.placeAt(), headers: (await makeKey(product.owner)).headers },
      { ...product.placeAt(), url: `${product.app.url}/mcp` },
      { url: `${product.app.url}/mcp`, headers: (await makeKey(stranger)).headers },
    ];
    for (const other of others) {
      const said = await session.ask('tools/list', {}, other);
      expect([said.status, said.result]).toEqual([404, undefined]);
    }
    expect((await session.ask('tools/list')).status).toBe(200);
  });

  test('ends when its client says so', async () => {
    const session = await LegacyProgram.begin(product.placeAt());
    const stream = await session.listen();
    expect(await session.end()).toBeLessThan(300);
    await stream.ended;
    expect((await session.ask('tools/list')).status).toBe(404);
    expect(await session.end()).toBe(404);
  });
});

test('a newer client needs none, and gets none', async () => {
  const said = await new ModernProgram({ url: `${product.app.url}/mcp`, headers: product.key.headers }).ask(
    'tools/list',
  );
  expect([said.status, said.headers.get('mcp-session-id')]).toEqual([200, null]);
  expect(said.headers.get('cache-control')).toBe('no-store');
});
