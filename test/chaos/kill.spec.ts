import { join } from 'node:path';
import { AppProcess, postmastersOn } from '../support/chaos/app-process.js';
import { comeToRest, eventsOf, lifeOf, talkOnAndOn } from '../support/chaos/lives.js';
import { chaosSeed, Random } from '../support/chaos/random.js';
import { pause, until } from '../support/chaos/until.js';
import { createWorld, prove, spread, type World } from '../support/chaos/world.js';

/** CHAOS_KILLS=200 is the long run. */
const KILLS = Number(process.env.CHAOS_KILLS ?? 20);
const SESSIONS = Number(process.env.CHAOS_SESSIONS ?? 50);
const NODES = 20;
/** Of all clients together, from one kill to the next. */
const MOST_EVENTS = 100;
/** Longer than it takes until a dead process's work is free (4 s) and taken up again. */
const LONG_LIFE_MS = 6_500;

describe('a process that is killed', () => {
  const seed = chaosSeed();
  let world: World;

  beforeAll(async () => {
    world = await createWorld({ name: 'kill', seed, graphs: { least: NODES, most: NODES } });
  }, 60_000);
  afterAll(() => world.end(), 60_000);

  it(
    'loses nothing that a client saw, and repeats no call that must not be repeated',
    async () => {
      const random = new Random(seed);
      const all = await world.followAll(SESSIONS);
      const settle = talkOnAndOn(all, 's');

      const starts: number[] = [];
      const ends: number[] = [];
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const long = kill % 20 === 10;
        if (long) await pause(LONG_LIFE_MS);
        else await lifeOf(all, random.between(0, MOST_EVENTS));
        await killAndRestart(world.app, join(world.folder, 'data'), { starts, ends });
      }
      const doneAfterMs = await comeToRest(world, all, settle);

      const { nodes } = await prove(world, all, 'kill -9', {
        seed,
        kills: KILLS,
        restartMs: spread(starts),
        databaseGoneMs: spread(ends),
        doneAfterMs,
        connects: all.reduce((sum, { follower }) => sum + follower.connects, 0),
        received: eventsOf(all),
      });
      expect(nodes).toBeGreaterThan(SESSIONS * 6);
    },
    180_000 + KILLS * 30_000,
  );
});

/** The database goes with the process, at once. */
async function killAndRestart(
  app: AppProcess,
  data: string,
  times: { starts: number[]; ends: number[] },
): Promise<void> {
  await app.end('SIGKILL');
  const gone = await until('the database has ended', async () => (await postmastersOn(data)).length === 0, 30_000);
  times.ends.push(gone);
  times.starts.push(await app.start());
  expect(await postmastersOn(data)).toHaveLength(1);
}
