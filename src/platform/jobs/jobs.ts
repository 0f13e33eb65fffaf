import type { Database } from '../database/database.js';
import { NO_TRACING } from '../tracing/tracing.js';
import { withTrace } from './job-trace.js';
import type { JobDefinition } from './job.js';

interface EnqueueOptions {
  runAt?: Date;
  /** A job of the same key that has not begun is replaced. */
  key?: string;
}

/** Enqueues in the open transaction: the job exists if and only if the change does. */
export class Jobs {
  constructor(
    private readonly database: Database,
    private readonly tracing = NO_TRACING,
  ) {}

  async enqueue<Payload extends object>(
    job: JobDefinition<Payload>,
    payload: Payload,
    { runAt, key }: EnqueueOptions = {},
  ): Promise<void> {
    await this.database.sql(
      `select graphile_worker.add_job(
         identifier => $1, payload => $2::json, run_at => $3::timestamptz, max_attempts => $4::int, job_key => $5)`,
      [
        job.name,
        JSON.stringify(withTrace(payload, this.tracing.current())),
        runAt?.toISOString() ?? null,
        job.attempts,
        key ?? null,
      ],
    );
  }

  /** Whether a job of the key waits or runs; one that was given up does neither. */
  async isEnqueued(key: string): Promise<boolean> {
    const rows = await this.database.sql(
      'select id from graphile_worker.jobs where key = $1 and (attempts < max_attempts or locked_at is not null)',
      [key],
    );
    return rows.length > 0;
  }
}
