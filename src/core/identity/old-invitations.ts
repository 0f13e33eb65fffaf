import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, Sweep } from '../../platform/jobs/sweep.js';

const KEPT_MS = 30 * 86_400_000;

/** Invitations that were answered, or that nobody answered in time. */
@Injectable()
export class OldInvitations extends Sweep {
  readonly what = 'invitations';

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
      `delete from invitations where id in (
         select id from invitations where coalesce(ended_at, expires_at) < $2 limit $1 for update skip locked)`,
      [new Date(this.clock.ms() - KEPT_MS)],
    );
  }
}
