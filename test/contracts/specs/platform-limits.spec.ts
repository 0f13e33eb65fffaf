import { z } from 'zod';
import { startTestApp, type TestApp } from '../../support/app.js';
import { type Answer, Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

const Key = z.object({ data: z.object({ apiKey: z.object({ key: z.string() }) }) });
const Refusal = z.looseObject({ success: z.literal(false), error: z.looseObject({ code: z.string() }) });
const OF_A_KEY = 3;

chapter('platform-limits', 'Limits', (holds) => {
  let app: TestApp;
  let client: Client;
  let token: string;
  beforeAll(async () => {
    app = await startTestApp({ RATE_LIMIT_KEY_RPM: String(OF_A_KEY) });
    client = new Client(app.url);
    ({ token } = await app.signIn());
  });
  afterAll(() => app.stop());

  const refused = async (status: number, answer: Promise<Answer>) =>
    (await client.expect(status, Refusal, answer)).error.code;
  const makeKey = async () => {
    const body = { name: 'Counted', scopes: ['mcp:read'] };
    const made = await client.expect(201, Key, client.callAt('POST', '/v1/users/me/api-keys', { token, body }));
    return { authorization: `ApiKey ${made.data.apiKey.key}` };
  };

  const LIMITING = 'Rate Limiting';
  holds(LIMITING, 'each answer has X-RateLimit-Limit, -Remaining and -Reset, counted for each API key', async () => {
    const headers = await makeKey();
    const [first, second] = [
      await client.callAt('GET', '/v1/mcp/services', { headers }),
      await client.callAt('GET', '/v1/mcp/services', { headers }),
    ];
    const limitsOf = ({ headers: told }: Answer) =>
      ['limit', 'remaining'].map((name) => told.get(`x-ratelimit-${name}`));
    expect([first, second].map(limitsOf)).toEqual([
      ['3', '2'],
      ['3', '1'],
    ]);
    const resetsIn = Number(second.headers.get('x-ratelimit-reset')) - app.clock.now().getTime() / 1_000;
    expect(resetsIn).toBeGreaterThan(0);
    expect(resetsIn).toBeLessThanOrEqual(61);
    const other = await client.callAt('GET', '/v1/mcp/services', { headers: await makeKey() });
    expect(limitsOf(other)).toEqual(['3', '2']);
  });
  holds(LIMITING, 'one request too many is 429 RATE_LIMIT_EXCEEDED, and says when to come again', async () => {
    const headers = await makeKey();
    for (let count = 0; count < OF_A_KEY; count += 1) await client.callAt('GET', '/v1/mcp/services', { headers });
    const answer = await client.callAt('GET', '/v1/mcp/services', { headers });
    expect(await refused(429, Promise.resolve(answer))).toBe('RATE_LIMIT_EXCEEDED');
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
