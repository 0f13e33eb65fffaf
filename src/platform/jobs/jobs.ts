import type { Database } from '../database/database.js';
import { NO_TRACING } from '../tracing/tracing.js';
import { withTrace } from './job-trace.js';
import type { JobDefinition } from './job.js';

interface EnqueueOptions {
  runAt?: Date;
  /** A job of the same key that has not begun is replaced. */
  key?: string;
  /** Replaced it keeps the time that it was to run at. */
  keepTime?: boolean;
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
    { runAt, key, keepTime = false }: EnqueueOptions = {},
  ): Promise<void> {
    await this.database.sql(
      `select graphile_worker.add_job(
         identifier => $1, payload => $2::json, run_at => $3::timestamptz, max_attempts => $4::int, job_key => $5,
         job_key_mode => $6)`,
      [
        job.name,
        JSON.stringify(withTrace(payload, this.tracing.current())),
        runAt?.toISOString() ?? null,
        job.attempts,
        key ?? null,
        keepTime ? 'preserve_run_at' : 'replace',
      ],
    );
  }
}
