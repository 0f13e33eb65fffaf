import { chaosSeed, Random } from '../../support/chaos/random.js';
import { TcpProxy } from '../../support/chaos/tcp-proxy.js';
import { pause } from '../../support/chaos/until.js';
import { createWorld, type Followed, inTime, judge, spread, tell, type World } from '../../support/chaos/world.js';
import { type Transport, TRANSPORTS } from '../../support/session-clients.js';

const CUTS = Number(process.env.CHAOS_CUTS ?? 50);
/** Two beats without an answer on a raw socket; socket.io's beat and patience. */
const SILENCE_MS = 40_000;
const WAYS = ['reset', 'drop', 'freeze'] as const;

interface Line {
  transport: Transport;
  proxy: TcpProxy;
  followed: Followed;
  /** How long until the product gave up a connection that had fallen silent. */
  silences: Promise<number>[];
  backAfter: number[];
}

describe('a network that breaks', () => {
  const seed = chaosSeed();
  let world: World;
  let lines: Line[];

  beforeAll(async () => {
    world = await createWorld({ name: 'cuts', seed, slowestMs: 40, wordMs: 4 });
    lines = await Promise.all(TRANSPORTS.map((transport) => stretch(world, transport)));
  }, 60_000);
  afterAll(async () => {
    await world.end();
    await Promise.all(lines.map(({ proxy }) => proxy.close()));
  }, 60_000);

  it(
    'never shows: with the last number a client gets every event once, in order',
    async () => {
      await Promise.all(lines.map((line) => inTime(world.app, 120_000, cutAgainAndAgain(line, new Random(seed)))));
      const { faults, ...figures } = await judge(
        world,
        lines.map(({ followed }) => followed),
      );
      for (const { transport, followed, backAfter } of lines) {
        const { connects, deltas, received } = followed.follower;
        tell('cuts', { transport: transport.name, cuts: CUTS, backAfterMs: spread(backAfter), connects, deltas, received: received.length });
      }
      tell('cuts, together', { seed, ...figures });
      expect(faults).toEqual([]);
      expect(figures.unknown).toBe(0);
    },
    150_000,
  );

  it(
    'is noticed where it only falls silent',
    async () => {
      for (const { transport, silences } of lines) {
        const after = await inTime(world.app, SILENCE_MS, Promise.all(silences));
        tell('silence', { transport: transport.name, connections: after.length, noticedMs: spread(after) });
        for (const ms of after) expect(ms).toBeLessThan(SILENCE_MS);
      }
    },
    SILENCE_MS + 5_000,
  );
});

async function stretch(world: World, transport: Transport): Promise<Line> {
  const proxy = await TcpProxy.to(world.app.port);
  const followed = await world.follow(transport.name, transport, () => proxy.url);
  return { transport, proxy, followed, silences: [], backAfter: [] };
}

async function cutAgainAndAgain(line: Line, random: Random): Promise<void> {
  const { followed, proxy } = line;
  const { follower } = followed;
  let over = false;
  follower.start();
  await follower.connected(0);
  const talk = follower.askOnAndOn(line.transport.name.slice(0, 3), () => over);
  for (let cut = 1; cut <= CUTS; cut += 1) {
    await pause(random.between(0, 200));
    const before = follower.connects;
    const cutAt = performance.now();
    const way = random.pick(WAYS);
    if (way === 'freeze') {
      line.silences.push(...proxy.freeze());
      follower.giveUp();
    } else proxy[way]();
    await follower.connected(before);
    line.backAfter.push(performance.now() - cutAt);
  }
  over = true;
  await talk;
  follower.stop();
}
