import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, oldBefore, Sweep } from '../../platform/jobs/sweep.js';

/** Passes that were used: what they came with is good for a quarter of an hour. */
@Injectable()
export class OldCallPasses extends Sweep {
  readonly what = 'used passes of calls';

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
      'delete from used_call_passes where id in (select id from used_call_passes where used_at < $2 limit $1)',
      [oldBefore(this.clock.now(), 1)],
    );
  }
}
