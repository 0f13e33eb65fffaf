import { z } from 'zod';
import { startTestApp, type TestApp } from '../../support/app.js';
import { type Answer, Client, someAddress, wrongCode } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { McpServer, OtpSent, SignedIn, Tokens, User } from '../support/document.js';
import { createStored, type Stored } from '../support/stored.js';

const Claims = z.looseObject({ iat: z.number(), exp: z.number() });
const TTL_SECONDS = 600;
const from = (ip: string) => ({ 'x-forwarded-for': ip });

chapter('notes', 'Notes', (holds) => {
  let stored: Stored;
  let app: TestApp;
  let client: Client;

  beforeAll(async () => {
    stored = await createStored();
    // The limits as they are by default; a proxy tells where each caller comes from.
    const limits = { RATE_LIMIT_AUTH_RPM: '', RATE_LIMIT_RPM: '', OTP_COOLDOWN_SECONDS: '' };
    app = await startTestApp({ ...limits, DATABASE_URL: stored.url, TRUST_PROXY: 'true' });
    client = new Client(app.url);
  });

  afterAll(async () => {
    await app.stop();
    await stored.drop();
  });

  const verify = (email: string, code: string, ip = '192.0.2.1') =>
    client.call('POST', '/auth/otp/verify', { body: { email, code }, headers: from(ip) });
  const codeFor = (email: string, ip = '192.0.2.1') => client.requestCode(email, from(ip));

  const LIMIT = 'Notes, rate-limit';
  const floods = async (limit: number, send: () => Promise<Answer>) => {
    const answers: Answer[] = [];
    while (answers.length <= limit) answers.push(await send());
    const last = answers.pop();
    expect(answers.map(({ status }) => status)).not.toContain(429);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(
      answers.map((_, index) => String(limit - 1 - index)),
    );
    expect(answers.every(({ headers }) => headers.get('x-ratelimit-limit') === String(limit))).toBe(true);
    expect(last?.status).toBe(429);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    const resetsInMs = Number(last?.headers.get('x-ratelimit-reset')) * 1_000 - app.clock.now().getTime();
    expect(resetsInMs).toBeLessThanOrEqual(61_000);
  };
  holds(LIMIT, 'the 61st request in a minute from one address to the auth endpoints is 429', async () => {
    const body = { refresh_token: 'not-a-token' };
    await floods(60, () => client.call('POST', '/auth/refresh', { body, headers: from('198.51.100.1') }));
    const elsewhere = client.call('POST', '/auth/refresh', { body, headers: from('198.51.100.2') });
    await client.refuses(401, elsewhere);
  });
  holds(LIMIT, 'the 121st request in a minute from one address to the others is 429', async () => {
    await floods(120, () => client.call('GET', '/user/profile', { headers: from('198.51.100.3') }));
    await client.refuses(401, client.call('GET', '/user/profile', { headers: from('198.51.100.4') }));
  });

  const OTP = 'Notes, otp';
  holds(OTP, 'a code has six digits', async () => {
    expect(await codeFor(someAddress())).toMatch(/^\d{6}$/);
  });
  holds(OTP, 'a code works for 10 minutes', async () => {
    const [inTime, late] = [someAddress(), someAddress()];
    const [first, second] = [await codeFor(inTime), await codeFor(late)];
    app.clock.forward(TTL_SECONDS - 30);
    await client.expect(200, SignedIn, verify(inTime, first));
    app.clock.forward(31);
    await client.refuses(410, verify(late, second));
  });
  holds(OTP, 'the cooldown between two codes is 30 s', async () => {
    const email = someAddress();
    const request = () => client.call('POST', '/auth/otp/request', { body: { email }, headers: from('192.0.2.1') });
    expect(await client.expect(200, OtpSent, request())).toMatchObject({ cooldown_sec: 30 });
    app.clock.forward(28);
    const refused = await request();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(2);
    app.clock.forward(2);
    await client.expect(200, OtpSent, request());
  });
  holds(OTP, 'five wrong codes lock it', async () => {
    const email = someAddress();
    const code = await codeFor(email);
    const left: unknown[] = [];
    for (let guess = 0; guess < 5; guess += 1) {
      left.push((await client.refuses(401, verify(email, wrongCode(code)))).attempts_left);
    }
    expect(left).toEqual([4, 3, 2, 1, 0]);
    await client.refuses(429, verify(email, code));
  });
  holds(OTP, 'the code is stored as a salted hash', async () => {
    const [one, other] = [someAddress(), someAddress()];
    const codes = [await codeFor(one), await codeFor(other)];
    const rows = await stored.sql('select * from one_time_codes where email = any($1)', [[one, other]]);
    expect(rows).toHaveLength(2);
    expect(new Set(rows.map(({ salt }) => salt)).size).toBe(2);
    for (const code of codes) expect(JSON.stringify(rows)).not.toContain(`"${code}"`);
    expect(rows.every(({ code_hash }) => String(code_hash).length >= 40)).toBe(true);
  });
  holds(OTP, 'a code works once', async () => {
    const email = someAddress();
    const code = await codeFor(email);
    await client.expect(200, SignedIn, verify(email, code));
    await client.refuses(410, verify(email, code));
  });
  holds(OTP, 'a code is bound to its e-mail address', async () => {
    const [own, other] = [someAddress(), someAddress()];
    await codeFor(other);
    await client.refuses(401, verify(other, await codeFor(own)));
  });
  holds(OTP, 'a code is bound to the IP window that asked for it', async () => {
    const email = someAddress();
    const code = await codeFor(email, '203.0.113.7');
    await client.refuses(401, verify(email, code, '203.0.114.7'));
    await client.expect(200, SignedIn, verify(email, code, '203.0.113.200'));
  });

  const JWT = 'Notes, jwt';
  holds(JWT, 'the access token is a JWT for 15 minutes', async () => {
    const { access_token: token } = await client.signIn(someAddress(), from('192.0.2.30'));
    const [, payload = ''] = token.split('.');
    const { iat, exp } = Claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    expect(exp - iat).toBe(15 * 60);
    const profile = () => client.call('GET', '/user/profile', { token, headers: from('192.0.2.30') });
    app.clock.forward(14 * 60);
    await client.expect(200, User, profile());
    app.clock.forward(61);
    await client.refuses(401, profile());
  });
  holds(JWT, 'the refresh token works for 7 days', async () => {
    const [inTime, late] = [
      await client.signIn(someAddress(), from('192.0.2.40')),
      await client.signIn(someAddress(), from('192.0.2.40')),
    ];
    const refresh = (refresh_token: string) => client.call('POST', '/auth/refresh', { body: { refresh_token } });
    app.clock.forward(7 * 86_400 - 60);
    await client.expect(200, Tokens, refresh(inTime.refresh_token));
    app.clock.forward(61);
    await client.refuses(401, refresh(late.refresh_token));
  });

  holds('Notes, timestamps', 'all timestamps are ISO 8601', async () => {
    const { access_token: token, user } = await client.signIn(someAddress(), from('192.0.2.50'));
    const body = { name: 'A', url: 'http://127.0.0.1:9/mcp', auth_method: 'none' };
    const server = await client.expect(201, McpServer, client.call('POST', '/servers', { token, body }));
    const times = [user.created_at, user.updated_at, server.created_at, server.updated_at];
    expect(times.map((time) => new Date(time).toISOString())).toEqual(times);
  });

  holds('Notes, credentials', 'credentials of a server are encrypted at rest', async () => {
    const { access_token: token } = await client.signIn(someAddress(), from('192.0.2.70'));
    const secret = `key-${someAddress()}`;
    const sent = {
      name: 'Sealed',
      url: 'http://127.0.0.1:9/mcp',
      auth_method: 'api_key',
      credentials: { api_key: secret },
    };
    const { id } = await client.expect(201, McpServer, client.call('POST', '/servers', { token, body: sent }));
    const [row] = await stored.sql('select * from servers where id = $1', [id]);
    expect(String(row?.credentials).length).toBeGreaterThan(secret.length);
    const tables = await stored.sql(`select table_schema || '.' || table_name as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`);
    for (const { name } of tables) {
      const [schema, table] = String(name).split('.');
      const rows = await stored.sql(
        `select count(*)::int as found from "${schema}"."${table}" as entry where entry::text like $1`,
        [`%${secret}%`],
      );
      expect([name, rows[0]?.found]).toEqual([name, 0]);
    }
  });
});
