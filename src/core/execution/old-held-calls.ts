import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, Sweep } from '../../platform/jobs/sweep.js';

const KEPT_MS = 24 * 60 * 60_000;

/** Held calls and what came of them, a day after they ended; their approvals stay. */
@Injectable()
export class OldHeldCalls extends Sweep {
  readonly what = 'held calls';

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
      `delete from held_calls where approval_id in (
         select held.approval_id from held_calls held join approval_requests request on request.id = held.approval_id
         where coalesce(held.finished_at, request.decided_at) < $2
           and (held.finished_at is not null or request.status not in ('pending', 'approved'))
         limit $1)`,
      [new Date(this.clock.ms() - KEPT_MS)],
    );
  }
}
