import { Agent, request } from 'node:http';
import { Database } from '../../src/platform/database/database.js';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { TRANSPORTS } from '../support/session-clients.js';

/** IDENTITY_GUESSES=10000 IDENTITY_ADDRESSES=1000 is the long run. */
const GUESSES = Number(process.env.IDENTITY_GUESSES ?? 1_200);
const ADDRESSES = Number(process.env.IDENTITY_ADDRESSES ?? 240);
/** Each asks for a code of its own, so that a day's guesses are used up by more than one of them. */
const NETWORKS = 12;
const AT_ONCE = 20;
const PER_CODE = 5;
const PER_DAY = 50;
const GRACE_SECONDS = 10;
const REVOKED_WITHIN_MS = 5_000;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const sql = <Row>(text: string, values: unknown[]) => app.get(Database).sql<Row>(text, values);

/** A machine with an address of its own. */
class Machine {
  private readonly agent: Agent;

  constructor(localAddress: string) {
    this.agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress });
  }

  post(path: string, body: object): Promise<number> {
    const sent = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) };
    return new Promise((resolve, reject) => {
      const asked = request(app.url + path, { agent: this.agent, method: 'POST', headers, timeout: 20_000 });
      asked.on('response', (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      });
      asked.on('error', reject).on('timeout', () => asked.destroy(new Error('No answer came.')));
      asked.end(sent);
    });
  }

  leave(): void {
    this.agent.destroy();
  }
}

const countOf = (values: readonly number[]): Record<number, number> =>
  values.reduce<Record<number, number>>((counts, value) => ({ ...counts, [value]: (counts[value] ?? 0) + 1 }), {});

async function refresh(token: string) {
  const path = '/api/v1/auth/refresh';
  return app.api<{ access_token: string; refresh_token: string }>('POST', path, { body: { refresh_token: token } });
}

test(`of ${GUESSES} guesses from ${ADDRESSES} addresses at one account five are compared for a code, and fifty a day`, async () => {
  const victim = await app.signIn();
  const perNetwork = ADDRESSES / NETWORKS;
  const answers: number[] = [];
  for (let network = 1; network <= NETWORKS; network += 1) {
    const machines = Array.from({ length: perNetwork }, (_, host) => new Machine(`127.7.${network}.${host + 1}`));
    const known = await app.mailbox.count(victim.email);
    const asked = await machines[0]?.post('/api/v1/auth/otp/request', { email: victim.email });
    const code = asked === 200 ? Number(await app.mailbox.codeFor(victim.email, known)) : 0;
    let guess = 0;
    const guessOnAndOn = async () => {
      while (guess < GUESSES / NETWORKS) {
        guess += 1;
        const wrong = String((code + guess) % 1_000_000).padStart(6, '0');
        const machine = machines[guess % machines.length];
        if (machine) answers.push(await machine.post('/api/v1/auth/otp/verify', { email: victim.email, code: wrong }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, guessOnAndOn));
    for (const machine of machines) machine.leave();
  }

  const codes = await sql<{ attempts: number }>('select attempts from one_time_codes where email = $1', [victim.email]);
  const compared = codes.reduce((sum, { attempts }) => sum + attempts, 0);
  process.stdout.write(`${JSON.stringify({ guesses: answers.length, answers: countOf(answers), compared })}\n`);
  expect(answers.length).toBeGreaterThanOrEqual(GUESSES);
  expect(Math.max(...codes.map(({ attempts }) => attempts))).toBeLessThanOrEqual(PER_CODE);
  expect(compared).toBeLessThanOrEqual(PER_DAY);
  // Each was told what a wrong code, or one that is not compared any more, is told.
  expect(Object.keys(countOf(answers)).filter((status) => !['401', '410', '429'].includes(status))).toEqual([]);
  expect((await victim.call('GET', '/user/profile')).status).toBe(200);
  expect((await app.signIn()).token).not.toBe('');
}, 300_000);

test('of a hundred right answers at once one signs in', async () => {
  const email = 'hundred@example.com';
  await app.api('POST', '/api/v1/auth/otp/request', { body: { email } });
  const code = await app.mailbox.codeFor(email);
  const verify = () => app.api('POST', '/api/v1/auth/otp/verify', { body: { email, code } });
  const answers = await Promise.all(Array.from({ length: 100 }, verify));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const families = await sql('select from refresh_families join users on users.id = user_id where email = $1', [email]);
  expect(families).toHaveLength(1);
});

test('twenty refreshes at once are one family, and nobody is signed out', async () => {
  const person = await app.signIn();
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(person.refreshToken)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const [next, ...others] = new Set(answers.map(({ body }) => body.refresh_token));
  expect(others).toEqual([]);
  for (const token of [person.token, ...answers.map(({ body }) => body.access_token)]) {
    expect((await app.api('GET', '/api/v1/user/profile', { token })).status).toBe(200);
  }
  expect((await refresh(next ?? '')).status).toBe(200);
  expect(await familiesOf(person)).toEqual([{ revoked_because: null }]);
});

const familiesOf = ({ user }: Person) =>
  sql<{ revoked_because: string | null }>('select revoked_because from refresh_families where user_id = $1', [user.id]);

test('a stolen refresh token that is used after the grace ends the family: tokens, sockets and streams, in time', async () => {
  const person = await app.signIn();
  const owner = (await refresh(person.refreshToken)).body;
  const bystander = await app.signIn(person.email);
  const here = { name: 'Here', url: 'http://127.0.0.1:9/mcp', auth_method: 'none' };
  const serverId = (await person.call<{ id: string }>('POST', '/servers', here)).body.id;
  const connect = (token: string) => TRANSPORTS.map((transport) => transport.connect(app.url, { serverId, token }));
  const [clients, others] = [connect(owner.access_token), connect(bystander.token)];
  const hellos = await Promise.all([...clients, ...others].map((client) => client.seen('hello')));
  const stream = await fetch(`${app.url}/api/v1/sessions/${hellos[0]?.session_id}/events`, {
    headers: { authorization: `Bearer ${owner.access_token}`, accept: 'text/event-stream' },
    signal: AbortSignal.timeout(20_000),
  });
  expect(stream.status).toBe(200);

  app.clock.forward(GRACE_SECONDS + 1);
  expect((await refresh(person.refreshToken)).status).toBe(401);
  const usedAt = performance.now();
  const profile = () => app.api('GET', '/api/v1/user/profile', { token: owner.access_token });
  await eventually(profile, ({ status }) => status === 401, REVOKED_WITHIN_MS);
  expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(clients.map(() => 4401));
  await stream.text();
  expect(performance.now() - usedAt).toBeLessThan(REVOKED_WITHIN_MS);
  expect((await refresh(owner.refresh_token)).status).toBe(401);
  expect((await familiesOf(person)).filter((family) => family.revoked_because === 'token_reused')).toHaveLength(1);
  // Another sign-in of the same person is none of its business.
  expect((await bystander.call('GET', '/user/profile')).status).toBe(200);
  for (const other of others) {
    other.send('ping', {});
    await other.next('pong');
    other.close();
  }
});
