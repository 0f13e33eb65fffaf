import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { sendDeliveries } from './send-deliveries.job.js';
import { MAX_WEBHOOKS, type WebhookId } from './webhook.js';
import type { WebhookEvent } from './webhook-event.js';

/** Where everybody tells what programs outside may want to know. */
@Injectable()
export class WebhookEvents {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Part of the caller's transaction: what was taken back is not told. Costs one statement where nobody listens. */
  async record({ organizationId, type, data }: WebhookEvent): Promise<void> {
    const now = this.clock.now();
    const ids = Array.from({ length: MAX_WEBHOOKS }, () => newId('whd', now.getTime()));
    await this.database.transaction(async () => {
      const listening = await this.database.sql<{ webhookId: WebhookId }>(
        `with listening as (
           select id, row_number() over (order by id) as place from webhooks
           where organization_id = $2 and enabled and $3 = any(events)
         ), told as (
           insert into webhook_messages (id, organization_id, type, data, created_at)
           select $1, $2, $3, $4, $5 where exists (select from listening)
           returning id
         )
         insert into webhook_deliveries (id, webhook_id, message_id, status, next_try_at, created_at)
         select ($6::text[])[listening.place], listening.id, told.id, 'pending', $5, $5
         from told, listening where listening.place <= ${MAX_WEBHOOKS}
         returning webhook_id as "webhookId"`,
        [newId('whm', now.getTime()), organizationId, type, JSON.stringify(data), now, ids],
        'webhook-event',
      );
      for (const { webhookId } of listening) await this.jobs.enqueue(sendDeliveries, { webhookId });
    });
  }
}
