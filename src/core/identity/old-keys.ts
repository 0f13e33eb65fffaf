import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, oldBefore, Sweep } from '../../platform/jobs/sweep.js';

/** So long an expired key is listed, for its owner to see why something stopped. */
const ENDED_DAYS = 30;

/** API keys that ended long ago. */
@Injectable()
export class OldKeys extends Sweep {
  readonly what = 'API keys';

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
      `delete from api_keys where id in (
         select id from api_keys where revoked_at < $2 or expires_at < $2 limit $1 for update skip locked)`,
      [oldBefore(this.clock.now(), ENDED_DAYS)],
    );
  }
}
