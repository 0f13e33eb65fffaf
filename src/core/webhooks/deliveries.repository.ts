import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Id, OrganizationId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { Delivery, DeliveryId, DeliveryStatus, WebhookId } from './webhook.js';
import type { WebhookEventType } from './webhook-event.js';

/** A delivery that is this process's to try now. */
export interface ClaimedDelivery {
  id: DeliveryId;
  webhookId: WebhookId;
  messageId: Id<'whm'>;
  /** With this one; whoever claims it next counts on, and this one's outcome is dropped then. */
  attempts: number;
  type: WebhookEventType;
  data: Record<string, unknown>;
  toldAt: Date;
  /** Whether nothing reached the endpoint of late. */
  isFailing: boolean;
}

export interface Attempted {
  responseStatus: number | null;
  /** For people, without what a header or an inner network said. */
  error: string | null;
  durationMs: number;
}

interface Row extends Omit<Delivery, 'message'> {
  data: Record<string, unknown>;
  toldAt: Date;
}

const LISTED = `
  d.id, d.message_id as "eventId", m.type, d.status, d.attempts, d.next_try_at as "nextTryAt",
  d.response_status as "responseStatus", d.error, d.duration_ms as "durationMs", d.created_at as at,
  d.finished_at as "finishedAt", m.data, m.created_at as "toldAt"`;

const toDelivery = ({ data, toldAt, ...row }: Row): Delivery => ({
  ...row,
  message: { type: row.type, timestamp: toldAt.toISOString(), data },
});

@Injectable()
export class DeliveriesRepository {
  constructor(private readonly database: Database) {}

  /** Takes the one that is due for longest, if any, until `leasedUntil`. */
  async claim(webhookId: WebhookId, { now, leasedUntil }: { now: Date; leasedUntil: Date }) {
    const [claimed] = await this.database.sql<ClaimedDelivery>(
      `with due as (
         select d.id from webhook_deliveries d join webhooks w on w.id = d.webhook_id
         where d.webhook_id = $1 and d.status = 'pending' and d.next_try_at <= $2 and w.enabled
         order by d.next_try_at, d.id limit 1 for update of d skip locked
       )
       update webhook_deliveries d set attempts = d.attempts + 1, next_try_at = $3
       from due, webhook_messages m, webhooks w
       where d.id = due.id and m.id = d.message_id and w.id = d.webhook_id
       returning d.id, d.webhook_id as "webhookId", d.message_id as "messageId", d.attempts, m.type, m.data,
         m.created_at as "toldAt", w.failing_since is not null as "isFailing"`,
      [webhookId, now, leasedUntil],
    );
    return claimed;
  }

  /** When the next one is due, under way or not; undefined where nothing is on its way. */
  async nextDue(webhookId: WebhookId): Promise<Date | undefined> {
    const [row] = await this.database.sql<{ at: Date | null }>(
      `select min(d.next_try_at) as at from webhook_deliveries d join webhooks w on w.id = d.webhook_id
       where d.webhook_id = $1 and d.status = 'pending' and w.enabled`,
      [webhookId],
    );
    return row?.at ?? undefined;
  }

  /** @returns whether it was still this claim's */
  async finish(
    { id, attempts }: ClaimedDelivery,
    status: Exclude<DeliveryStatus, 'pending'>,
    { responseStatus, error, durationMs }: Attempted,
    now: Date,
  ): Promise<boolean> {
    const rows = await this.database.sql(
      `update webhook_deliveries set status = $3, response_status = $4, error = $5, duration_ms = $6,
         next_try_at = null, finished_at = $7
       where id = $1 and attempts = $2 and status = 'pending' returning id`,
      [id, attempts, status, responseStatus, error, durationMs, now],
    );
    return rows.length > 0;
  }

  /** @returns whether it was still this claim's */
  async postpone(
    { id, attempts }: ClaimedDelivery,
    { responseStatus, error, durationMs }: Attempted,
    until: Date,
  ): Promise<boolean> {
    const rows = await this.database.sql(
      `update webhook_deliveries set response_status = $3, error = $4, duration_ms = $5, next_try_at = $6
       where id = $1 and attempts = $2 and status = 'pending' returning id`,
      [id, attempts, responseStatus, error, durationMs, until],
    );
    return rows.length > 0;
  }

  /** As if it had not been claimed. */
  async giveBack({ id, attempts }: ClaimedDelivery, now: Date): Promise<void> {
    await this.database.sql(
      `update webhook_deliveries set attempts = attempts - 1, next_try_at = $3
       where id = $1 and attempts = $2 and status = 'pending'`,
      [id, attempts, now],
    );
  }

  /** What is on its way to a webhook that is told no more. */
  async failPending(webhookId: WebhookId, error: string, now: Date): Promise<void> {
    await this.database.sql(
      `update webhook_deliveries set status = 'failed', error = $2, next_try_at = null, finished_at = $3
       where webhook_id = $1 and status = 'pending'`,
      [webhookId, error, now],
    );
  }

  /** Of one message to one webhook. */
  async insert(id: DeliveryId, webhookId: WebhookId, messageId: Id<'whm'>, now: Date): Promise<void> {
    await this.database.sql(
      `insert into webhook_deliveries (id, webhook_id, message_id, status, next_try_at, created_at)
       values ($1, $2, $3, 'pending', $4, $4)`,
      [id, webhookId, messageId, now],
    );
  }

  async insertMessage(
    message: { id: Id<'whm'>; organizationId: OrganizationId; type: WebhookEventType; data: object },
    now: Date,
  ): Promise<void> {
    await this.database.sql(
      'insert into webhook_messages (id, organization_id, type, data, created_at) values ($1, $2, $3, $4, $5)',
      [message.id, message.organizationId, message.type, JSON.stringify(message.data), now],
    );
  }

  /** One that waits for its next attempt has it now. */
  async hasten(id: DeliveryId, now: Date): Promise<void> {
    await this.database.sql(
      `update webhook_deliveries set next_try_at = least(next_try_at, $2) where id = $1 and status = 'pending'`,
      [id, now],
    );
  }

  async find(webhookId: WebhookId, id: DeliveryId): Promise<Delivery | undefined> {
    const [found] = await this.database.sql<Row>(
      `select ${LISTED} from webhook_deliveries d join webhook_messages m on m.id = d.message_id
       where d.webhook_id = $1 and d.id = $2`,
      [webhookId, id],
    );
    return found && toDelivery(found);
  }

  /** Newest first. */
  async list(
    webhookId: WebhookId,
    status: DeliveryStatus | undefined,
    { page, size }: PageRequest,
  ): Promise<Page<Delivery>> {
    const found = await this.database.sql<Row>(
      `select ${LISTED} from webhook_deliveries d join webhook_messages m on m.id = d.message_id
       where d.webhook_id = $1 and ($2::text is null or d.status = $2)
       order by d.created_at desc, d.id desc limit $3 offset $4`,
      [webhookId, status ?? null, size + 1, (page - 1) * size],
    );
    return { items: found.slice(0, size).map(toDelivery), ...(found.length > size && { next: page + 1 }) };
  }
}
