import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, oldBefore, Sweep } from '../../platform/jobs/sweep.js';
import { CONFIG } from '../../platform/tokens.js';

/** Lines of the activity after RETENTION_ACTIVITY_DAYS. */
@Injectable()
export class OldActivity extends Sweep {
  readonly what = 'lines of the activity';

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    const before = oldBefore(this.clock.now(), this.config.retention.activityDays);
    if (!before) return 0;
    return deleteInBatches(
      this.database,
      signal,
      'delete from activity where id in (select id from activity where at < $2 limit $1)',
      [before],
    );
  }
}
