import { isRecord } from '@app/session-protocol/client';

/** A message that the server has not confirmed yet. */
export interface Queued {
  client_msg_id: string;
  text: string;
  /** Set once it went out on the open line. */
  frame_id?: string;
}

export const MAX_QUEUED = 20;

const keyOf = (sessionId: string) => `switchyard.outbox.${sessionId}`;

export function readOutbox(sessionId: string): Queued[] {
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(keyOf(sessionId)) ?? '[]');
    if (!Array.isArray(raw)) return [];
    return raw.flatMap((one: unknown) =>
      isRecord(one) && typeof one.client_msg_id === 'string' && typeof one.text === 'string'
        ? [{ client_msg_id: one.client_msg_id, text: one.text }]
        : [],
    );
  } catch {
    return [];
  }
}

export function writeOutbox(sessionId: string, queue: Queued[]): void {
  if (queue.length === 0) localStorage.removeItem(keyOf(sessionId));
  else
    localStorage.setItem(
      keyOf(sessionId),
      JSON.stringify(queue.map(({ client_msg_id, text }) => ({ client_msg_id, text }))),
    );
}
