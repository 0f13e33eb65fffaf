import { createEgressGuard } from '@app/egress';
import {
  BREAKS,
  type BreakingServer,
  startBreakingServer,
  type Step,
  WRONG_ANSWERS,
} from '../test-support/breaking-server.js';
import { https, tcp, type Fault } from '../test-support/faults.js';
import { targetAt } from '../test-support/targets.js';
import { UpstreamError, UpstreamPool, type UpstreamSession, type UpstreamTarget } from './index.js';

/** `STRICT=1 npm run test:unit -- libs/mcp-client/src/faults` on a quiet machine: one after another, no time given away. */
const STRICT = process.env.STRICT === '1';
/** Side by side, and for a machine that does other things as well. */
const SLACK_MS = STRICT ? 0 : 1_500;
const TIMEOUT_MS = 500;

const handles = () => process.getActiveResourcesInfo().filter((name) => /TCP|TLS/.test(name)).length;

async function until(fits: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (!fits()) {
    if (Date.now() > giveUpAt) throw new Error('It did not come about.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** With a guard and a pool of its own, which leave nothing behind. */
async function alone<T>(work: (pool: UpstreamPool) => Promise<T>): Promise<T> {
  const before = handles();
  const guard = createEgressGuard({ allow: [], loopback: 'allowed' });
  const pool = new UpstreamPool(guard);
  try {
    return await work(pool);
  } finally {
    await pool.close();
    await guard.close();
    await until(() => handles() <= before + 1);
  }
}

const WORK: Record<Step, (session: UpstreamSession) => Promise<unknown>> = {
  initialize: (session) => session.ping(),
  'tools/list': (session) => session.listTools(),
  'tools/call': (session) => session.callTool({ name: 'echo', arguments: { text: 'x' } }),
};

const use = (pool: UpstreamPool, target: UpstreamTarget, step: Step) => pool.withSession(target, {}, WORK[step]);

async function expectTyped(broken: Promise<unknown>, code: string, timeoutMs: number): Promise<void> {
  const startedAt = performance.now();
  const error: unknown = await broken.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UpstreamError);
  expect((error as UpstreamError).code).toBe(code);
  expect(JSON.stringify([error, String(error)])).not.toContain('inner page');
  const tookMs = performance.now() - startedAt;
  slowest = Math.max(slowest, tookMs / timeoutMs);
  expect(tookMs).toBeLessThan(timeoutMs * 1.1 + SLACK_MS);
}

/** Of all that were to end in time: how long it took, in timeouts. */
let slowest = 0;

const breaksAt = (step: Step) => (step === 'initialize' ? BREAKS : [...BREAKS, ...WRONG_ANSWERS]);

async function expectTypedOf(pool: UpstreamPool, step: Step, [what, code, breaks]: (typeof BREAKS)[number]) {
  const server = await startBreakingServer(step, breaks);
  try {
    // What breaks before the time is over may take longer where all do so at once, and what is large in any case.
    const isShort = code === 'UPSTREAM_TIMEOUT' || (STRICT && !what.includes('MB'));
    const timeoutMs = isShort ? TIMEOUT_MS : 10_000;
    await expectTyped(use(pool, targetAt(server.url, { timeoutMs }), step), code, timeoutMs);
    await until(() => server.open() === 0);
    pool.drop(server.url);
    await until(() => server.sockets() === 0);
  } catch (error) {
    throw new Error(`As it ${what} at ${step}`, { cause: error });
  } finally {
    await server.close();
  }
}

describe('a server that breaks', () => {
  // What is loaded with the first call of all counts for none of them.
  beforeAll(async () => {
    const server = await startBreakingServer();
    await alone((pool) => use(pool, targetAt(server.url), 'tools/call'));
    await server.close();
  });
  afterAll(() => {
    if (STRICT) process.stdout.write(`The slowest took ${slowest.toFixed(3)} of its timeout.\n`);
  });

  it.each<Step>(['initialize', 'tools/list', 'tools/call'])(
    'at %s, in whatever way, is a typed error in time, and leaves no socket',
    async (step) => {
      await alone(async (pool) => {
        const cases = breaksAt(step);
        if (!STRICT) await Promise.all(cases.map((one) => expectTypedOf(pool, step, one)));
        else for (const one of cases) await expectTypedOf(pool, step, one);
      });
    },
    STRICT ? 240_000 : 60_000,
  );

  it.each<[string, string, () => Promise<Fault>, Partial<UpstreamTarget>]>([
    ['speaks no TLS', 'UPSTREAM_TLS', () => tcp((socket) => socket.once('data', () => socket.end('no')), 'https'), {}],
    ['has a bad certificate', 'UPSTREAM_TLS', () => https((_request, response) => response.end()), {}],
    ['never shakes hands', 'UPSTREAM_TIMEOUT', () => tcp(() => undefined, 'https'), {}],
    ['is half open', 'UPSTREAM_TIMEOUT', () => tcp((socket) => socket.pause()), {}],
  ])('as it %s is a typed error in time', async (_what, code, start, rest) => {
    const fault = await start();
    try {
      const target = targetAt(fault.url, { timeoutMs: TIMEOUT_MS, ...rest });
      await alone((pool) => expectTyped(use(pool, target, 'initialize'), code, TIMEOUT_MS));
    } finally {
      await fault.close();
    }
  });
});

describe('servers beside those that hang', () => {
  it('are served as before, while half of them hang with all their places taken', async () => {
    const healthy = await Promise.all(Array.from({ length: 5 }, () => startBreakingServer()));
    const hanging = await Promise.all(
      Array.from({ length: 5 }, () => startBreakingServer('tools/call', () => undefined)),
    );
    const targetsOf = (servers: readonly BreakingServer[]) => servers.map(({ url }) => targetAt(url));
    await alone(async (pool) => {
      const leaving = new AbortController();
      const p99 = async () => {
        const times: number[] = [];
        for (let round = 0; round < (STRICT ? 400 : 20); round++) {
          for (const target of targetsOf(healthy)) {
            const startedAt = performance.now();
            await use(pool, target, 'tools/call');
            times.push(performance.now() - startedAt);
          }
        }
        return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
      };
      const before = await p99();
      const stuck = targetsOf(hanging).flatMap((target) =>
        Array.from({ length: 70 }, () =>
          pool
            .withSession(target, { signal: leaving.signal }, (session) =>
              session.callTool({ name: 'echo' }, { signal: leaving.signal }),
            )
            .catch((error: unknown) => error),
        ),
      );
      await until(() => hanging.every((server) => server.open() === 64));
      const during = await p99();
      leaving.abort();
      for (const error of await Promise.all(stuck)) expect(error).toMatchObject({ code: 'UPSTREAM_CANCELLED' });
      if (STRICT) process.stdout.write(`p99 ${before.toFixed(2)} ms before, ${during.toFixed(2)} ms during.\n`);
      // Twice, and what a machine that does other things adds.
      expect(during).toBeLessThan(2 * before + (STRICT ? 0 : 250));
    });
    await Promise.all([...healthy, ...hanging].map((server) => server.close()));
  }, 60_000);
});

/** `npm run test:unit -- libs/mcp-client/src/faults` with WHOLE_CROSS_TALK=1 takes all 100,000 calls, and 1,000 clients. */
const WHOLE = process.env.WHOLE_CROSS_TALK === '1';

describe('many clients of one server', () => {
  it('get each its own answers, though their requests have the same ids', async () => {
    const server = await startBreakingServer();
    const calls = WHOLE ? 1_000 : 20;
    await alone(async (pool) => {
      const wrong: string[] = [];
      const client = async (who: number) => {
        const target = targetAt(server.url, { key: `client ${who}`, timeoutMs: 60_000 });
        for (let call = 0; call < calls; call++) {
          const text = `${who}/${call}`;
          const { content } = await pool.withSession(target, {}, (session) =>
            session.callTool({ name: 'echo', arguments: { text } }),
          );
          if (content[0]?.text !== text) wrong.push(`${text}: ${String(content[0]?.text)}`);
        }
      };
      await Promise.all(Array.from({ length: 100 }, (_, who) => client(who)));
      expect(wrong).toEqual([]);
      expect(server.begun()).toBe(100);
    });
    await server.close();
  }, 600_000);

  it('leave no session, socket or timer when they go', async () => {
    const server = await startBreakingServer();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const clients = WHOLE ? 1_000 : 150;
    await alone(async (pool) => {
      for (let from = 0; from < clients; from += 50) {
        await Promise.all(
          Array.from({ length: 50 }, async (_, index) => {
            const target = targetAt(server.url, { key: `client ${from + index}` });
            await use(pool, target, 'tools/call');
            pool.drop(target.key);
          }),
        );
      }
      await until(() => server.sessions() === 0);
      expect(server.begun()).toBe(clients);
      expect(server.sockets()).toBeLessThan(250);
    });
    await until(() => server.sockets() === 0 && timers() <= before + 1);
    await server.close();
  }, 600_000);
});
