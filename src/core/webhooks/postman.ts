import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { type ClaimedDelivery, DeliveriesRepository } from './deliveries.repository.js';
import { DeliveryOutcomes } from './delivery-outcomes.js';
import { LEASE_MS } from './retry.js';
import { laterLook, sendDeliveries } from './send-deliveries.job.js';
import type { WebhookId } from './webhook.js';
import { WebhookEgress } from './webhook-egress.js';
import { signedHeaders } from './webhook-signature.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhooksRepository } from './webhooks.repository.js';

/** Attempts at the same time, of this process. */
const MOST_LANES = 64;
/** To one endpoint; one that fails has a single one, so that those which hang keep few. */
const MOST_LANES_EACH = 4;
const MOST_WAITING = 10_000;
const STOP_MS = 3_000;

/**
 * Takes what is due to its endpoints. Lanes run beside the jobs that start them: an endpoint that hangs holds no worker.
 * A lane that dies with its process leaves a lease behind that ends, and a job that looks then.
 */
@Injectable()
export class Postman implements OnModuleDestroy {
  private readonly lanes = new Map<WebhookId, number>();
  private readonly running = new Set<Promise<void>>();
  private readonly failing = new Set<WebhookId>();
  /** There may be more to do than a lane saw. */
  private readonly again = new Set<WebhookId>();
  private readonly waiting = new Set<WebhookId>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly webhooks: WebhooksRepository,
    private readonly secrets: WebhookSecrets,
    private readonly egress: WebhookEgress,
    private readonly outcomes: DeliveryOutcomes,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort(new Error('The process is stopping.'));
    this.waiting.clear();
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref());
    await Promise.race([Promise.all(this.running), deadline]);
  }

  /** Sees to it that what is due to the webhook is sent, now or later; ends at once. */
  async look(id: WebhookId): Promise<void> {
    const due = await this.deliveries.nextDue(id);
    if (!due) return;
    const now = this.clock.ms();
    // Before anything is begun: whoever dies in the middle is succeeded by this look.
    await this.lookLater(id, new Date(Math.max(due.getTime(), now + LEASE_MS)));
    if (due.getTime() <= now) this.wake(id);
    else await this.lookLater(id, due);
  }

  private wake(id: WebhookId): void {
    if (this.stopping.signal.aborted) return;
    const taken = this.lanes.get(id) ?? 0;
    if (taken >= (this.failing.has(id) ? 1 : MOST_LANES_EACH)) {
      this.again.add(id);
      return;
    }
    if (this.running.size >= MOST_LANES) {
      if (this.waiting.size < MOST_WAITING) this.waiting.add(id);
      return;
    }
    this.lanes.set(id, taken + 1);
    const lane = this.drain(id)
      .catch((error: unknown) => this.logger.warn({ webhookId: id, err: error }, 'deliveries are put off'))
      .finally(() => {
        this.running.delete(lane);
        this.leave(id);
      });
    this.running.add(lane);
  }

  private leave(id: WebhookId): void {
    const left = (this.lanes.get(id) ?? 1) - 1;
    if (left > 0) this.lanes.set(id, left);
    else {
      this.lanes.delete(id);
      this.failing.delete(id);
    }
    const [next] = this.waiting;
    if (next === undefined) return;
    this.waiting.delete(next);
    this.wake(next);
  }

  private async drain(id: WebhookId): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const now = this.clock.now();
      const claimed = await this.deliveries.claim(id, { now, leasedUntil: new Date(now.getTime() + LEASE_MS) });
      if (claimed) {
        await this.attempt(claimed);
        continue;
      }
      if (this.again.delete(id)) continue;
      const due = await this.deliveries.nextDue(id);
      if (due) await this.lookLater(id, due);
      // Whoever was told meanwhile that there is a lane already relies on it.
      if (!this.again.delete(id)) return;
    }
  }

  private async attempt(claimed: ClaimedDelivery): Promise<void> {
    if (claimed.isFailing) this.failing.add(claimed.webhookId);
    const started = performance.now();
    const reply = await this.send(claimed);
    if (!reply) return this.giveBack(claimed);
    const durationMs = Math.round(performance.now() - started);
    const isWell = await this.outcomes.record(claimed, {
      responseStatus: reply.status,
      error: reply.error,
      durationMs,
    });
    if (isWell) this.failing.delete(claimed.webhookId);
    else this.failing.add(claimed.webhookId);
  }

  /** @returns undefined when this process stops */
  private async send({ webhookId, messageId, type, data, toldAt }: ClaimedDelivery) {
    const webhook = await this.webhooks.findForJob(webhookId);
    if (!webhook) return undefined;
    const now = this.clock.now();
    const body = JSON.stringify({ type, timestamp: toldAt.toISOString(), data });
    try {
      const headers = signedHeaders({ id: messageId, at: now, body }, this.secrets.live(webhook, now));
      return await this.egress.post(webhook.url, body, headers, this.stopping.signal);
    } catch {
      if (this.stopping.signal.aborted) return undefined;
      return { status: null, error: 'The secret cannot be opened with the key of this instance. Rotate it.' };
    }
  }

  private async giveBack(claimed: ClaimedDelivery): Promise<void> {
    await this.deliveries.giveBack(claimed, this.clock.now());
    await this.jobs.enqueue(sendDeliveries, { webhookId: claimed.webhookId });
  }

  private async lookLater(webhookId: WebhookId, runAt: Date): Promise<void> {
    await this.jobs.enqueue(sendDeliveries, { webhookId }, { key: laterLook(webhookId), runAt });
  }
}
