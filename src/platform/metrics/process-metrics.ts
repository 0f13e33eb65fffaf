import { collectDefaultMetrics } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Database } from '../database/database.js';
import type { Metrics } from './metrics.js';

interface ProcessFacts {
  version: string;
  role: string;
}

interface PoolNumbers {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
}

/** What is of the process as a whole: memory, processor, event loop, database pool, jobs, its version. */
export function describeProcess(
  metrics: Metrics,
  { source, database, facts }: { source: DataSource; database: Database; facts: ProcessFacts },
): void {
  collectDefaultMetrics({ register: metrics.registry });
  metrics
    .gauge({ name: 'app_build_info', help: 'Always 1; what runs here.', labels: ['version', 'node', 'role'] })
    .set({ ...facts, node: process.versions.node }, 1);

  const { master } = source.driver as unknown as { master?: PoolNumbers };
  metrics.observe(
    { name: 'app_database_pool_connections', help: 'Database connections of this process.', labels: ['state'] },
    () => [
      { labels: { state: 'idle' }, value: master?.idleCount ?? 0 },
      { labels: { state: 'busy' }, value: (master?.totalCount ?? 0) - (master?.idleCount ?? 0) },
      { labels: { state: 'waited_for' }, value: master?.waitingCount ?? 0 },
    ],
  );

  const jobs = oncePerScrape(() => countJobs(database));
  const all = 'of all processes together';
  metrics.observe({ name: 'app_jobs_waiting', help: `Jobs that are due and not begun, ${all}.` }, async () => {
    return (await jobs()).waiting;
  });
  metrics.observe({ name: 'app_jobs_running', help: `Jobs that run, ${all}.` }, async () => (await jobs()).running);
  metrics.observe({ name: 'app_jobs_failed', help: `Jobs that will not be tried again, ${all}.` }, async () => {
    return (await jobs()).failed;
  });
}

interface JobNumbers {
  waiting: number;
  running: number;
  failed: number;
}

async function countJobs(database: Database): Promise<JobNumbers> {
  const [numbers] = await database.sql<JobNumbers>(
    `select count(*) filter (where locked_at is null and attempts < max_attempts and run_at <= now())::int as waiting,
            count(*) filter (where locked_at is not null)::int as running,
            count(*) filter (where locked_at is null and attempts >= max_attempts)::int as failed
     from graphile_worker.jobs`,
  );
  return numbers ?? { waiting: 0, running: 0, failed: 0 };
}

/** Several gauges of one scrape share one look. */
function oncePerScrape<T>(look: () => Promise<T>): () => Promise<T> {
  let looking: Promise<T> | undefined;
  return () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
}
