import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Activity } from '../activity/activity.service.js';
import { type Attempted, type ClaimedDelivery, DeliveriesRepository } from './deliveries.repository.js';
import { GIVEN_UP_AFTER_MS, pauseAfter } from './retry.js';
import { tellDisabled } from './tell-disabled.job.js';
import type { WebhookId } from './webhook.js';
import { nameOf } from './webhook-name.js';
import { WebhooksRepository } from './webhooks.repository.js';

const GONE = 410;

/** What follows from an attempt: it is done, comes again, or the webhook is switched off. */
@Injectable()
export class DeliveryOutcomes {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
    private readonly webhooks: WebhooksRepository,
    private readonly activity: Activity,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** @returns whether the endpoint took it */
  async record(claimed: ClaimedDelivery, attempted: Attempted): Promise<boolean> {
    return this.database.transaction(async () => {
      const now = this.clock.now();
      if (attempted.error === null) {
        const wasOurs = await this.deliveries.finish(claimed, 'succeeded', attempted, now);
        if (wasOurs && claimed.isFailing) await this.webhooks.markWell(claimed.webhookId);
        return true;
      }
      await this.fail(claimed, attempted, now);
      return false;
    });
  }

  private async fail(claimed: ClaimedDelivery, attempted: Attempted, now: Date): Promise<void> {
    const pause = attempted.responseStatus === GONE ? undefined : pauseAfter(claimed.attempts);
    const wasOurs =
      pause === undefined
        ? await this.deliveries.finish(claimed, 'failed', attempted, now)
        : await this.deliveries.postpone(claimed, attempted, new Date(now.getTime() + pause));
    if (!wasOurs) return;
    const since = await this.webhooks.markFailing(claimed.webhookId, now);
    if (attempted.responseStatus === GONE) {
      await this.disable(claimed.webhookId, 'Its endpoint answered 410: it is gone.', now);
    } else if (since && now.getTime() - since.getTime() > GIVEN_UP_AFTER_MS) {
      await this.disable(claimed.webhookId, 'Nothing has reached its endpoint for five days.', now);
    }
  }

  private async disable(id: WebhookId, reason: string, now: Date): Promise<void> {
    if (!(await this.webhooks.disable(id, reason, now))) return;
    await this.deliveries.failPending(id, 'The webhook was switched off.', now);
    const webhook = await this.webhooks.findForJob(id);
    if (!webhook) return;
    await this.activity.record({
      organizationId: webhook.organizationId,
      action: 'webhook.disabled',
      outcome: 'failed',
      actor: null,
      subject: { kind: 'webhook', id, name: nameOf(webhook) },
      details: { reason },
    });
    await this.jobs.enqueue(tellDisabled, { webhookId: id });
  }
}
