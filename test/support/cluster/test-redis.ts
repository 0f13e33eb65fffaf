import { GivenRedis } from './given-redis.js';
import { RedisProcess } from './redis-process.js';

/** A Redis that a test may take away. */
export interface TestRedis {
  /** By which the product finds it. */
  readonly settings: { REDIS_URL: string; REDIS_PREFIX: string };
  /** It is gone, with what it held; whoever is connected is reset. */
  kill(): Promise<void>;
  /** At the same address, with nothing in it. */
  startAgain(): Promise<void>;
  /** It answers nobody until `goOn`; connections stay. */
  pause(): void;
  goOn(): void;
  flush(): Promise<void>;
  end(): Promise<void>;
}

/** The Redis of `REDIS_URL` behind something that can be cut off, or a `redis-server` of its own. */
export const startRedis = (): Promise<TestRedis> =>
  process.env.REDIS_URL ? GivenRedis.at(process.env.REDIS_URL) : RedisProcess.start();
