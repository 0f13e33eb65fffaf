import type { AppProcess } from '../support/chaos/app-process.js';
import { comeToRest, eventsOf, lifeOf, talkOnAndOn } from '../support/chaos/lives.js';
import { chaosSeed, Random } from '../support/chaos/random.js';
import { prove, spread } from '../support/chaos/world.js';
import { type Cluster, startCluster } from '../support/cluster/cluster.js';

/** CHAOS_KILLS=200 and CHAOS_SESSIONS=50 are the long run. */
const KILLS = Number(process.env.CHAOS_KILLS ?? 20);
const SESSIONS = Number(process.env.CHAOS_SESSIONS ?? 25);
const NODES = 20;
/** Of all clients together, from one kill to the next. */
const MOST_EVENTS = 100;

describe('two apis and two workers of which one after another is killed', () => {
  const seed = chaosSeed();
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster({ name: 'kills', seed, graphs: { least: NODES, most: NODES } });
  }, 120_000);
  afterAll(() => cluster.end(), 60_000);

  it(
    'lose nothing that a client saw, and repeat no call that must not be repeated',
    async () => {
      const { world, apis, workers, placeOf } = cluster;
      const random = new Random(seed);
      const all = await world.followAll(SESSIONS, { placeOf });
      const settle = talkOnAndOn(all, 's');

      const processes = [...apis, ...workers];
      const starts = new Map<AppProcess, Promise<number>>();
      const restarts: number[] = [];
      const killed = { apis: 0, workers: 0 };
      for (let kill = 1; kill <= KILLS; kill += 1) {
        await lifeOf(all, random.between(0, MOST_EVENTS));
        const victim = random.pick(processes as [AppProcess, ...AppProcess[]]);
        // The others go on meanwhile, and may be killed before it is back.
        const start = await starts.get(victim);
        if (start !== undefined) restarts.push(start);
        killed[apis.includes(victim) ? 'apis' : 'workers'] += 1;
        await victim.end('SIGKILL');
        const next = victim.start();
        next.catch(() => undefined);
        starts.set(victim, next);
      }
      restarts.push(...(await Promise.all(starts.values())));
      const doneAfterMs = await comeToRest(world, all, settle);

      const { nodes } = await prove(world, all, 'kill -9 of one of four', {
        seed,
        killed,
        restartMs: spread(restarts),
        doneAfterMs,
        connects: all.reduce((sum, { follower }) => sum + follower.connects, 0),
        received: eventsOf(all),
      });
      expect(nodes).toBeGreaterThan(SESSIONS * 6);
    },
    180_000 + KILLS * 30_000,
  );
});
