import { join } from 'node:path';
import { postmastersOn } from '../../support/chaos/app-process.js';
import { chaosSeed, Random } from '../../support/chaos/random.js';
import { pause, until } from '../../support/chaos/until.js';
import { createWorld, type Followed, inTime, judge, spread, tell, transportOf, type World } from '../../support/chaos/world.js';

const ROUNDS = Number(process.env.CHAOS_DATABASE_ROUNDS ?? 2);
const BACK_MS = 20_000;

describe('a database that goes away', () => {
  const seed = chaosSeed();
  let world: World;
  let all: Followed[];

  beforeAll(async () => {
    world = await createWorld({ name: 'database', seed });
    all = [];
    for (let index = 0; index < 4; index += 1) all.push(await world.follow(`session ${index}`, transportOf(index)));
  }, 60_000);
  afterAll(() => world.end(), 60_000);

  it(
    'is told as 503 with Retry-After, comes back without a restart of ours, and took nothing with it',
    async () => {
      const random = new Random(seed);
      let over = false;
      const talks = all.map(({ follower }, index) => {
        follower.start();
        return follower.askOnAndOn(`s${index}`, () => over);
      });
      await Promise.all(all.map(({ follower }) => follower.connected(0)));
      const pid = world.app.pid;
      const away: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
          await pause(random.between(300, 1_200));
          away.push(await endDatabase(world, signal));
          // Who lost the connection has it again, and the agent has gone on.
          const before = all.map(({ follower }) => follower.lastSeq);
          await until('the work goes on', () => all.every(({ follower }, at) => follower.lastSeq > (before[at] ?? 0)), 30_000,
            () => `${JSON.stringify(all.map(({ follower }) => [follower.connects, follower.closeCodes, follower.lastSeq, follower.received.slice(-3).map(({ type, payload }) => [type, payload.status, payload.message])]))} ${world.app.output.slice(-3_000)}`);
        }
      }
      over = true;
      await inTime(world.app, 60_000, Promise.all(talks));
      for (const { follower } of all) follower.stop();
      expect({ pid: world.app.pid, isRunning: world.app.isRunning }).toEqual({ pid, isRunning: true });

      const { faults, ...figures } = await judge(world, all);
      tell('database', { seed, ends: away.length, awayMs: spread(away), ...figures });
      expect(faults).toEqual([]);
    },
    60_000 + ROUNDS * 80_000,
  );
});

/** @returns milliseconds from the end of the old server to the first answer with the new one */
async function endDatabase({ app, folder, person, serverId }: World, signal: NodeJS.Signals): Promise<number> {
  const [postmaster = 0] = await postmastersOn(join(folder, 'data'));
  process.kill(postmaster, signal);
  const startedAt = performance.now();
  const seen = new Map<string, number>();
  const ask = async (): Promise<boolean> => {
    const paths = [`/api/v1/servers/${serverId}`, '/api/v1/sessions', '/api/v1/user/profile'];
    const answers = await Promise.all(paths.map((path) => person.request('GET', path)));
    for (const { status, headers, body } of answers) {
      const { code } = (body ?? {}) as { code?: string };
      const kind = `${status} ${code ?? ''}${headers.has('retry-after') ? ' retry-after' : ''}`;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    return answers.every(({ status }) => status === 200);
  };
  await until(
    'it answers from a new server',
    async () => (await ask()) && !(await postmastersOn(join(folder, 'data'))).includes(postmaster),
    BACK_MS,
    () => `${signal}: ${JSON.stringify([...seen])} ${app.output.slice(-3_000)}`,
  );
  const unwanted = [...seen.keys()].filter((kind) => kind !== '200 ' && kind !== '503 DATABASE_UNAVAILABLE retry-after');
  expect({ signal, unwanted, output: unwanted.length > 0 ? app.output.slice(-2_000) : '' }).toEqual({ signal, unwanted: [], output: '' });
  tell('database, one end', { signal, seen: Object.fromEntries(seen) });
  return performance.now() - startedAt;
}
