import { Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { DatedSweep } from '../../platform/jobs/dated-sweep.js';

/** Messages, with their deliveries, after RETENTION_WEBHOOKS_DAYS. */
@Injectable()
export class OldDeliveries extends DatedSweep {
  readonly what = 'messages of webhooks';
  protected readonly statement = `delete from webhook_messages where id in (
    select m.id from webhook_messages m where m.created_at < $2
      and not exists (select from webhook_deliveries d where d.message_id = m.id and d.status = 'pending') limit $1)`;

  protected daysIn({ webhooksDays }: Config['retention']): number {
    return webhooksDays;
  }
}
