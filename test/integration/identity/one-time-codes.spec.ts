import { DataSource, type QueryRunner } from 'typeorm';
import { type IdentityApp, startIdentityApp } from './identity-app.js';

const REQUEST = '/api/v1/auth/otp/request';
const VERIFY = '/api/v1/auth/otp/verify';

/** Every statement of the requests, in order; those of the mail job run beside them and are left out. */
function watchStatements(source: DataSource) {
  const statements: string[] = [];
  const runner = source.createQueryRunner();
  const prototype = Object.getPrototypeOf(runner) as Pick<QueryRunner, 'query'>;
  const { query } = prototype;
  prototype.query = function (this: QueryRunner, text: string, ...rest: unknown[]) {
    if (!/dev_mails|"OneTimeCodeEntity"."id" = \$1/.test(text)) statements.push(text);
    return Reflect.apply(query, this, [text, ...rest]) as Promise<never>;
  };
  return { statements, stop: () => void (prototype.query = query) };
}

describe('one-time codes', () => {
  let app: IdentityApp;

  beforeAll(async () => {
    app = await startIdentityApp({ TRUST_PROXY: 'true' });
  });

  afterAll(() => app.close());

  const askFor = async (email: string, headers?: Record<string, string>) => {
    const after = app.clock.now();
    const answer = await app.call('POST', REQUEST, { email }, headers);
    expect(answer).toMatchObject({ status: 200, body: { status: 'sent', cooldown_sec: 0 } });
    return app.codeFor(email.trim().toLowerCase(), after);
  };

  const guess = (email: string, code: unknown, headers?: Record<string, string>) =>
    app.call('POST', VERIFY, { email, code }, headers);

  const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

  test('a code by mail signs a new person in, and the same person again', async () => {
    const code = await askFor('ada@example.com');
    expect(code).toMatch(/^\d{6}$/);
    const first = await guess('ada@example.com', code);
    expect(first).toMatchObject({
      status: 200,
      body: { is_new_user: true, user: { email: 'ada@example.com', username: 'ada' } },
    });

    const second = await app.signIn('ada@example.com');
    expect(second).toMatchObject({ status: 200, body: { is_new_user: false, user: first.body.user } });
  });

  test('an address is one whatever its case and the spaces around it', async () => {
    const code = await askFor('  Grace@Example.COM ');
    expect(await guess('GRACE@example.com', code)).toMatchObject({
      status: 200,
      body: { user: { email: 'grace@example.com' } },
    });
  });

  test('`otp` is another name of `code`, and only one of them is taken', async () => {
    const code = await askFor('otp@example.com');
    expect(await app.call('POST', VERIFY, { email: 'otp@example.com', code, otp: code })).toMatchObject({
      status: 400,
    });
    expect(await app.call('POST', VERIFY, { email: 'otp@example.com', otp: code })).toMatchObject({ status: 200 });
  });

  test.each([
    [{ email: 'no-address', code: '123456' }, '/email'],
    [{ email: 'a@b.example\r\nBcc: c@d.example', code: '123456' }, '/email'],
    [
      { email: `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(62)}.example`, code: '123456' },
      '/email',
    ],
    [{ email: 'a@example.com', code: '12345' }, '/code'],
    [{ email: 'a@example.com', code: '12345a' }, '/code'],
    [{ email: 'a@example.com', code: '１２３４５６' }, '/code'],
    [{ email: 'a@example.com', code: 123456 }, '/code'],
    [{ email: 'a@example.com' }, '/code'],
    [{ email: 7, code: '123456' }, '/email'],
    [{ code: '123456' }, '/email'],
    [{ email: 'a@example.com', code: '123456', device_fingerprint: 'x'.repeat(513) }, '/device_fingerprint'],
    [{ email: 'a@example.com', code: '123456', admin: true }, '/admin'],
  ])('%j is refused at %s', async (body, path) => {
    const answer = await app.call('POST', VERIFY, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', errors: [{ path }] } });
  });

  test('a wrong code is 401 and says how many guesses are left, the sixth is 429 even if right', async () => {
    const code = await askFor('locked@example.com');
    for (const left of [4, 3, 2, 1, 0]) {
      const answer = await guess('locked@example.com', wrong(code));
      expect(answer).toMatchObject({ status: 401, body: { code: 'OTP_WRONG', attempts_left: left } });
    }
    const locked = await guess('locked@example.com', code);
    expect(locked).toMatchObject({ status: 429, body: { code: 'OTP_LOCKED', retryable: true } });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);

    const fresh = await askFor('locked@example.com');
    expect(await guess('locked@example.com', fresh)).toMatchObject({ status: 200 });
  });

  test('thirty guesses in flight share five attempts', async () => {
    const code = await askFor('flight@example.com');
    const answers = await Promise.all(Array.from({ length: 30 }, () => guess('flight@example.com', wrong(code))));
    const left = answers.filter(({ status }) => status === 401).map(({ body }) => body.attempts_left);
    expect(left.sort()).toEqual([0, 1, 2, 3, 4]);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(25);
  });

  test('one of five right answers at once signs in, the others find the code used', async () => {
    const code = await askFor('twice@example.com');
    const answers = await Promise.all(Array.from({ length: 5 }, () => guess('twice@example.com', code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410, 410]);
    expect(await guess('twice@example.com', code)).toMatchObject({ status: 410, body: { code: 'OTP_EXPIRED' } });
  });

  test('two codes of one address used at once make one account with one organization', async () => {
    const home = { 'x-forwarded-for': '198.51.100.7' };
    const office = { 'x-forwarded-for': '203.0.113.7' };
    const codes = [await askFor('race@example.com', home), await askFor('race@example.com', office)];
    const answers = await Promise.all([
      guess('race@example.com', codes[0], home),
      guess('race@example.com', codes[1], office),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.map(({ body }) => body.is_new_user).sort()).toEqual([false, true]);
    const organizations = await app.database.sql<{ id: string; role: string }>(
      `select organization_id as id, role from memberships join users on users.id = user_id where email = $1`,
      ['race@example.com'],
    );
    expect(organizations).toEqual([{ id: expect.stringMatching(/^org_/) as string, role: 'owner' }]);
    for (const giveUpAt = Date.now() + 10_000; Date.now() < giveUpAt;) {
      if (app.organizationsSeen.includes(organizations[0]?.id ?? '')) break;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(app.organizationsSeen.filter((id) => id === organizations[0]?.id)).toHaveLength(1);
  });

  test('a guess from another part of the network is neither compared nor counted', async () => {
    const here = { 'x-forwarded-for': '198.51.100.10' };
    const code = await askFor('bound@example.com', here);
    for (let index = 0; index < 8; index += 1) {
      const answer = await guess('bound@example.com', code, { 'x-forwarded-for': '198.51.101.10' });
      expect(answer).toMatchObject({ status: 401, body: { code: 'OTP_WRONG' } });
    }
    const neighbour = { 'x-forwarded-for': '::ffff:198.51.100.99' };
    expect(await guess('bound@example.com', code, neighbour)).toMatchObject({ status: 200 });
  });

  test('an IPv6 network is its first 56 bits', async () => {
    const code = await askFor('six@example.com', { 'x-forwarded-for': '2001:db8:1:2200::1' });
    const elsewhere = await guess('six@example.com', code, { 'x-forwarded-for': '2001:db8:1:2300::1' });
    expect(elsewhere.status).toBe(401);
    const nearby = await guess('six@example.com', code, { 'x-forwarded-for': '2001:db8:1:22ff:5::9' });
    expect(nearby.status).toBe(200);
  });

  test('a caller cannot choose its network: only what the proxy added counts', async () => {
    const code = await askFor('spoof@example.com', { 'x-forwarded-for': '192.0.2.1, 198.51.100.20' });
    const other = await guess('spoof@example.com', code, { 'x-forwarded-for': '198.51.100.20, 203.0.113.9' });
    expect(other.status).toBe(401);
  });

  test('only the newest code counts', async () => {
    const old = await askFor('newest@example.com');
    const code = await askFor('newest@example.com');
    if (old !== code) expect((await guess('newest@example.com', old)).status).toBe(401);
    expect((await guess('newest@example.com', code)).status).toBe(200);
  });

  test('of guesses at one address from many networks at once fifty a day are compared, then none', async () => {
    const email = 'besieged@example.com';
    const networks = Array.from({ length: 14 }, (_, index) => ({ 'x-forwarded-for': `203.0.${index}.7` }));
    const codes: string[] = [];
    for (const network of networks) codes.push(await askFor(email, network));
    const compared = async () => {
      const [row] = await app.database.sql<{ sum: number }>(
        'select sum(attempts)::int from one_time_codes where email = $1',
        [email],
      );
      return row?.sum;
    };
    const guesses = networks.flatMap((network, index) =>
      Array.from({ length: 12 }, () => guess(email, wrong(codes[index] ?? ''), network)),
    );
    const answers = await Promise.all(guesses);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(50);
    expect(answers.filter(({ status, body }) => status === 429 && body.code === 'OTP_LOCKED')).toHaveLength(118);
    expect(await compared()).toBe(50);

    const right = await Promise.all(networks.map((network, index) => guess(email, codes[index] ?? '', network)));
    expect(new Set(right.map(({ status }) => status))).toEqual(new Set([429]));
    expect(await compared()).toBe(50);
    const asked = await app.call('POST', REQUEST, { email }, { 'x-forwarded-for': '203.0.99.7' });
    expect(asked).toMatchObject({ status: 429, body: { code: 'OTP_LOCKED' } });
    expect(Number(asked.headers.get('retry-after'))).toBeGreaterThan(86_000);
    expect(await askFor('besieged-not@example.com', networks[0])).toMatch(/^\d{6}$/);

    app.clock.forward(Number(asked.headers.get('retry-after')));
    const code = await askFor(email, networks[0]);
    expect((await guess(email, code, networks[0])).status).toBe(200);
  });

  test('a code that nobody asked for is 401, and no account comes of it', async () => {
    expect(await guess('nobody@example.com', '123456')).toMatchObject({ status: 401, body: { code: 'OTP_WRONG' } });
    expect(await app.database.sql(`select id from users where email = 'nobody@example.com'`)).toEqual([]);
  });

  test('known and unknown addresses get the same answer by the same statements', async () => {
    await app.signIn('known@example.com');
    const seen = watchStatements(app.app.get(DataSource));
    const shapes: string[][] = [];
    for (const email of ['known@example.com', 'unknown@example.com']) {
      const from = seen.statements.length;
      const asked = await app.call('POST', REQUEST, { email });
      const guessed = await guess(email, '000000');
      const { request_id: _, instance: __, ...problem } = guessed.body;
      shapes.push([...seen.statements.slice(from), JSON.stringify([asked.body, problem])]);
    }
    seen.stop();
    expect(shapes[0]?.length).toBeGreaterThan(8);
    expect(shapes[0]).toEqual(shapes[1]);
  });

  test('a code is in no column, job or log line in the clear', async () => {
    const email = 'secret@example.com';
    const after = app.clock.now();
    await app.database.sql(`create table seen_jobs (payload text)`);
    await app.database.sql(`create function see_job() returns trigger language plpgsql as $$
      begin insert into seen_jobs values (new.payload::text); return new; end $$`);
    await app.database.sql(`create trigger see_job before insert on graphile_worker._private_jobs
      for each row execute function see_job()`);
    await app.call('POST', REQUEST, { email });
    const code = await app.codeFor(email, after);
    const stored = await app.database.sql(`select * from one_time_codes where email = $1`, [email]);
    const jobs = await app.database.sql(`select payload from seen_jobs`);
    expect(jobs).toHaveLength(1);
    expect(JSON.stringify([stored, jobs])).not.toContain(`"${code}"`);
    expect(app.logLines.join('')).not.toContain(code);
  });
});

describe('the life of a one-time code', () => {
  let app: IdentityApp;

  beforeAll(async () => {
    app = await startIdentityApp({ OTP_COOLDOWN_SECONDS: '30', OTP_LIFETIME_SECONDS: '600' });
  });

  afterAll(() => app.close());

  const ask = (email: string) => app.call('POST', REQUEST, { email });
  const guess = (email: string, code: string) => app.call('POST', VERIFY, { email, code });

  test('the next code has to wait for the cooldown', async () => {
    expect(await ask('cool@example.com')).toMatchObject({ status: 200, body: { status: 'sent', cooldown_sec: 30 } });
    const refused = await ask('COOL@example.com');
    expect(refused).toMatchObject({ status: 429, body: { code: 'OTP_COOLDOWN' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(25);
    expect(refused.body.retry_after).toBe(Number(refused.headers.get('retry-after')));
    app.clock.forward(31);
    expect((await ask('cool@example.com')).status).toBe(200);
  });

  test('of twenty requests at once one sends a code', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('burst@example.com')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(19);
  });

  test('an old code is 410', async () => {
    const after = app.clock.now();
    await ask('old@example.com');
    const code = await app.codeFor('old@example.com', after);
    app.clock.forward(601);
    expect(await guess('old@example.com', code)).toMatchObject({ status: 410, body: { code: 'OTP_EXPIRED' } });
  });

  test('each code that was guessed to death doubles the wait for the next', async () => {
    for (const cooldown of [30, 60, 120]) {
      expect(await ask('brute@example.com')).toMatchObject({ status: 200, body: { cooldown_sec: cooldown } });
      const after = new Date(app.clock.now().getTime() - 5_000);
      const code = await app.codeFor('brute@example.com', after);
      for (let index = 0; index < 5; index += 1)
        await guess('brute@example.com', code === '000000' ? '1'.repeat(6) : '000000');
      const locked = await guess('brute@example.com', code);
      expect(locked.status).toBe(429);
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(cooldown * 2 - 10);
      app.clock.forward(cooldown * 2 + 1);
    }
  });
});
