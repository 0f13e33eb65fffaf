import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import type { WebhookEvent } from './webhook-event.js';

/** Where everybody tells what programs outside may want to know. */
@Injectable()
export class WebhookEvents {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Part of the caller's transaction: what was taken back is not told. Costs one statement where nobody listens. */
  async record({ organizationId, type, data }: WebhookEvent): Promise<void> {
    const now = this.clock.now();
    await this.database.sql(
      `insert into webhook_messages (id, organization_id, type, data, created_at)
       select $1, $2, $3, $4, $5
       where exists (select from webhooks where organization_id = $2 and enabled and $3 = any(events))`,
      [newId('whm', now.getTime()), organizationId, type, JSON.stringify(data), now],
    );
  }
}
