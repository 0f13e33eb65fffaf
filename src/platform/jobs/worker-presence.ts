import { EventEmitter } from 'node:events';
import type { WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import type { Logger } from '../logging/logger.js';

const BEAT_MS = 1_000;
/** How often it is looked for the dead: with what a beat may lack, within five seconds of a death. */
const SWEEP_MS = 500;
/** A process unheard of for this long is dead, and its jobs are free. */
export const DEAD_AFTER_SECONDS = 4;
/** How many workers of each process are woken for freed jobs: one would take one job, and the rest the next poll. */
const WOKEN = 10;

/**
 * graphile-worker frees a dead worker's jobs after four hours. Each process says each second that it lives,
 * and frees what the dead ones held.
 */
export class WorkerPresence {
  readonly events: WorkerEvents = new EventEmitter();
  /** Who the locks name: the engine locks by pool, not by worker. */
  private readonly poolIds = new Set<string>();
  private timers: NodeJS.Timeout[] = [];
  private stopped = false;
  private beatenAt = Infinity;
  private steadyFrom = 0;

  constructor(
    private readonly pool: pg.Pool,
    private readonly processId: string,
    private readonly logger: Logger,
    /** After each beat that the database took. */
    private readonly onBeat: () => Promise<void>,
  ) {
    this.events.on('pool:create', ({ workerPool }) => this.poolIds.add(workerPool.id));
    this.events.on('pool:release', ({ workerPool }) => this.poolIds.delete(workerPool.id));
  }

  /** May be tried again when it fails. */
  async start(): Promise<void> {
    await this.beat();
    await this.sweep();
    this.timers = [
      this.every(BEAT_MS, 'heartbeat failed', async () => {
        await this.beat();
        await this.onBeat();
      }),
      this.every(SWEEP_MS, 'could not look for dead workers', () => this.sweep()),
    ];
  }

  /** @throws when others may take this process for dead */
  check(): void {
    const silentMs = performance.now() - this.beatenAt;
    if (silentMs > DEAD_AFTER_SECONDS * 1_000) throw new Error(`No heartbeat for ${Math.round(silentMs / 1_000)} s.`);
  }

  owns(poolId: string): boolean {
    return this.poolIds.has(poolId);
  }

  /** What our pools so far hold is free for others; what of it still runs here keeps its own claim. */
  disown(): void {
    this.poolIds.clear();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.pool.query('delete from worker_processes where id = $1', [this.processId]).catch(() => undefined);
  }

  /** One at a time: a database that answers slowly is not asked the same thing again meanwhile. */
  private every(ms: number, failed: string, work: () => Promise<void>): NodeJS.Timeout {
    let busy = false;
    return setInterval(() => {
      if (busy) return;
      busy = true;
      work()
        .catch((error: Error) => {
          if (!this.stopped) this.logger.warn({ reason: error.message }, failed);
        })
        .finally(() => {
          busy = false;
        });
    }, ms);
  }

  private async beat(): Promise<void> {
    await this.pool.query(
      `insert into worker_processes (id, worker_ids, seen_at) values ($1, $2, now())
       on conflict (id) do update set worker_ids = excluded.worker_ids, seen_at = excluded.seen_at`,
      [this.processId, [...this.poolIds]],
    );
    const silentMs = performance.now() - this.beatenAt;
    this.beatenAt = performance.now();
    // Not put off anew meanwhile: a machine that is slow for long has dead workers too.
    const isSteady = this.beatenAt >= this.steadyFrom;
    if (isSteady && silentMs > DEAD_AFTER_SECONDS * 500) this.steadyFrom = this.beatenAt + DEAD_AFTER_SECONDS * 1_000;
  }

  /**
   * Frees what the dead hold, and wakes the living for it. After a while in which we could not beat, neither could
   * others: they have as long again before they are dead.
   */
  private async sweep(): Promise<void> {
    if (performance.now() < this.steadyFrom) return;
    // A lock counts by its holder's beat, not by a list of the dead: a process that died before its first beat is found too.
    const { rows } = await this.pool.query<{ id: string; locked_by: string }>(
      `with swept as (delete from worker_processes where seen_at < now() - interval '1 hour')
       select id, locked_by from graphile_worker.jobs
       where locked_by is not null and locked_at < now() - make_interval(secs => $1)
         and locked_by not in (
           select unnest(worker_ids) from worker_processes where seen_at > now() - make_interval(secs => $1))`,
      [DEAD_AFTER_SECONDS],
    );
    if (rows.length === 0) return;
    const [jobs, holders] = [rows.map(({ id }) => id), rows.map((row) => row.locked_by)];
    await inTransaction(this.pool, async (client) => {
      await client.query('select graphile_worker.force_unlock_workers($1)', [holders]);
      // The engine counts each beginning, and gives a job up after so many. A death is no fault of the job, and one that
      // was given up would leave its turn waiting for ever.
      await client.query('select graphile_worker.reschedule_jobs($1::bigint[], attempts => 0)', [jobs]);
      await client.query(`select pg_notify('jobs:insert', '{"r":' || random() || ',"count":' || $1::int || '}')`, [
        WOKEN,
      ]);
    });
    this.logger.warn({ jobs: jobs.length }, 'freed the jobs of dead workers');
  }
}

async function inTransaction(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  let fault: Error | undefined;
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (error) {
    fault = error as Error;
    throw error;
  } finally {
    // A connection in the middle of a transaction goes to nobody else.
    client.release(fault);
  }
}
