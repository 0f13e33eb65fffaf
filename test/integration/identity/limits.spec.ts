import { DailyRequestsRepository } from '../../../src/core/identity/daily-requests.repository.js';
import { DailyRequests } from '../../../src/core/identity/daily-requests.service.js';
import type { OrganizationId } from '../../../src/platform/ids.js';
import { OrganizationPlansService } from '../../../src/core/identity/organization-plans.service.js';
import { Database } from '../../../src/platform/database/database.js';
import { Logger } from '../../../src/platform/logging/logger.js';
import { type Answer, type Person, startTestApp, type TestApp } from '../../support/app.js';

const LIMITS = { RATE_LIMIT_RPM: '12', RATE_LIMIT_USER_RPM: '6', RATE_LIMIT_KEY_RPM: '4', TRUST_PROXY: 'true' };

interface Problem {
  code: string;
  limit: string;
  retry_after: number;
}

describe('limits', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ ...LIMITS, DEFAULT_PLAN: 'standard' });
  });
  afterAll(() => app.stop());

  let addresses = 0;
  const anAddress = () => `198.51.100.${(addresses += 1)}`;
  const ask = <Body = Problem>(token: string, from = anAddress(), path = '/api/v1/user/profile') =>
    app.api<Body>('GET', path, { token, headers: { 'x-forwarded-for': from } });
  const makeKey = async ({ token }: Person, scopes = ['mcp:read']) => {
    const { body } = await app.api<{ api_key: { id: string; key: string } }>('POST', '/api/v1/user/api-keys', {
      token,
      body: { name: 'A key', scopes },
      headers: { 'x-forwarded-for': anAddress() },
    });
    return body.api_key;
  };
  const header = ({ headers }: Answer<unknown>, name: string) => headers.get(name);
  const organizationOf = async ({ user }: Person) => {
    const sql = 'select organization_id as id from memberships where user_id = $1';
    const [found] = await app.get(Database).sql<{ id: OrganizationId }>(sql, [user.id]);
    return found?.id as OrganizationId;
  };
  const storedToday = async (organizationId: OrganizationId) => {
    await app.get(DailyRequests).flush();
    const sql = 'select requests::int from organization_days where organization_id = $1 order by day desc limit 1';
    const [found] = await app.get(Database).sql<{ requests: number }>(sql, [organizationId]);
    return found?.requests;
  };
  const useUp = async (organizationId: OrganizationId, requests: number) => {
    await app.get(DailyRequests).flush();
    await app.get(Database).sql(
      `insert into organization_days (organization_id, day, requests) values ($1, $2, $3)
       on conflict (organization_id, day) do update set requests = excluded.requests`,
      [organizationId, app.clock.now(), requests],
    );
    await app.get(DailyRequests).flush();
  };

  test('one user has a number of requests a minute, from whatever addresses and with whatever sign-in', async () => {
    const person = await app.signIn();
    const again = await app.signIn(person.email);
    const answers: Answer<Problem>[] = [];
    for (let turn = 0; turn < 7; turn += 1) answers.push(await ask(turn % 2 ? again.token : person.token));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 429]);
    expect(answers.map((answer) => header(answer, 'x-ratelimit-remaining'))).toEqual([
      '5',
      '4',
      '3',
      '2',
      '1',
      '0',
      '0',
    ]);
    const last = answers.at(-1) as Answer<Problem>;
    expect(last.body).toMatchObject({ code: 'RATE_LIMITED', limit: 'user' });
    expect(header(last, 'ratelimit-policy')).toBe('"general";q=12;w=60, "user";q=6;w=60');
    expect(header(last, 'ratelimit')).toMatch(/^"general";r=11;t=60, "user";r=0;t=\d+$/);
    expect(Number(header(last, 'retry-after'))).toBe(last.body.retry_after);
    expect((await ask((await app.signIn()).token)).status).toBe(200);
    app.clock.forward(60);
    expect((await ask(person.token)).status).toBe(200);
  });

  test('the headers tell of the limit that is nearest to its end', async () => {
    const [person, from] = [await app.signIn(), anAddress()];
    for (let turn = 0; turn < 8; turn += 1) await ask('no token', from);
    const answer = await ask(person.token, from);
    expect([header(answer, 'x-ratelimit-limit'), header(answer, 'x-ratelimit-remaining')]).toEqual(['12', '3']);
    const inSeconds = Number(header(answer, 'x-ratelimit-reset')) - app.clock.now().getTime() / 1_000;
    expect(inSeconds).toBeGreaterThan(30);
    expect(inSeconds).toBeLessThanOrEqual(61);
  });

  test('errors of every kind have them, too', async () => {
    const { token } = await app.signIn();
    const paths = ['/api/v1/nothing', '/api/v1/activity?page=0', '/v1/nothing', '/api/nothing', '/api/v1/%zz'];
    for (const path of paths) {
      const answer = await ask(token, anAddress(), path);
      expect([path, answer.status >= 400, header(answer, 'x-ratelimit-limit')]).toEqual([
        path,
        true,
        expect.stringMatching(/^(12|6)$/),
      ]);
    }
    const headers = { 'x-forwarded-for': anAddress() };
    const broken = await app.api('POST', '/api/v1/servers', { token, body: '{', headers });
    expect([broken.status, header(broken, 'x-ratelimit-limit')]).toEqual([400, '12']);
  });

  test('a key is counted as a key, each for itself, and not as its user', async () => {
    const person = await app.signIn();
    const [one, other] = [await makeKey(person), await makeKey(person)];
    const answers: Answer<Problem>[] = [];
    for (let turn = 0; turn < 5; turn += 1) answers.push(await ask(one.key));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429]);
    expect(answers.at(-1)?.body).toMatchObject({ code: 'RATE_LIMITED', limit: 'key' });
    expect((await ask(other.key)).status).toBe(200);
    expect(header(await ask(person.token), 'ratelimit')).toMatch(/"user";r=3;/);
  });

  test('programs have the requests a day that the plan says, and people have them beside', async () => {
    const person = await app.signIn();
    const organizationId = await organizationOf(person);
    const { key } = await makeKey(person);
    const first = await ask(key);
    expect(header(first, 'ratelimit-policy')).toBe('"general";q=12;w=60, "key";q=4;w=60, "day";q=1000;w=86400');
    expect(header(first, 'ratelimit')).toMatch(/"day";r=999;t=\d+$/);
    expect(await storedToday(organizationId)).toBe(1);

    await useUp(organizationId, 998);
    const [second, third, fourth] = [await ask(key), await ask(key), await ask(key)];
    expect([second.status, third.status, fourth.status]).toEqual([200, 200, 429]);
    expect([header(third, 'x-ratelimit-limit'), header(third, 'x-ratelimit-remaining')]).toEqual(['1000', '0']);
    expect(fourth.body).toMatchObject({ code: 'RATE_LIMITED', limit: 'day' });
    const midnight = Math.ceil(app.clock.now().getTime() / 86_400_000) * 86_400;
    expect(Number(header(fourth, 'x-ratelimit-reset'))).toBe(midnight);
    expect(Number(header(fourth, 'retry-after'))).toBeGreaterThan(midnight - app.clock.now().getTime() / 1_000 - 5);
    expect(await storedToday(organizationId)).toBe(1_000);
    expect((await ask(person.token)).status).toBe(200);

    await app.get(Database).sql(`update organizations set plan = 'unlimited' where id = $1`, [organizationId]);
    await app.get(DailyRequests).flush();
    expect((await ask((await makeKey(person)).key)).status).toBe(200);
  });

  test('whoever calls the Platform API counts as a program, and is told so in its own form', async () => {
    const person = await app.signIn();
    const organizationId = await organizationOf(person);
    expect((await ask(person.token, anAddress(), '/v1/users/me')).status).toBe(200);
    await useUp(organizationId, 1_000);
    const refused = await ask<{ error: unknown }>(person.token, anAddress(), '/v1/users/me');
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({
      success: false,
      error: { code: 'RATE_LIMIT_EXCEEDED', details: { limit: 'day' } },
    });
  });

  test('the quota is kept when many ask at once, and over a restart of the count', async () => {
    const person = await app.signIn();
    const organizationId = await organizationOf(person);
    await useUp(organizationId, 990);
    const daily = app.get(DailyRequests);
    const takes = await Promise.all(Array.from({ length: 40 }, async () => daily.take(organizationId)));
    expect(takes.filter((taken) => taken?.allowed)).toHaveLength(10);
    expect(await storedToday(organizationId)).toBe(1_000);
    await daily.flush();
    expect(await daily.take(organizationId)).toMatchObject({ allowed: false, remaining: 0 });
    app.clock.forward(86_400);
    expect(await daily.take(organizationId)).toMatchObject({ allowed: true, remaining: 999 });
    expect(await storedToday(organizationId)).toBe(1);
  });

  test('several processes allow together at most what one second brings beyond it, and agree after', async () => {
    const person = await app.signIn();
    const organizationId = await organizationOf(person);
    const one = app.get(DailyRequests);
    const other = new DailyRequests(
      app.get(DailyRequestsRepository),
      app.get(OrganizationPlansService),
      app.clock,
      app.get(Logger),
    );
    const takeTimes = async (times: number, from: DailyRequests) => {
      const taken = await Promise.all(Array.from({ length: times }, async () => from.take(organizationId)));
      return taken.filter((quota) => quota?.allowed).length;
    };
    await useUp(organizationId, 900);
    expect([await takeTimes(60, one), await takeTimes(60, other)]).toEqual([60, 60]);
    await Promise.all([one.flush(), other.flush()]);
    expect(await storedToday(organizationId)).toBe(1_020);
    await Promise.all([one.flush(), other.flush()]);
    expect([await takeTimes(5, one), await takeTimes(5, other)]).toEqual([0, 0]);
  });
});
