import { Webhook } from 'standardwebhooks';
import type { Person } from '../../support/app.js';
import type { Received } from '../../support/webhook-receiver.js';

export interface Hook {
  id: string;
  url: string;
  enabled: boolean;
  disabled_reason: string | null;
  secret: string;
  secret_hint: string;
  last_delivery: { status: string } | null;
}
export interface Told {
  id: string;
  event_id: string;
  type: string;
  status: string;
  attempts: number;
  response_status: number | null;
  error: string | null;
  next_try_at: string | null;
  payload: { type: string; timestamp: string; data: Record<string, unknown> };
}

export async function makeHook(person: Person, url: string, events = ['key.created']): Promise<Hook> {
  const made = await person.call<Hook>('POST', '/webhooks', { url, events });
  expect([made.status, made.text]).toEqual([201, made.text]);
  return made.body;
}

export async function makeKey(person: Person, name = 'A key'): Promise<{ id: string }> {
  const body = { name, scopes: ['mcp:read'] };
  return (await person.call<{ api_key: { id: string } }>('POST', '/user/api-keys', body)).body.api_key;
}

export async function logOf(person: Person, id: string, query = ''): Promise<{ deliveries: Told[]; next?: string }> {
  return (await person.call<{ deliveries: Told[]; next?: string }>('GET', `/webhooks/${id}/deliveries${query}`)).body;
}

export async function findHook(person: Person, id: string): Promise<Hook | undefined> {
  return (await person.call<{ webhooks: Hook[] }>('GET', '/webhooks')).body.webhooks.find((hook) => hook.id === id);
}

/** What was told, when a library of others finds that the signature fits. */
export const verified = (secret: string, { headers, body }: Received): unknown =>
  new Webhook(secret).verify(body, headers as Record<string, string>);
