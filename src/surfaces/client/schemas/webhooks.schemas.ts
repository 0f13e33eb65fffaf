import { z } from 'zod';
import {
  DEFAULT_SECRET_OVERLAP_SECONDS,
  type Delivery,
  DELIVERY_STATUSES,
  findWebhookUrlProblem,
  type ListedWebhook,
  MAX_SECRET_OVERLAP_SECONDS,
  MAX_WEBHOOK_DESCRIPTION_LENGTH,
  MAX_WEBHOOK_URL_LENGTH,
  type NewWebhook,
  type WebhookChange,
} from '../../../core/webhooks/webhook.js';
import { WEBHOOK_EVENT_TYPES } from '../../../core/webhooks/webhook-event.js';
import type { Page } from '../../../platform/page.js';
import { page, PAGE_SIZE, toNext } from './page.schemas.js';

const events = z
  .array(z.enum(WEBHOOK_EVENT_TYPES))
  .min(1)
  .max(WEBHOOK_EVENT_TYPES.length)
  .refine((types) => new Set(types).size === types.length, 'must not name a type twice')
  .meta({ description: 'What it is told.', example: ['approval.requested', 'run.finished'] });

const fields = {
  url: z
    .string()
    .trim()
    .max(MAX_WEBHOOK_URL_LENGTH)
    .superRefine((url, context) => {
      const message = findWebhookUrlProblem(url);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .meta({ example: 'https://example.com/hooks/switchyard' }),
  description: z
    .string()
    .trim()
    .max(MAX_WEBHOOK_DESCRIPTION_LENGTH)
    .refine((text) => !/\p{Cc}/u.test(text), 'must not have control characters'),
  events,
};

export const WebhookCreate = z
  .strictObject({ ...fields, description: fields.description.optional() })
  .transform((body): NewWebhook => ({ ...body, description: body.description || undefined }))
  .meta({ id: 'WebhookCreate' });

export const WebhookUpdate = z
  .strictObject({ ...fields, description: fields.description.nullable(), enabled: z.boolean() })
  .partial()
  .transform((body): WebhookChange => ({
    ...body,
    description: body.description === '' ? null : body.description,
  }))
  .meta({ id: 'WebhookUpdate', description: 'What is absent stays.' });

export const WebhookRotate = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(MAX_SECRET_OVERLAP_SECONDS)
      .default(DEFAULT_SECRET_OVERLAP_SECONDS)
      .meta({ description: 'So long the secret before signs, too.' }),
  })
  .transform(({ overlap_seconds }) => ({ overlapSeconds: overlap_seconds }))
  .meta({ id: 'WebhookRotate' })
  .prefault({});

export const DeliveriesQuery = z
  .strictObject({ page, status: z.enum(DELIVERY_STATUSES).optional() })
  .transform(({ page: number, status }) => ({ filter: { status }, page: { page: number, size: PAGE_SIZE } }));

const secret = z.string().meta({
  description: 'Of Standard Webhooks; it is told only now.',
  example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
});

export const WebhookView = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    events: z.array(z.enum(WEBHOOK_EVENT_TYPES)),
    enabled: z.boolean(),
    disabled_reason: z.string().nullable().meta({ description: 'Where it was switched off since it did not answer.' }),
    secret_hint: z.string().meta({ description: 'The last four characters of the secret.' }),
    previous_secret_until: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    last_delivery: z.object({ at: z.iso.datetime(), status: z.enum(DELIVERY_STATUSES) }).nullable(),
  })
  .meta({ id: 'Webhook' });

export const WebhookListView = z.object({ webhooks: z.array(WebhookView) }).meta({ id: 'WebhookList' });
export const WebhookMadeView = WebhookView.extend({ secret }).meta({ id: 'WebhookMade' });
export const WebhookSecretView = z.object({ secret }).meta({ id: 'WebhookSecret' });
export const WebhookDeletedView = z.object({ status: z.literal('deleted') }).meta({ id: 'WebhookDeleted' });

export const DeliveryView = z
  .object({
    id: z.string(),
    event_id: z.string().meta({ description: 'As in the header webhook-id: the same in each attempt.' }),
    type: z.enum(WEBHOOK_EVENT_TYPES),
    status: z.enum(DELIVERY_STATUSES),
    attempts: z.int(),
    next_try_at: z.iso.datetime().nullable(),
    response_status: z.int().nullable(),
    error: z.string().nullable(),
    duration_ms: z.int().nullable().meta({ description: 'Of the last attempt.' }),
    at: z.iso.datetime(),
    payload: z
      .object({ type: z.string(), timestamp: z.iso.datetime(), data: z.record(z.string(), z.unknown()) })
      .meta({ description: 'The body that is sent.' }),
  })
  .meta({ id: 'WebhookDelivery' });

export const DeliveryListView = z
  .object({ deliveries: z.array(DeliveryView), next: z.string().optional() })
  .meta({ id: 'WebhookDeliveryList' });

export const toWebhookView = (webhook: ListedWebhook): z.infer<typeof WebhookView> => ({
  id: webhook.id,
  url: webhook.url,
  description: webhook.description,
  events: [...webhook.events],
  enabled: webhook.enabled,
  disabled_reason: webhook.disabledReason,
  secret_hint: webhook.secretHint,
  previous_secret_until: webhook.previousSecretUntil?.toISOString() ?? null,
  created_at: webhook.createdAt.toISOString(),
  last_delivery: webhook.lastDelivery && {
    at: webhook.lastDelivery.at.toISOString(),
    status: webhook.lastDelivery.status,
  },
});

export const toWebhookListView = (webhooks: readonly ListedWebhook[]): z.infer<typeof WebhookListView> => ({
  webhooks: webhooks.map(toWebhookView),
});

export const toWebhookMadeView = (made: {
  webhook: ListedWebhook;
  secret: string;
}): z.infer<typeof WebhookMadeView> => ({ ...toWebhookView(made.webhook), secret: made.secret });

export const toDeliveryView = (delivery: Delivery): z.infer<typeof DeliveryView> => ({
  id: delivery.id,
  event_id: delivery.eventId,
  type: delivery.type,
  status: delivery.status,
  attempts: delivery.attempts,
  next_try_at: delivery.nextTryAt?.toISOString() ?? null,
  response_status: delivery.responseStatus,
  error: delivery.error,
  duration_ms: delivery.durationMs,
  at: delivery.at.toISOString(),
  payload: { ...delivery.message },
});

export const toDeliveryListView = (found: Page<Delivery>): z.infer<typeof DeliveryListView> => ({
  deliveries: found.items.map(toDeliveryView),
  ...toNext(found),
});
