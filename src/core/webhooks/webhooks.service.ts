import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import type { ActivityAction, ActivityDetails } from '../activity/activity.js';
import { Activity } from '../activity/activity.service.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import {
  type ListedWebhook,
  MAX_WEBHOOKS,
  newWebhookSecret,
  type NewWebhook,
  type Webhook,
  type WebhookChange,
  type WebhookId,
  type WebhookKeeper,
} from './webhook.js';
import { tooManyWebhooks, webhookNotFound } from './webhook.errors.js';
import { WebhookEgress } from './webhook-egress.js';
import { nameOf } from './webhook-name.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { type WithLastDelivery, WebhooksRepository } from './webhooks.repository.js';

/** The webhooks of an organization. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly secrets: WebhookSecrets,
    private readonly egress: WebhookEgress,
    private readonly activity: Activity,
    private readonly clock: Clock,
  ) {}

  /** All of them, oldest first. */
  async list({ organizationId }: WebhookKeeper): Promise<ListedWebhook[]> {
    return (await this.webhooks.list(organizationId)).map((webhook) => this.listed(webhook));
  }

  /** @returns with the secret, which is told only now. @throws 400 for the address, 409 for one too many */
  async create(
    { userId, organizationId }: WebhookKeeper,
    input: NewWebhook,
  ): Promise<{ webhook: ListedWebhook; secret: string }> {
    await this.egress.refuseForbidden(input.url);
    const now = this.clock.now();
    const id = newId('whk', now.getTime());
    const secret = newWebhookSecret();
    const webhook: Webhook = {
      id,
      organizationId,
      url: input.url,
      description: input.description ?? null,
      events: input.events,
      enabled: true,
      disabledReason: null,
      secret: this.secrets.seal({ id, organizationId }, 'secret', secret),
      previousSecret: null,
      previousSecretUntil: null,
      createdBy: userId,
      createdAt: now,
      updatedAt: now,
    };
    await this.database.transaction(async () => {
      await this.webhooks.lockOrganization(organizationId);
      if ((await this.webhooks.count(organizationId)) >= MAX_WEBHOOKS) throw tooManyWebhooks();
      await this.webhooks.insert(webhook);
      await this.tell(webhook, 'webhook.created', { events: webhook.events });
    });
    return { webhook: this.listed(webhook), secret };
  }

  /** Switched off, what is on its way to it ends. @throws 400, 404 */
  async update({ organizationId }: WebhookKeeper, id: WebhookId, change: WebhookChange): Promise<ListedWebhook> {
    if (change.url !== undefined) await this.egress.refuseForbidden(change.url);
    return this.changing({ organizationId }, id, async (before, now) => {
      const enabled = change.enabled ?? before.enabled;
      const after: Webhook = {
        ...before,
        url: change.url ?? before.url,
        description: change.description === undefined ? before.description : change.description,
        events: change.events ?? before.events,
        enabled,
        disabledReason: enabled ? null : before.disabledReason,
        updatedAt: now,
      };
      await this.webhooks.update(after);
      if (!enabled) await this.deliveries.failPending(id, 'The webhook was switched off.', now);
      const fields = Object.entries(change).flatMap(([field, value]) => (value === undefined ? [] : [field]));
      await this.tell(after, 'webhook.changed', { fields });
      return after;
    });
  }

  /** With its log. @throws 404 */
  async remove({ organizationId }: WebhookKeeper, id: WebhookId): Promise<void> {
    await this.database.transaction(async () => {
      const webhook = await this.webhooks.lock(organizationId, id);
      if (!webhook) throw webhookNotFound();
      await this.webhooks.remove(id);
      await this.tell(webhook, 'webhook.deleted');
    });
  }

  /** The secret before signs beside the new one for `overlapSeconds`. @throws 404 */
  async rotateSecret(
    { organizationId }: WebhookKeeper,
    id: WebhookId,
    { overlapSeconds }: { overlapSeconds: number },
  ): Promise<{ webhook: ListedWebhook; secret: string }> {
    const secret = newWebhookSecret();
    const webhook = await this.changing({ organizationId }, id, async (before, now) => {
      const after: Webhook = {
        ...before,
        secret: this.secrets.seal(before, 'secret', secret),
        ...this.previousOf(before, overlapSeconds, now),
        updatedAt: now,
      };
      await this.webhooks.update(after);
      await this.tell(after, 'webhook.secret_rotated', { overlapSeconds });
      return after;
    });
    return { webhook, secret };
  }

  /** One that does not open signs no more. */
  private previousOf(webhook: Webhook, overlapSeconds: number, now: Date) {
    const none = { previousSecret: null, previousSecretUntil: null };
    if (overlapSeconds === 0) return none;
    try {
      const plain = this.secrets.open(webhook, 'secret', webhook.secret);
      return {
        previousSecret: this.secrets.seal(webhook, 'previous_secret', plain),
        previousSecretUntil: new Date(now.getTime() + overlapSeconds * 1_000),
      };
    } catch {
      return none;
    }
  }

  private async changing(
    { organizationId }: Pick<WebhookKeeper, 'organizationId'>,
    id: WebhookId,
    work: (before: Webhook, now: Date) => Promise<Webhook>,
  ): Promise<ListedWebhook> {
    await this.database.transaction(async () => {
      const before = await this.webhooks.lock(organizationId, id);
      if (!before) throw webhookNotFound();
      await work(before, this.clock.now());
    });
    const after = (await this.webhooks.list(organizationId)).find((webhook) => webhook.id === id);
    if (!after) throw webhookNotFound();
    return this.listed(after);
  }

  private listed(webhook: Webhook & Partial<WithLastDelivery>): ListedWebhook {
    const { lastAt, lastStatus, ...rest } = webhook;
    return {
      ...rest,
      secretHint: this.secrets.hintOf(webhook),
      lastDelivery: lastAt && lastStatus ? { at: lastAt, status: lastStatus } : null,
    };
  }

  private async tell(webhook: Webhook, action: ActivityAction, details?: ActivityDetails): Promise<void> {
    const { organizationId, id } = webhook;
    const subject = { kind: 'webhook', id, name: nameOf(webhook) };
    await this.activity.record({ organizationId, action, subject, ...(details && { details }) });
  }
}
