import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, oldBefore, Sweep } from '../../platform/jobs/sweep.js';
import { CONFIG } from '../../platform/tokens.js';

/** Lines of the request log after RETENTION_REQUEST_LOG_DAYS. */
@Injectable()
export class OldRequests extends Sweep {
  readonly what = 'lines of the request log';

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    const before = oldBefore(this.clock.now(), this.config.retention.requestLogDays);
    if (!before) return 0;
    return deleteInBatches(
      this.database,
      signal,
      'delete from request_log where id in (select id from request_log where started_at < $2 limit $1)',
      [before],
    );
  }
}
