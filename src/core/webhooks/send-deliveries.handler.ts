import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { JobHandler } from '../../platform/jobs/job.js';
import { Postman } from './postman.js';
import { sendDeliveries } from './send-deliveries.job.js';
import type { WebhookId } from './webhook.js';

type Payload = z.infer<typeof sendDeliveries.payload>;

@Injectable()
export class SendDeliveriesHandler extends JobHandler<Payload> {
  readonly job = sendDeliveries;

  constructor(private readonly postman: Postman) {
    super();
  }

  async run({ webhookId }: Payload): Promise<void> {
    await this.postman.look(webhookId as WebhookId);
  }
}
