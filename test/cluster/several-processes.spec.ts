import { chaosSeed } from '../support/chaos/random.js';
import { inTime, judge, tell, transportOf } from '../support/chaos/world.js';
import { type Cluster, startCluster } from '../support/cluster/cluster.js';

const SETTLE_MS = 60_000;

describe('two apis and two workers on one Redis', () => {
  const seed = chaosSeed();
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster({ name: 'several', seed });
  }, 90_000);
  afterAll(() => cluster.end(), 60_000);

  it('are one to a client: each session through both apis on both transports, events and deltas once and in order', async () => {
    const { world, placeOf } = cluster;
    const pairs = await Promise.all(
      [0, 1].map(async (index) => {
        const one = await world.follow(`session ${index} here`, transportOf(index), placeOf(index));
        const other = world.join(one, `session ${index} there`, transportOf(index + 1), placeOf(index + 1));
        return [one, other] as const;
      }),
    );
    for (const { follower } of pairs.flat()) follower.start();
    await Promise.all(pairs.flat().map(({ follower }) => follower.connected(0)));
    const asked = pairs.map(([{ follower }], index) => follower.ask(`graph a${index}`, `a${index}`));
    await inTime(world.app, SETTLE_MS, Promise.all(asked));
    await Promise.all(pairs.map(([one, other]) => other.follower.caughtUpWith(one.follower)));

    const { faults, ...figures } = await judge(world, pairs.flat());
    const deltas = pairs.map((pair) => pair.map(({ follower }) => follower.deltas));
    tell('several', { seed, deltas, ...figures });
    expect(faults).toEqual([]);
    for (const [here = 0, there = 0] of deltas) {
      expect(here).toBeGreaterThan(0);
      expect(there).toBe(here);
    }
  }, 120_000);
});
