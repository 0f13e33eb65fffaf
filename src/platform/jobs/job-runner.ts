import { setTimeout as pause } from 'node:timers/promises';
import { Logger as WorkerLogger, type Runner, run, type TaskList } from 'graphile-worker';
import pg from 'pg';
import { type DatabaseConnection, toDriverOptions } from '../database/connection.js';
import { watchedClient } from '../database/watched-client.js';
import { untilStored } from '../database/until-stored.js';
import type { Logger } from '../logging/logger.js';
import { withLogFields } from '../logging/logger.js';
import type { Metrics } from '../metrics/metrics.js';
import { ScopedSignal } from '../scoped-signal.js';
import { NO_TRACING, type Tracing } from '../tracing/tracing.js';
import type { JobHandler } from './job.js';
import { splitTrace } from './job-trace.js';
import { WorkerPresence } from './worker-presence.js';

interface JobRunnerParts {
  connection: DatabaseConnection;
  concurrency: number;
  processId: string;
  logger: Logger;
  metrics: Metrics;
  tracing?: Tracing;
}

/** How long a stopping process lets its jobs end by themselves. */
const STOP_MS = 8_000;
/** How long the start waits for a connection. */
const START_MS = 60_000;
const FIRST_PAUSE_MS = 250;

/** graphile-worker behind our own names: runs the handlers' jobs in this process. */
export class JobRunner {
  private readonly pool: pg.Pool;
  private readonly presence: WorkerPresence;
  private readonly stopping = new AbortController();
  private tasks: TaskList = {};
  private runner: Runner | undefined;
  /** The database failed the engine: it may have stopped, or hold locks of jobs that it never got to see. */
  private shaken = false;
  private renewing = false;
  /** Jobs that were cut short because this process stops. */
  private readonly cut: string[] = [];

  private readonly durations;

  constructor(private readonly parts: JobRunnerParts) {
    this.durations = parts.metrics.durations({
      name: 'app_job_duration_seconds',
      help: 'How long jobs of this process took.',
      labels: ['job', 'outcome'],
    });
    this.pool = new pg.Pool({
      ...toDriverOptions(parts.connection).pg,
      max: Math.max(4, Math.ceil(parts.concurrency / 2)),
      application_name: 'switchyard jobs',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      Client: watchedClient(),
    });
    const lost = (error: Error) => {
      if (!this.pool.ending) parts.logger.warn({ reason: error.message }, 'job connection lost');
    };
    this.pool.on('error', lost);
    this.pool.on('connect', (client) => client.on('error', lost));
    this.presence = new WorkerPresence(this.pool, parts.processId, parts.logger, () => this.renew());
    const { events } = this.presence;
    events.on('worker:getJob:error', () => {
      this.shaken = true;
    });
    // It waits for what runs, a person's answer maybe, before it ends.
    events.on('pool:gracefulShutdown', ({ workerPool }) => {
      if (this.presence.owns(workerPool.id)) this.shaken = true;
    });
  }

  async start(handlers: readonly JobHandler[]): Promise<void> {
    this.tasks = Object.fromEntries(handlers.map((handler) => [handler.job.name, this.task(handler)]));
    await this.patiently(() => this.presence.start());
    this.runner = await this.patiently(() => this.launch());
  }

  /** The tables are as they should be, so what fails is the way to them: after a crash the database may be slow for a while. */
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + START_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      try {
        return await work();
      } catch (error) {
        if (performance.now() + pauseMs > giveUpAt) throw error;
        this.parts.logger.warn({ reason: (error as Error).message }, 'waiting for the database, to take jobs');
        await pause(pauseMs);
      }
    }
  }

  /** @throws when no jobs are taken: the database has not heard of this process for a while */
  check(): void {
    if (!this.runner) throw new Error('The job engine is not running.');
    this.presence.check();
  }

  async stop(): Promise<void> {
    const abort = setTimeout(() => this.stopping.abort(new Error('The process is stopping.')), STOP_MS / 2);
    const runner = this.runner;
    this.runner = undefined;
    await Promise.race([runner?.stop().catch(() => undefined), deadline(STOP_MS)]);
    clearTimeout(abort);
    await this.handOver();
    await this.presence.stop();
    await this.pool.end().catch(() => undefined);
  }

  /** What was cut short is due now, not after the engine's pause, which grows with each time that a job was begun. */
  private async handOver(): Promise<void> {
    if (this.cut.length === 0) return;
    await this.pool
      .query('select graphile_worker.reschedule_jobs($1::bigint[], run_at => now(), attempts => 0)', [this.cut])
      .catch((error: Error) => this.parts.logger.warn({ reason: error.message }, 'jobs not handed over'));
  }

  private async launch(): Promise<Runner> {
    const runner = await run({
      pgPool: this.pool,
      concurrency: this.parts.concurrency,
      noHandleSignals: true,
      pollInterval: 1_000,
      taskList: this.tasks,
      events: this.presence.events,
      // Unbatched, a job that cannot be ticked off is a rejection that nobody hears, which ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      logger: new WorkerLogger(() => (level, message) => {
        if (level === 'error') this.parts.logger.warn({ message }, 'job engine');
      }),
    });
    // It resolves as well when its workers gave up.
    const ended = () => {
      if (this.runner === runner) this.shaken = true;
    };
    runner.promise.then(ended, ended);
    return runner;
  }

  /** Replaces the engine after a fault of the database; called while the database answers. */
  private async renew(): Promise<void> {
    const before = this.runner;
    if (!this.shaken || this.renewing || !before) return;
    this.renewing = true;
    this.shaken = false;
    this.parts.logger.warn({}, 'starting the job engine again');
    this.presence.disown();
    before.stop().catch(() => undefined);
    try {
      const next = await this.launch();
      if (this.runner === before) this.runner = next;
      else await next.stop();
    } catch (error) {
      this.shaken = true;
      throw error;
    } finally {
      this.renewing = false;
    }
  }

  private task(handler: JobHandler): TaskList[string] {
    const { logger, tracing = NO_TRACING } = this.parts;
    return async (stored, helpers) => {
      const started = performance.now();
      const name = handler.job.name;
      const scoped = new ScopedSignal([this.stopping.signal], handler.job.timeoutMs);
      const { signal } = scoped;
      const seen = this.durations.startTimer({ job: name });
      const ms = () => Math.round(performance.now() - started);
      const { payload, trace } = splitTrace(stored);
      const run = async () => {
        try {
          const parsed = handler.job.payload.parse(payload);
          // The engine would let it wait for minutes after the database is back.
          await untilStored(() => handler.run(parsed, { signal }), {
            signal,
            onPause: (pauseMs) => logger.warn({ pauseMs }, 'a job waits for the database'),
          });
          seen({ outcome: 'done' });
          logger.debug({ attempt: helpers.job.attempts, ms: ms() }, 'job done');
        } catch (error) {
          seen({ outcome: 'failed' });
          if (this.stopping.signal.aborted) this.cut.push(helpers.job.id);
          logger.error({ attempt: helpers.job.attempts, ms: ms(), err: error }, 'job failed');
          throw error;
        } finally {
          scoped.end();
        }
      };
      await tracing.within(trace, () => withLogFields({ job: name }, run));
    };
  }
}

const deadline = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
