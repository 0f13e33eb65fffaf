import { randomBytes } from 'node:crypto';
import type { Id, OrganizationId, UserId } from '../../platform/ids.js';
import type { WebhookEventType } from './webhook-event.js';

export type WebhookId = Id<'whk'>;
export type DeliveryId = Id<'whd'>;

/** Whoever manages the webhooks of an organization. */
export interface WebhookKeeper {
  userId: UserId;
  organizationId: OrganizationId;
}

export const DELIVERY_STATUSES = ['pending', 'succeeded', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** An address of a program outside, and what it is told. */
export interface Webhook {
  id: WebhookId;
  organizationId: OrganizationId;
  url: string;
  description: string | null;
  events: readonly WebhookEventType[];
  enabled: boolean;
  /** Set where nobody switched it off: it did not answer. */
  disabledReason: string | null;
  /** Sealed; see `WebhookSecrets`. */
  secret: string;
  previousSecret: string | null;
  /** So long the secret before signs, too. */
  previousSecretUntil: Date | null;
  createdBy: UserId | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface ListedWebhook extends Webhook {
  /** The last four characters. */
  secretHint: string;
  lastDelivery: { at: Date; status: DeliveryStatus } | null;
}

export interface NewWebhook {
  url: string;
  description?: string | undefined;
  events: readonly WebhookEventType[];
}

/** What is undefined stays as it is. */
export interface WebhookChange {
  url?: string | undefined;
  description?: string | null | undefined;
  events?: readonly WebhookEventType[] | undefined;
  enabled?: boolean | undefined;
}

/** One message on its way to one webhook. */
export interface Delivery {
  id: DeliveryId;
  eventId: Id<'whm'>;
  type: WebhookEventType;
  status: DeliveryStatus;
  attempts: number;
  nextTryAt: Date | null;
  responseStatus: number | null;
  error: string | null;
  /** Of the last attempt. */
  durationMs: number | null;
  at: Date;
  finishedAt: Date | null;
  message: WebhookMessage;
}

/** What is told, as it is sent. */
export interface WebhookMessage {
  type: WebhookEventType;
  /** ISO 8601. */
  timestamp: string;
  data: Readonly<Record<string, unknown>>;
}

export const MAX_WEBHOOKS = 20;
export const MAX_WEBHOOK_DESCRIPTION_LENGTH = 500;
export const MAX_WEBHOOK_URL_LENGTH = 2_048;
export const DEFAULT_SECRET_OVERLAP_SECONDS = 86_400;
export const MAX_SECRET_OVERLAP_SECONDS = 7 * 86_400;

const SECRET_BYTES = 32;

/** As Standard Webhooks writes symmetric secrets: `whsec_` and base64. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

/** What is wrong with the address of a webhook, for people, or undefined. What it may reach is egress's question. */
export function findWebhookUrlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'must be a URL such as https://example.com/hook';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '') {
    return 'must not carry a user name or password: check the signature instead';
  }
  return text.includes('#') ? 'must not have a fragment (#…)' : undefined;
}
