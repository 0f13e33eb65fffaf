import { join } from 'node:path';
import { postmastersOn } from '../support/chaos/app-process.js';
import { comeToRest, talkOnAndOn } from '../support/chaos/lives.js';
import { chaosSeed, Random } from '../support/chaos/random.js';
import { pause } from '../support/chaos/until.js';
import { createWorld, inTime, prove, spread, transportOf, type World } from '../support/chaos/world.js';

const STOPS = Number(process.env.CHAOS_STOPS ?? 2);
const RESTART = 1012;

describe('a process that is asked to stop', () => {
  const seed = chaosSeed();
  let world: World;

  beforeAll(async () => {
    // Some calls outlast the time that a stopping process gives them.
    world = await createWorld({ name: 'stop', seed, slowestMs: 800 });
  }, 60_000);
  afterAll(() => world.end(), 60_000);

  it(
    'tells its clients to come back, ends in time, and the work goes on where it was',
    async () => {
      const random = new Random(seed);
      const all = await world.followAll(4);
      const settle = talkOnAndOn(all, 's');

      const ends: number[] = [];
      const starts: number[] = [];
      for (let stop = 1; stop <= STOPS; stop += 1) {
        await Promise.all(all.map(({ follower }) => follower.connected(stop - 1)));
        await pause(random.between(300, 1_500));
        for (const { follower } of all) follower.closeCodes.length = 0;
        const { code, ms } = await world.app.end('SIGTERM');
        ends.push(ms);
        expect({ code, output: code === 0 ? '' : world.app.output.slice(-3_000) }).toEqual({ code: 0, output: '' });
        expect(ms).toBeLessThan(10_000);
        expect(all.map(({ follower }) => follower.closeCodes[0])).toEqual(all.map(() => RESTART));
        expect(await postmastersOn(join(world.folder, 'data'))).toEqual([]);
        starts.push(await world.app.start());
      }
      await comeToRest(world, all, settle);
      await prove(world, all, 'SIGTERM', { seed, stops: STOPS, endMs: spread(ends), restartMs: spread(starts) });
    },
    60_000 + STOPS * 30_000,
  );

  it('ends at once when it is asked twice, and what it had begun goes on afterwards', async () => {
    const followed = await world.follow('twice', transportOf(0));
    const { follower } = followed;
    follower.start();
    const answered = follower.ask('long 25000 twice', 'twice');
    await follower.seen(({ type, payload }) => type === 'task_update' && payload.status === 'running');
    const connects = follower.connects;

    const first = world.app.end('SIGTERM');
    // Its clients are told to go: the first was heard.
    while (follower.closeCodes.at(-1) !== RESTART) await follower.change();
    await world.app.end('SIGTERM');
    expect((await first).code).toBe(1);

    await world.app.start();
    await follower.connected(connects);
    await inTime(world.app, 60_000, answered);
    follower.stop();
    await prove(world, [followed], 'SIGTERM, twice', { seed });
  }, 120_000);
});
