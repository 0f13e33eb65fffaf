import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, oldBefore, Sweep } from '../../platform/jobs/sweep.js';

/** So long the list says what was decided, and by whom; the activity and the log of a session say it longer. */
const KEPT_DAYS = 90;

/** Requests that ended long ago, with their links and mails. */
@Injectable()
export class OldApprovals extends Sweep {
  readonly what = 'approval requests';

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
      `delete from approval_requests where id in (
         select id from approval_requests where status <> 'pending' and decided_at < $2 limit $1 for update skip locked)`,
      [oldBefore(this.clock.now(), KEPT_DAYS)],
    );
  }
}
