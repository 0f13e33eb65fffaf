import { startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { HELLO, knockAt } from '../support/gateway/knock.js';

let app: TestApp;
let authorization: string;
const settings = {
  MCP_ALLOWED_HOSTS: 'gate.example,other.example:8443',
  MCP_ALLOWED_ORIGINS: 'https://inspector.example',
  RATE_LIMIT_KEY_RPM: '1000',
};
beforeAll(async () => {
  app = await startTestApp(settings);
  ({ authorization } = (await makeKey(await app.signIn(), { scopes: ['mcp:read'] })).headers);
}, 60_000);
afterAll(() => app.stop());

/** What came of it, with the code of a refusal. */
async function ask(headers: Record<string, string>, method = 'POST') {
  const { body, ...answer } = await knockAt(app.url, { headers, method, body: HELLO });
  return { ...answer, code: body?.error?.data?.code };
}
const port = () => new URL(app.url).port;

describe('a request under a name', () => {
  test.each([
    'localhost',
    '127.0.0.1',
    '[::1]',
    '192.0.2.7',
    'gate.example',
    'gate.example:8443',
    'other.example:8443',
  ])('of ours is served: %s', async (host) => {
    expect(await ask({ authorization, host })).toMatchObject({ status: 200 });
  });

  test.each(['evil.example', 'other.example', 'gate.example.evil.example', 'localhost.evil.example', 'a b'])(
    'of a stranger is refused, with a credential too: %s',
    async (host) => {
      expect(await ask({ authorization, host })).toMatchObject({ status: 403, code: 'HOST_NOT_ALLOWED' });
    },
  );
});

describe('a page', () => {
  test('may call and read from where it was allowed, after asking', async () => {
    for (const origin of ['https://inspector.example', `http://127.0.0.1:${port()}`, 'http://localhost:6274']) {
      const asked = await ask({ origin, 'access-control-request-method': 'POST' }, 'OPTIONS');
      expect(asked).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': origin, vary: 'origin' } });
      const answer = await ask({ origin, authorization });
      expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin } });
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
  });

  test.each(['https://evil.example', 'null', 'https://inspector.example.evil.example', 'http://inspector.example'])(
    'of another origin may not: %s',
    async (origin) => {
      expect(await ask({ origin, authorization })).toMatchObject({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
    },
  );

  test('of this machine may not where another name was called', async () => {
    const headers = { origin: 'http://localhost:6274', host: 'gate.example', authorization };
    expect(await ask(headers)).toMatchObject({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
  });
});

test('without a credential nobody is served', async () => {
  expect(await ask({})).toMatchObject({ status: 401, code: 'CREDENTIAL_MISSING' });
});

test('an answer is nothing that a page could show or keep, and says what is left of the limit', async () => {
  const { headers } = await ask({ authorization });
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'ratelimit-policy': '"key";q=1000;w=60',
    ratelimit: expect.stringMatching(/^"key";r=\d+;t=\d+$/) as string,
  });
});
