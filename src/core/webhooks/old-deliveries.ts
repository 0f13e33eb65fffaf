import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, oldBefore, Sweep } from '../../platform/jobs/sweep.js';
import { CONFIG } from '../../platform/tokens.js';

/** Messages, with their deliveries, after RETENTION_WEBHOOKS_DAYS. */
@Injectable()
export class OldDeliveries extends Sweep {
  readonly what = 'messages of webhooks';

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    const before = oldBefore(this.clock.now(), this.config.retention.webhooksDays);
    if (!before) return 0;
    return deleteInBatches(
      this.database,
      signal,
      `delete from webhook_messages where id in (
         select m.id from webhook_messages m where m.created_at < $2
           and not exists (select from webhook_deliveries d where d.message_id = m.id and d.status = 'pending') limit $1)`,
      [before],
    );
  }
}
