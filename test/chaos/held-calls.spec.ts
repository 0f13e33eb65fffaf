import { join } from 'node:path';
import { postmastersOn } from '../support/chaos/app-process.js';
import { type Held, HELD_TOOLS, HeldCallsOf } from '../support/chaos/held-calls.js';
import { chaosSeed, Random } from '../support/chaos/random.js';
import { pause, until } from '../support/chaos/until.js';
import { ToldEvents } from '../support/chaos/told-events.js';
import { createWorld, spread, tell, type World } from '../support/chaos/world.js';

/** Rounds of 20 who decide at once, and kills just after an approval; CHAOS_HELD=200 is the long run. */
const ROUNDS = Number(process.env.CHAOS_HELD ?? 2);
const DECIDERS = 20;
const LATEST_MS = 50;

describe('held calls', () => {
  const seed = chaosSeed();
  let world: World;
  let calls: HeldCallsOf;
  let events: ToldEvents;

  beforeAll(async () => {
    world = await createWorld({ name: 'held', seed, slowestMs: 40 });
    const key = await world.person.makeKey(['mcp:execute', 'mcp:read']);
    calls = new HeldCallsOf(world.person, key, world.serverId);
    events = await ToldEvents.follow(world.person, ['approval.requested', 'approval.decided', 'call.finished']);
  }, 180_000);
  afterAll(async () => {
    await world.end();
    await events.close();
  }, 180_000);

  it(
    'that 20 clients approve at the same moment are one approval and one call each',
    async () => {
      let refused = 0;
      const all: Held[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const held = await calls.hold('write_value', `a${round}`);
        all.push(held);
        const said = await Promise.all(Array.from({ length: DECIDERS }, () => calls.approve(held)));
        expect(said.filter((one) => one === 'approved')).toHaveLength(1);
        refused += said.filter((one) => one === 'already decided').length;
      }
      const { byEnd } = await judgeAll(all);
      tell('held calls, 20 decide at once', { seed, rounds: ROUNDS, deciders: DECIDERS, refused, byEnd });
      expect(byEnd).toEqual({ succeeded: ROUNDS });
      expect(refused).toBe(ROUNDS * (DECIDERS - 1));
    },
    60_000 + ROUNDS * 2_000,
  );

  it(
    'that were approved survive a kill a moment later: each is made, once where it must not be repeated, and told of',
    async () => {
      const random = new Random(seed);
      const restarts: number[] = [];
      const all: Held[] = [];
      let acknowledged = 0;
      for (let kill = 0; kill < ROUNDS; kill += 1) {
        // What is being delivered when the process dies has to come again.
        if (kill % 10 === 0) events.hang();
        const these = await Promise.all(HELD_TOOLS.map((tool) => calls.hold(tool, `k${kill}`)));
        if (kill % 10 === 0) await until('an event is under way', () => events.hanging > 0, 10_000);
        all.push(...these);
        const approving = these.map((held) => calls.approve(held));
        // In every other round the process dies while the approvals are on their way.
        if (kill % 2 === 0) await Promise.any(approving);
        await pause(random.between(0, LATEST_MS));
        await world.app.end('SIGKILL');
        await Promise.all(approving);
        const before = these.filter((held) => held.acknowledged);
        acknowledged += before.length;
        events.goOn();
        const data = join(world.folder, 'data');
        await until('the database has ended', async () => (await postmastersOn(data)).length === 0, 10_000);
        restarts.push(await world.app.start());
        for (const held of these) {
          const { status } = await calls.detail(held);
          if (before.includes(held)) expect([held.call, status]).toEqual([held.call, 'approved']);
          else if (status === 'pending') await calls.approveAgain(held);
        }
      }
      const { byEnd, unknown } = await judgeAll(all);
      const told = await events.complete(all.map(({ approvalId }) => approvalId));
      const kills = { kills: ROUNDS, calls: all.length, acknowledged, restartMs: spread(restarts) };
      tell('held calls, approve and kill', { seed, ...kills, byEnd, unknown, ...told });
      expect(acknowledged).toBeGreaterThan(0);
      expect(told.again).toBeGreaterThan(0);
    },
    90_000 + ROUNDS * 30_000,
  );

  async function judgeAll(all: readonly Held[]): Promise<{ byEnd: Record<string, number>; unknown: number }> {
    const byEnd: Record<string, number> = {};
    const faults: string[] = [];
    for (const held of all) {
      const { how, faults: found } = await calls.judge(held, world.upstream.counts);
      byEnd[how] = (byEnd[how] ?? 0) + 1;
      faults.push(...found);
    }
    expect(faults).toEqual([]);
    return { byEnd, unknown: byEnd.lost ?? 0 };
  }
});
