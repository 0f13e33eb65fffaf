import { request } from 'node:http';
import { readConfig } from '../../src/platform/config/config.js';
import { type Person, startTestApp, type TestApp } from '../support/app.js';

const HANDSHAKE = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a program', version: '1' } };
const BODY = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: HANDSHAKE });
const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

let app: TestApp;
let ada: Person;
let authorization: string;
const settings = {
  MCP_ALLOWED_HOSTS: 'gate.example,other.example:8443',
  MCP_ALLOWED_ORIGINS: 'https://inspector.example',
};
beforeAll(async () => {
  app = await startTestApp(settings);
  ada = await app.signIn();
  const key = { name: 'Doors', scopes: ['mcp:read'] };
  const { body } = await ada.call<{ api_key: { key: string } }>('POST', '/user/api-keys', key);
  authorization = `Bearer ${body.api_key.key}`;
}, 60_000);
afterAll(() => app.stop());

interface Answer {
  status: number | undefined;
  code: string | undefined;
  headers: Record<string, unknown>;
}

/** `fetch` lets nobody choose the host. */
function ask(url: string, headers: Record<string, string>, method = 'POST'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/mcp`, { method, headers: { ...HEADERS, ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => {
        const { error } = (text === '' ? {} : JSON.parse(text)) as { error?: { data?: { code?: string } } };
        resolve({ status: answer.statusCode, code: error?.data?.code, headers: answer.headers });
      });
    });
    sent.on('error', reject).end(method === 'POST' ? BODY : undefined);
  });
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
    expect(await ask(app.url, { authorization, host })).toMatchObject({ status: 200 });
  });

  test.each(['evil.example', 'other.example', 'gate.example.evil.example', 'localhost.evil.example', 'a b'])(
    'of a stranger is refused, with a credential too: %s',
    async (host) => {
      expect(await ask(app.url, { authorization, host })).toMatchObject({ status: 403, code: 'HOST_NOT_ALLOWED' });
    },
  );
});

describe('a page', () => {
  test('may call and read from where it was allowed, after asking', async () => {
    for (const origin of ['https://inspector.example', `http://127.0.0.1:${port()}`, 'http://localhost:6274']) {
      const asked = await ask(app.url, { origin, 'access-control-request-method': 'POST' }, 'OPTIONS');
      expect(asked).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': origin, vary: 'origin' } });
      const answer = await ask(app.url, { origin, authorization });
      expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin } });
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
  });

  test.each(['https://evil.example', 'null', 'https://inspector.example.evil.example', 'http://inspector.example'])(
    'of another origin may not: %s',
    async (origin) => {
      expect(await ask(app.url, { origin, authorization })).toMatchObject({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
    },
  );

  test('of this machine may not where another name was called', async () => {
    const headers = { origin: 'http://localhost:6274', host: 'gate.example', authorization };
    expect(await ask(app.url, headers)).toMatchObject({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
  });
});

describe('without a credential', () => {
  test('nobody is served', async () => {
    expect(await ask(app.url, {})).toMatchObject({ status: 401, code: 'CREDENTIAL_MISSING' });
  });

  describe('where the instance is open to programs of its machine', () => {
    let open: TestApp;
    beforeAll(async () => {
      open = await startTestApp({ MCP_OPEN_ON_LOOPBACK: 'true', MCP_ALLOWED_HOSTS: 'gate.example' });
    }, 60_000);
    afterAll(() => open.stop());

    test('nobody is served before there is anybody to act for', async () => {
      expect(await ask(open.url, {})).toMatchObject({ status: 401 });
      await open.signIn();
      expect(await ask(open.url, {})).toMatchObject({ status: 200 });
    });

    test.each([
      ['a proxy said a word', { 'x-forwarded-for': '192.0.2.7' }],
      ['the name is not of this machine', { host: 'gate.example' }],
      ['a credential is shown that does not count', { authorization: 'Bearer wrong' }],
    ])('nobody is served when %s', async (_why, headers) => {
      expect(await ask(open.url, headers as Record<string, string>)).toMatchObject({ status: 401 });
    });
  });

  test('production refuses to be opened', () => {
    expect(() => readConfig({ NODE_ENV: 'production', MCP_OPEN_ON_LOOPBACK: 'true' })).toThrow(/MCP_OPEN_ON_LOOPBACK/);
  });
});
