import type { AppProcess } from '../chaos/app-process.js';
import type { GraphSize } from '../chaos/graph-brain.js';
import { createTestDatabase, toUrl } from '../chaos/database-url.js';
import { createWorld, type World } from '../chaos/world.js';
import { startRedis, type TestRedis } from './test-redis.js';

/** The product as several processes on one database and one Redis, with a model and an upstream that outlive it. */
export interface Cluster {
  world: World;
  redis: TestRedis;
  apis: AppProcess[];
  workers: AppProcess[];
  /** For a client that begins at the given api: there, or at any other that runs. */
  placeOf: (index: number) => () => string;
  end: () => Promise<void>;
}

/** A test's database has sixty connections, and keeps those of a killed process for a moment. */
const CONNECTIONS = { DATABASE_POOL: '6', JOB_CONCURRENCY: '8' };

interface ClusterOptions {
  name: string;
  seed: number;
  apis?: number;
  workers?: number;
  settings?: Record<string, string>;
  slowestMs?: number;
  wordMs?: number;
  graphs?: GraphSize;
}

export async function startCluster({
  apis: apiCount = 2,
  workers: workerCount = 2,
  settings = {},
  ...options
}: ClusterOptions): Promise<Cluster> {
  const redis = await startRedis();
  const database = await createTestDatabase();
  const roles = [...Array<string>(apiCount).fill('api'), ...Array<string>(workerCount).fill('worker')];
  const world = await createWorld({
    ...options,
    settings: { ...CONNECTIONS, DATABASE_URL: toUrl(database.connection), ...redis.settings, ROLE: 'api', ...settings },
    others: roles.slice(1).map((role) => ({ ROLE: role })),
  }).catch(async (error: unknown) => {
    await redis.end();
    await database.drop();
    throw error;
  });
  const apis = [world.app, ...world.others.slice(0, apiCount - 1)];
  return {
    world,
    redis,
    apis,
    workers: world.others.slice(apiCount - 1),
    placeOf: (index) => () => {
      const inOrder = apis.map((_, step) => apis[(index + step) % apis.length] ?? world.app);
      return (inOrder.find(({ isRunning }) => isRunning) ?? world.app).url;
    },
    end: async () => {
      // Stopped as it may be, it would hold up those who say goodbye to it.
      redis.goOn();
      await world.end();
      await redis.end();
      await database.drop();
    },
  };
}
