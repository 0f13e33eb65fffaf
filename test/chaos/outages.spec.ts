import { comeToRest, talkOnAndOn } from '../support/chaos/lives.js';
import { PostgresProcess } from '../support/chaos/postgres-process.js';
import { chaosSeed, Random } from '../support/chaos/random.js';
import { pause, until } from '../support/chaos/until.js';
import { createWorld, prove, spread, type World } from '../support/chaos/world.js';

/** CHAOS_RESTARTS=20 is the long run. */
const RESTARTS = Number(process.env.CHAOS_RESTARTS ?? 3);
const SESSIONS = 8;
const READY_MS = 5_000;
const GOES_ON_MS = 20_000;

describe('a database that is ended at once and started again', () => {
  const seed = chaosSeed();
  let postgres: PostgresProcess;
  let world: World;

  beforeAll(async () => {
    postgres = await PostgresProcess.start();
    world = await createWorld({ name: 'outage', seed, settings: { DATABASE_URL: postgres.url } });
  }, 90_000);
  afterAll(async () => {
    await world.end();
    await postgres.end();
  }, 60_000);

  it(
    'takes nothing along that was acknowledged, costs no restart of ours, and the work goes on at once',
    async () => {
      const random = new Random(seed);
      const all = await world.followAll(SESSIONS);
      const settle = talkOnAndOn(all, 'p');
      await Promise.all(all.map(({ follower }) => follower.connected(0)));
      const { pid } = world.app;
      const ready: number[] = [];
      const goesOn: number[] = [];
      for (let round = 0; round < RESTARTS; round += 1) {
        await pause(random.between(300, 2_000));
        const asking = new Asking(world);
        const answers = asking.untilTold();
        await postgres.stopImmediately();
        await pause(random.between(0, 2_000));
        asking.isFine = false;
        await postgres.startAgain();
        const startedAt = performance.now();
        const before = all.map(({ follower }) => follower.lastSeq);
        ready.push(
          await until(
            'it answers',
            () => asking.isFine,
            READY_MS * 4,
            () => world.app.output.slice(-3_000),
          ),
        );
        const isOn = () => all.every(({ follower }, at) => follower.lastSeq > (before[at] ?? 0));
        await until('every session goes on', isOn, GOES_ON_MS, () => world.app.output.slice(-3_000));
        goesOn.push(performance.now() - startedAt);
        asking.stop();
        await answers;
        expect({ round, unwanted: asking.unwanted }).toEqual({ round, unwanted: [] });
      }
      await comeToRest(world, all, settle);
      expect({ pid: world.app.pid, isRunning: world.app.isRunning }).toEqual({ pid, isRunning: true });

      const refusals = sum(all.map(({ follower }) => follower.refusals));
      const times = { readyMs: spread(ready), goesOnMs: spread(goesOn) };
      await prove(world, all, 'postgres -m immediate', { seed, restarts: RESTARTS, ...times, refusals });
      expect(Object.keys(refusals).filter((code) => !EXPECTED_REFUSALS.has(code))).toEqual([]);
      expect(times.readyMs.most).toBeLessThan(READY_MS);
    },
    60_000 + RESTARTS * 40_000,
  );

  it('takes the process out of rotation for so long, and does not have it restarted', async () => {
    const ask = (path: string) => fetch(world.app.url + path, { signal: AbortSignal.timeout(10_000) });
    const says = (status: number) => async () => (await ask('/readyz')).status === status;
    await until('it is ready', says(200), GOES_ON_MS);
    await postgres.stopImmediately();
    await until('it is not ready', says(503), GOES_ON_MS);
    expect(await (await ask('/readyz')).json()).toMatchObject({
      status: 'not_ready',
      checks: { database: { status: 'failed' }, migrations: { status: 'failed' } },
    });
    expect((await ask('/livez')).status).toBe(200);
    await postgres.startAgain();
    await until('it is ready again', says(200), GOES_ON_MS, () => world.app.output.slice(-3_000));
  });
});

/** A decision that was carried out and whose event was not seen is sent again. */
const EXPECTED_REFUSALS = new Set(['DATABASE_UNAVAILABLE', 'ALREADY_DECIDED', 'RESTART']);

/** One reader over HTTP, one request after another. */
class Asking {
  readonly unwanted: string[] = [];
  isFine = false;
  private over = false;

  constructor(private readonly world: World) {}

  async untilTold(): Promise<void> {
    const paths = [`/api/v1/servers/${this.world.serverId}`, '/api/v1/sessions', '/api/v1/user/profile'];
    while (!this.over) {
      const answers = await Promise.all(paths.map((path) => this.world.person.request('GET', path)));
      const kinds = answers.map(({ status, headers, body }) => {
        const { code = '' } = (body ?? {}) as { code?: string };
        return `${status} ${code}${headers.has('retry-after') ? ' retry-after' : ''}`;
      });
      this.isFine = answers.every(({ status }) => status === 200);
      this.unwanted.push(...kinds.filter((kind) => kind !== '200 ' && kind !== '503 DATABASE_UNAVAILABLE retry-after'));
      await pause(20);
    }
  }

  stop(): void {
    this.over = true;
  }
}

function sum(all: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const one of all) for (const [name, count] of Object.entries(one)) total[name] = (total[name] ?? 0) + count;
  return total;
}
