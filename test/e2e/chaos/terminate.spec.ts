import { join } from 'node:path';
import { postmastersOn } from '../../support/chaos/app-process.js';
import { chaosSeed, Random } from '../../support/chaos/random.js';
import { pause } from '../../support/chaos/until.js';
import {
  createWorld,
  type Followed,
  inTime,
  judge,
  spread,
  tell,
  transportOf,
  type World,
} from '../../support/chaos/world.js';

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
      const all: Followed[] = [];
      for (let index = 0; index < 4; index += 1) all.push(await world.follow(`session ${index}`, transportOf(index)));
      let over = false;
      const talks = all.map(({ follower }, index) => {
        follower.start();
        return follower.askOnAndOn(`s${index}`, () => over);
      });

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
      over = true;
      await inTime(world.app, 60_000, Promise.all(talks));
      for (const { follower } of all) follower.stop();

      const { faults, ...figures } = await judge(world, all);
      tell('SIGTERM', { seed, stops: STOPS, endMs: spread(ends), restartMs: spread(starts), ...figures });
      expect(faults).toEqual([]);
    },
    60_000 + STOPS * 30_000,
  );

  it('ends at once when it is asked twice, and what it had begun goes on afterwards', async () => {
    const { name, sessionId, follower } = await world.follow('twice', transportOf(0));
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
    const { faults } = await judge(world, [{ name, sessionId, follower }]);
    expect(faults).toEqual([]);
  }, 120_000);
});
