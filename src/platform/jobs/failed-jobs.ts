import { Injectable } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import { Sweep } from './sweep.js';

const DAYS = 30;
const AT_ONCE = 1_000;

/** Jobs that failed for good; those that are done the engine removes by itself. */
@Injectable()
export class FailedJobs extends Sweep {
  readonly what = 'failed jobs';

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(): Promise<number> {
    const before = new Date(this.clock.ms() - DAYS * 86_400_000);
    const [row] = await this.database.sql<{ rows: number }>(
      `select count(*)::int as rows from graphile_worker.complete_jobs(array(
         select id from graphile_worker.jobs
         where attempts >= max_attempts and locked_at is null and updated_at < $1 limit $2))`,
      [before, AT_ONCE],
    );
    return row?.rows ?? 0;
  }
}
