import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { Page, PageRequest } from '../../platform/page.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { sendDeliveries } from './send-deliveries.job.js';
import type { Delivery, DeliveryId, DeliveryStatus, Webhook, WebhookId, WebhookKeeper } from './webhook.js';
import { deliveryNotFound, webhookIsDisabled, webhookNotFound } from './webhook.errors.js';
import { WebhooksRepository } from './webhooks.repository.js';

/** How telling went, and telling it again. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Newest first. @throws 404 */
  async list(
    { organizationId }: WebhookKeeper,
    id: WebhookId,
    { status }: { status?: DeliveryStatus | undefined },
    page: PageRequest,
  ): Promise<Page<Delivery>> {
    if (!(await this.webhooks.find(organizationId, id))) throw webhookNotFound();
    return this.deliveries.list(id, status, page);
  }

  /** An event that says nothing, to this webhook alone. @throws 404, 409 where it is switched off */
  async test({ organizationId }: WebhookKeeper, id: WebhookId): Promise<Delivery> {
    return this.sending(organizationId, id, async (now) => {
      const messageId = newId('whm', now.getTime());
      const data = { webhook_id: id, message: 'This is a test.' };
      await this.deliveries.insertMessage({ id: messageId, organizationId, type: 'webhook.test', data }, now);
      const deliveryId = newId('whd', now.getTime());
      await this.deliveries.insert(deliveryId, id, messageId, now);
      return deliveryId;
    });
  }

  /** The same message, under the same id, in a delivery of its own; one that still waits is tried now. @throws as `test` */
  async redeliver({ organizationId }: WebhookKeeper, id: WebhookId, deliveryId: DeliveryId): Promise<Delivery> {
    return this.sending(organizationId, id, async (now) => {
      const before = await this.deliveries.find(id, deliveryId);
      if (!before) throw deliveryNotFound();
      if (before.status === 'pending') {
        await this.deliveries.hasten(deliveryId, now);
        return deliveryId;
      }
      const again = newId('whd', now.getTime());
      await this.deliveries.insert(again, id, before.eventId, now);
      return again;
    });
  }

  private async sending(
    organizationId: Webhook['organizationId'],
    id: WebhookId,
    work: (now: Date) => Promise<DeliveryId>,
  ): Promise<Delivery> {
    return this.database.transaction(async () => {
      const webhook = await this.webhooks.lock(organizationId, id);
      if (!webhook) throw webhookNotFound();
      if (!webhook.enabled) throw webhookIsDisabled();
      const deliveryId = await work(this.clock.now());
      await this.jobs.enqueue(sendDeliveries, { webhookId: id });
      const delivery = await this.deliveries.find(id, deliveryId);
      if (!delivery) throw deliveryNotFound();
      return delivery;
    });
  }
}
