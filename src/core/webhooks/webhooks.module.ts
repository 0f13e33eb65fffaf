import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryOutcomes } from './delivery-outcomes.js';
import { OldDeliveries } from './old-deliveries.js';
import { Postman } from './postman.js';
import { SealedWebhookSecrets } from './sealed-webhook-secrets.js';
import { SendDeliveriesHandler } from './send-deliveries.handler.js';
import { WebhookEgress } from './webhook-egress.js';
import { WebhookEvents } from './webhook-events.service.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhooksRepository } from './webhooks.repository.js';
import { WebhooksService } from './webhooks.service.js';

@Module({
  imports: [ActivityModule],
  providers: [
    DeliveriesRepository,
    DeliveriesService,
    DeliveryOutcomes,
    OldDeliveries,
    Postman,
    SealedWebhookSecrets,
    SendDeliveriesHandler,
    WebhookEgress,
    WebhookEvents,
    WebhookSecrets,
    WebhooksRepository,
    WebhooksService,
  ],
  exports: [DeliveriesService, SendDeliveriesHandler, WebhookEvents, WebhooksService],
})
export class WebhooksModule {}
