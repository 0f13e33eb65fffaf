import { Redis } from 'ioredis';
import { type Answer, eventually, startTestApp, type TestApp } from '../support/app.js';
import { startRedis, type TestRedis } from '../support/cluster/test-redis.js';

const LIMIT = 20;
const SIGN_IN_LIMIT = 10;
const SETTINGS = { RATE_LIMIT_RPM: String(LIMIT), RATE_LIMIT_AUTH_RPM: String(SIGN_IN_LIMIT), TRUST_PROXY: 'true' };

describe('rate limits of two processes', () => {
  let redis: TestRedis;
  let apps: [TestApp, TestApp];
  let callers = 0;

  beforeAll(async () => {
    redis = await startRedis();
    const start = () => startTestApp({ ...SETTINGS, ...redis.settings });
    apps = [await start(), await start()];
  }, 60_000);
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await redis.end();
  }, 30_000);

  /** A caller of its own, whom the two processes meet in turns. */
  function newCaller() {
    callers += 1;
    const from = { 'x-forwarded-for': `192.0.2.${callers}` };
    return (turn: number, path = '/api/v1/instance'): Promise<Answer> =>
      (apps[turn % 2] as TestApp).api('GET', path, { headers: from });
  }

  /** One after another; what each was answered. */
  async function askTimes(times: number, ask: (turn: number) => Promise<Answer>): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let turn = 0; turn < times; turn += 1) answers.push(await ask(turn));
    return answers;
  }

  const headerOf = (name: string) => (answer: Answer) => Number(answer.headers.get(name));

  it('are one limit: exact at its edge, the same in the headers of both', async () => {
    const answers = await askTimes(LIMIT + 4, newCaller());
    const refused = answers.map(({ status }) => status === 429);
    expect(refused).toEqual([...Array<boolean>(LIMIT).fill(false), ...Array<boolean>(4).fill(true)]);
    expect(answers.map(headerOf('x-ratelimit-remaining'))).toEqual(
      answers.map((_, turn) => Math.max(0, LIMIT - 1 - turn)),
    );
    const resets = answers.map(headerOf('x-ratelimit-reset'));
    expect(Math.max(...resets) - Math.min(...resets)).toBeLessThanOrEqual(2);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('hold when all come at once, and for each caller alone', async () => {
    const [one, other] = [newCaller(), newCaller()];
    const answers = await Promise.all(Array.from({ length: LIMIT * 2 }, (_, turn) => one(turn)));
    expect(answers.filter(({ status }) => status !== 429)).toHaveLength(LIMIT);
    expect((await other(0)).status).not.toBe(429);
  });

  it('bear a fault of one count: nobody else is counted alone or kept from signing in for it', async () => {
    const [unlucky, other] = [newCaller(), newCaller()];
    const address = `192.0.2.${callers - 1}`;
    await unlucky(0);
    const client = new Redis(redis.settings.REDIS_URL);
    try {
      const [key = ''] = await client.keys(`${redis.settings.REDIS_PREFIX}:rate:*${address}*`);
      await client.multi().del(key).lpush(key, 'no number').exec();
    } finally {
      client.disconnect();
    }
    const alone = await askTimes(LIMIT + 1, (turn) => unlucky(turn * 2));
    expect(alone.map(({ status }) => status === 429)).toEqual(alone.map((_, turn) => turn === LIMIT));
    for (const turn of [0, 1]) expect((await other(turn, '/api/v1/auth/refresh')).status).not.toBe(503);
  });

  it('leave nothing secret in Redis, neither in what it keeps nor in what it is told', async () => {
    const [app] = apps;
    const client = new Redis(redis.settings.REDIS_URL);
    const listener = client.duplicate();
    const told: string[] = [];
    listener.on('pmessage', (_pattern: string, channel: string, message: string) => told.push(channel, message));
    try {
      await listener.psubscribe('*');
      const person = await app.signIn();
      const body = { name: 'Canary', scopes: ['mcp:read'] };
      const made = await person.call<{ api_key: { id: string; key: string } }>('POST', '/user/api-keys', body);
      const { id, key } = made.body.api_key;
      expect((await app.api('GET', '/api/v1/user/profile', { token: key })).status).toBe(200);
      const password = 'a wrong password of a canary';
      await app.api('POST', '/api/v1/auth/password/login', { body: { email: person.email, password } });
      await person.call('DELETE', `/user/api-keys/${id}`);
      await app.api('POST', '/api/v1/auth/logout', { body: { refresh_token: person.refreshToken } });
      await eventually(
        () => told.join('\n'),
        (text) => text.includes(id),
      );

      for (const name of await client.keys('*')) told.push(name, (await client.dump(name)) ?? '');
      const secrets = { key, password, token: person.token, refreshToken: person.refreshToken };
      expect(told.some((text) => text.includes(`${redis.settings.REDIS_PREFIX}:rate:`))).toBe(true);
      expect(Object.entries(secrets).filter(([, secret]) => told.some((text) => text.includes(secret)))).toEqual([]);
    } finally {
      client.disconnect();
      listener.disconnect();
    }
  });

  it('count sign-in together too, and close it while Redis is away; the rest goes on, counted by each', async () => {
    const signIn = '/api/v1/auth/otp/request';
    const counted = newCaller();
    const before = await askTimes(SIGN_IN_LIMIT + 1, (turn) => counted(turn, signIn));
    expect(before.map(({ status }) => status === 429)).toEqual(before.map((_, turn) => turn === SIGN_IN_LIMIT));

    await redis.kill();
    const caller = newCaller();
    for (const turn of [0, 1]) {
      const { status, headers, body } = await caller(turn, signIn);
      expect({ status, code: body.code, retryable: body.retryable }).toEqual({
        status: 503,
        code: 'SIGN_IN_UNAVAILABLE',
        retryable: true,
      });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const alone = await askTimes(LIMIT + 1, (turn) => caller(turn * 2));
    expect(alone.map(({ status }) => status === 429)).toEqual(alone.map((_, turn) => turn === LIMIT));
    expect((await caller(1)).status).not.toBe(429);

    await redis.startAgain();
    for (const turn of [0, 1])
      await eventually(
        () => caller(turn, signIn),
        ({ status }) => status !== 503,
      );
    const after = await askTimes(LIMIT + 1, newCaller());
    expect(after.map(({ status }) => status === 429)).toEqual(after.map((_, turn) => turn === LIMIT));
  }, 30_000);

  it('do not wait for a Redis that says nothing', async () => {
    const caller = newCaller();
    redis.pause();
    try {
      const startedAt = performance.now();
      const answers = await Promise.all([0, 1, 0, 1].map((turn) => caller(turn)));
      expect(answers.map(({ status }) => status).filter((status) => status >= 429)).toEqual([]);
      // Once it is known, nobody waits for it any more.
      for (const turn of [0, 1]) expect((await caller(turn, '/api/v1/auth/refresh')).status).toBe(503);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    } finally {
      redis.goOn();
    }
    for (const turn of [0, 1]) {
      await eventually(
        () => caller(turn, '/api/v1/auth/refresh'),
        ({ status }) => status !== 503,
      );
    }
  }, 30_000);
});
