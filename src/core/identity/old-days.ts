import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, oldBefore, Sweep } from '../../platform/jobs/sweep.js';

/** Of a year and a bit: what was asked on a day counts for that day. */
const KEPT_DAYS = 400;

/** Counts of requests by organization and day. */
@Injectable()
export class OldDays extends Sweep {
  readonly what = 'counts of days';

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
      'delete from organization_days where ctid in (select ctid from organization_days where day < $2 limit $1)',
      [oldBefore(this.clock.now(), KEPT_DAYS)],
    );
  }
}
