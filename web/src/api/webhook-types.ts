export interface Webhook {
  id: string;
  url: string;
  description: string | null;
  events: string[];
  enabled: boolean;
  disabled_reason: string | null;
  /** The last characters of the secret. */
  secret_hint: string;
  /** Until then messages are signed with the one before, too. */
  previous_secret_until: string | null;
  created_at: string;
  last_delivery: { at: string; status: string } | null;
}

export type NewWebhook = Webhook & { secret: string };

export interface Delivery {
  id: string;
  event_id: string;
  type: string;
  status: 'pending' | 'succeeded' | 'failed';
  attempts: number;
  next_try_at: string | null;
  response_status: number | null;
  error: string | null;
  duration_ms: number | null;
  at: string;
  payload: unknown;
}
