import type { OrganizationId } from '../../platform/ids.js';

/** Everything that programs outside can be told. */
export const WEBHOOK_EVENT_TYPES = [
  'approval.requested',
  'approval.decided',
  'run.finished',
  'call.finished',
  'server.health_changed',
  'tool.changed',
  'key.created',
  'key.revoked',
  'key.rotated',
  'webhook.test',
] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

export interface WebhookEvent {
  organizationId: OrganizationId;
  type: WebhookEventType;
  /** snake_case, ids and short facts; never a secret, never what a tool said. */
  data: Readonly<Record<string, unknown>>;
}
