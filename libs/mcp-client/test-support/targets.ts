import { createEgressGuard, type EgressGuard } from '@app/egress';
import { UpstreamPool, type UpstreamPoolOptions, type UpstreamTarget } from '../src/index.js';

export const targetAt = (url: string, rest: Partial<UpstreamTarget> = {}): UpstreamTarget => ({
  key: url,
  url,
  transport: 'auto',
  headers: {},
  timeoutMs: 10_000,
  verifyTls: true,
  ...rest,
});

/** A guard and pools on it that one test file closes together. */
export function testBench() {
  const guard: EgressGuard = createEgressGuard({ allow: [], loopback: 'allowed' });
  const pools: UpstreamPool[] = [];
  return {
    guard,
    pool: (options?: UpstreamPoolOptions) => {
      const pool = new UpstreamPool(guard, options);
      pools.push(pool);
      return pool;
    },
    close: async () => {
      await Promise.all(pools.splice(0).map((pool) => pool.close()));
      await guard.close();
    },
  };
}
