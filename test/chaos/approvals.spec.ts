import { join } from 'node:path';
import { postmastersOn } from '../support/chaos/app-process.js';
import { chaosSeed, Random } from '../support/chaos/random.js';
import { pause, until } from '../support/chaos/until.js';
import { createWorld, type Followed, inTime, prove, spread, transportOf, type World } from '../support/chaos/world.js';
import type { SessionClient } from '../support/session-clients.js';

/** Rounds of 20 sockets at once, and approvals just before a kill; CHAOS_APPROVALS=200 is the long run. */
const APPROVALS = Number(process.env.CHAOS_APPROVALS ?? 10);
const SOCKETS = 20;
/** So many approve just before one kill. */
const BEFORE_A_KILL = Number(process.env.CHAOS_BEFORE_A_KILL ?? 20);
const LATEST_MS = 50;

describe('approvals', () => {
  const seed = chaosSeed();
  let world: World;

  beforeAll(async () => {
    world = await createWorld({ name: 'approvals', seed, slowestMs: 40, graphs: { least: 1, most: 1 } });
  }, 180_000);
  afterAll(() => world.end(), 60_000);

  it(
    'of one node by 20 sockets at the same moment are one approval and one call',
    async () => {
      const { person, serverId, app } = world;
      const witness = await world.follow('witness', transportOf(0), () => app.url, false);
      witness.follower.start();
      await witness.follower.connected(0);
      const sockets: SessionClient[] = Array.from({ length: SOCKETS }, (_, index) =>
        transportOf(index).connect(app.url, { serverId, token: person.token, session: witness.sessionId }),
      );
      await Promise.all(sockets.map((socket) => socket.next('session_snapshot')));
      let refused = 0;
      for (let round = 0; round < APPROVALS; round += 1) {
        const answered = witness.follower.ask(`graph a${round}`, `a${round}`);
        const asked = await Promise.all(sockets.map((socket) => socket.next('task_graph_proposal')));
        const [node] = (asked[0]?.payload.nodes ?? []) as { id: string }[];
        sockets.forEach((socket, index) =>
          socket.send(
            'approve_task',
            { node_id: node?.id ?? '', decision_id: `${round}:${index}` },
            { id: `${round}` },
          ),
        );
        const isAnswer = ({ type, payload }: { type: string; payload: Record<string, unknown> }) =>
          (type === 'error' && payload.in_reply_to === `${round}` && payload.code === 'ALREADY_DECIDED') ||
          (type === 'task_decision' &&
            payload.node_id === node?.id &&
            typeof payload.decision_id === 'string' &&
            payload.decision_id.startsWith(`${round}:`));
        await Promise.all(sockets.map((socket) => socket.next(isAnswer)));
        await answered;
      }
      await Promise.all(sockets.map((socket) => socket.next('turn_finished').catch(() => undefined)));
      for (const socket of sockets) {
        refused += socket.frames.filter(({ payload }) => payload.code === 'ALREADY_DECIDED').length;
        socket.close();
      }
      witness.follower.stop();
      const told = { seed, rounds: APPROVALS, sockets: SOCKETS, refused };
      const { byStatus } = await prove(world, [witness], 'approvals at once', told);
      expect(byStatus).toEqual({ succeeded: APPROVALS });
      expect(refused).toBe(APPROVALS * (SOCKETS - 1));
    },
    60_000 + APPROVALS * 2_000,
  );

  it(
    'that were acknowledged survive a kill a moment later, and each is one call',
    async () => {
      const random = new Random(seed);
      const kills = Math.ceil(APPROVALS / BEFORE_A_KILL);
      const restarts: number[] = [];
      let acknowledged = 0;
      const all: Followed[] = [];
      for (let kill = 0; kill < kills; kill += 1) {
        const these = await world.followAll(BEFORE_A_KILL, { tag: `kill ${kill},`, decides: false });
        all.push(...these);
        const answers = these.map(({ follower }, index) => {
          follower.start();
          return follower.ask(`graph k${kill}i${index}`, `k${kill}i${index}`);
        });
        await until('all wait for a person', () => these.every(({ follower }) => follower.pending === 1), 60_000);
        const approved = these.map(async ({ follower }) => {
          await pause(random.between(0, LATEST_MS));
          follower.decide();
        });
        // Some have their acknowledgement by then, the others are on their way.
        const wanted = random.between(1, Math.ceil(BEFORE_A_KILL / 2));
        await until('some are acknowledged', () => these.filter(isAcknowledged).length >= wanted, 20_000);
        await pause(random.between(0, LATEST_MS));
        await world.app.end('SIGKILL');
        await Promise.all(approved);
        acknowledged += these.filter(isAcknowledged).length;
        const data = join(world.folder, 'data');
        await until('the database has ended', async () => (await postmastersOn(data)).length === 0, 10_000);
        restarts.push(await world.app.start());
        await inTime(world.app, 60_000, Promise.all(answers));
        for (const { follower } of these) follower.stop();
      }
      const told = { seed, kills, acknowledged, restartMs: spread(restarts) };
      const { nodes } = await prove(world, all, 'approve and kill', told);
      expect(nodes).toBe(kills * BEFORE_A_KILL);
      expect(acknowledged).toBeGreaterThan(0);
    },
    60_000 + Math.ceil(APPROVALS / BEFORE_A_KILL) * 60_000,
  );
});

const isAcknowledged = ({ follower }: Followed): boolean =>
  follower.received.some(({ type }) => type === 'task_decision');
