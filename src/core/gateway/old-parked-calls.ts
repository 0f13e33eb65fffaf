import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, Sweep } from '../../platform/jobs/sweep.js';

const KEPT_MS = 60 * 60_000;

/** Calls that were parked, a while after nobody waits for them. */
@Injectable()
export class OldParkedCalls extends Sweep {
  readonly what = 'parked calls';

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    return deleteInBatches(
      this.database,
      signal,
      `delete from parked_calls where id in (
         select id from parked_calls where created_at < $2 and alive_until < $3 limit $1)`,
      [new Date(this.clock.ms() - KEPT_MS), this.clock.now()],
    );
  }
}
