import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import type { DeliveryStatus, Webhook, WebhookId } from './webhook.js';

const COLUMNS = `
  webhooks.id, webhooks.organization_id as "organizationId", webhooks.url, webhooks.description, webhooks.events,
  webhooks.enabled, webhooks.disabled_reason as "disabledReason", webhooks.secret,
  webhooks.previous_secret as "previousSecret", webhooks.previous_secret_until as "previousSecretUntil",
  webhooks.created_by as "createdBy", webhooks.created_at as "createdAt", webhooks.updated_at as "updatedAt"`;

export interface WithLastDelivery extends Webhook {
  lastAt: Date | null;
  lastStatus: DeliveryStatus | null;
}

@Injectable()
export class WebhooksRepository {
  constructor(private readonly database: Database) {}

  /** So that two who add at once count each other. Held until the transaction ends. */
  async lockOrganization(id: OrganizationId): Promise<void> {
    await this.database.sql('select from organizations where id = $1 for no key update', [id]);
  }

  async count(organizationId: OrganizationId): Promise<number> {
    const [row] = await this.database.sql<{ rows: number }>(
      'select count(*)::int as rows from webhooks where organization_id = $1',
      [organizationId],
    );
    return row?.rows ?? 0;
  }

  async insert(webhook: Webhook): Promise<void> {
    await this.database.sql(
      `insert into webhooks (id, organization_id, url, description, events, enabled, secret, created_by, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
      [
        webhook.id,
        webhook.organizationId,
        webhook.url,
        webhook.description,
        webhook.events,
        webhook.enabled,
        webhook.secret,
        webhook.createdBy,
        webhook.createdAt,
      ],
    );
  }

  /** Oldest first. */
  async list(organizationId: OrganizationId): Promise<WithLastDelivery[]> {
    return this.database.sql<WithLastDelivery>(
      `select ${COLUMNS}, last.at as "lastAt", last.status as "lastStatus" from webhooks
       left join lateral (
         select created_at as at, status from webhook_deliveries
         where webhook_id = webhooks.id order by created_at desc, id desc limit 1
       ) last on true
       where organization_id = $1 order by webhooks.created_at, webhooks.id`,
      [organizationId],
    );
  }

  async find(organizationId: OrganizationId, id: WebhookId): Promise<Webhook | undefined> {
    const [found] = await this.database.sql<Webhook>(
      `select ${COLUMNS} from webhooks where organization_id = $1 and id = $2`,
      [organizationId, id],
    );
    return found;
  }

  /** Held until the transaction ends. */
  async lock(organizationId: OrganizationId, id: WebhookId): Promise<Webhook | undefined> {
    const [found] = await this.database.sql<Webhook>(
      `select ${COLUMNS} from webhooks where organization_id = $1 and id = $2 for update`,
      [organizationId, id],
    );
    return found;
  }

  /** For who sends: whoever asks was let in before. */
  async findForJob(id: WebhookId): Promise<Webhook | undefined> {
    const [found] = await this.database.sql<Webhook>(`select ${COLUMNS} from webhooks where id = $1`, [id]);
    return found;
  }

  async update(webhook: Webhook): Promise<void> {
    await this.database.sql(
      `update webhooks set url = $2, description = $3, events = $4, enabled = $5, disabled_reason = $6, secret = $7,
         previous_secret = $8, previous_secret_until = $9, updated_at = $10,
         failing_since = case when $5 and not enabled then null else failing_since end
       where id = $1`,
      [
        webhook.id,
        webhook.url,
        webhook.description,
        webhook.events,
        webhook.enabled,
        webhook.disabledReason,
        webhook.secret,
        webhook.previousSecret,
        webhook.previousSecretUntil,
        webhook.updatedAt,
      ],
    );
  }

  async remove(id: WebhookId): Promise<void> {
    await this.database.sql('delete from webhooks where id = $1', [id]);
  }

  /** Something reached it. */
  async markWell(id: WebhookId): Promise<void> {
    await this.database.sql('update webhooks set failing_since = null where id = $1 and failing_since is not null', [
      id,
    ]);
  }

  /** @returns since when nothing reaches it */
  async markFailing(id: WebhookId, now: Date): Promise<Date | undefined> {
    const [row] = await this.database.sql<{ since: Date }>(
      'update webhooks set failing_since = coalesce(failing_since, $2) where id = $1 returning failing_since as since',
      [id, now],
    );
    return row?.since;
  }

  /** @returns whether it was on until now */
  async disable(id: WebhookId, reason: string, now: Date): Promise<boolean> {
    const rows = await this.database.sql(
      `update webhooks set enabled = false, disabled_reason = $2, updated_at = $3 where id = $1 and enabled returning id`,
      [id, reason, now],
    );
    return rows.length > 0;
  }
}
