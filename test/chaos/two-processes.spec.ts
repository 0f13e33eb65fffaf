import { comeToRest, talkOnAndOn } from '../support/chaos/lives.js';
import { chaosSeed, Random } from '../support/chaos/random.js';
import { pause, until } from '../support/chaos/until.js';
import { createWorld, inTime, prove, spread, transportOf, type World } from '../support/chaos/world.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';

/** A dead process is known as dead after 4 s, its work is looked for each second. */
const TAKE_OVER_MS = 8_000;
const KILLS = 2;

describe('two processes on one database', () => {
  const seed = chaosSeed();
  let database: TestDatabase;
  let world: World;

  async function open(name: string, role: string, others: Record<string, string>[]): Promise<World> {
    database = await createTestDatabase();
    world = await createWorld({
      name,
      seed,
      settings: { DATABASE_URL: toUrl(database.connection), ROLE: role },
      others,
    });
    return world;
  }

  afterEach(async () => {
    await world.end();
    await database.drop();
  }, 60_000);

  it('serve and work: events cross over, and the work of a killed worker is taken over', async () => {
    const { others, follow } = await open('roles', 'api', [{ ROLE: 'worker' }, { ROLE: 'worker' }]);
    const [first, second] = others;
    await second?.end('SIGTERM');
    const followed = await follow('session', transportOf(0));
    const { follower } = followed;
    follower.start();
    await inTime(world.app, 30_000, follower.ask('graph r0', 'r0'));

    const answered = follower.ask('slowly r1', 'r1');
    const before = follower.deltas;
    await until('the model speaks', () => follower.deltas > before, 10_000);
    const spokeAt = performance.now();
    await second?.start();
    // By now the first worker has thought for longer than it takes until a silent process counts as dead.
    await until('the thinking is under way for long', () => performance.now() - spokeAt > 5_000, 60_000);
    expect(follower.received.filter(({ type }) => type === 'turn_finished')).toHaveLength(1);
    await first?.end('SIGKILL');
    const heard = follower.deltas;
    const takenOverMs = await until('the other worker speaks', () => follower.deltas > heard, 20_000);
    await inTime(world.app, 30_000, answered);
    follower.stop();

    await prove(world, [followed], 'take-over', { seed, takenOverMs: Math.round(takenOverMs) });
    expect(takenOverMs).toBeLessThan(TAKE_OVER_MS);
  }, 120_000);

  it('do both: clients of a killed one go on at the other', async () => {
    const { app, others, followAll } = await open('twins', 'all', [{}]);
    const twins = [app, ...others];
    const random = new Random(seed);
    // Each goes to where it was, or to the other one when that is away.
    const placeOf = (index: number) => () =>
      ([...twins.slice(index % 2), ...twins].find(({ isRunning }) => isRunning) ?? app).url;
    const all = await followAll(4, { placeOf });
    const settle = talkOnAndOn(all, 's');
    const starts: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      await pause(random.between(300, 1_500));
      const victim = twins[kill % 2];
      await victim?.end('SIGKILL');
      starts.push((await victim?.start()) ?? 0);
    }
    await comeToRest(world, all, settle);
    await prove(world, all, 'twins', { seed, kills: KILLS, restartMs: spread(starts) });
  }, 180_000);
});
