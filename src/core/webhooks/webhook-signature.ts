import { createHmac } from 'node:crypto';

interface SignedParts {
  id: string;
  /** Of this attempt. */
  at: Date;
  body: string;
}

/**
 * The headers of Standard Webhooks 1.0: `v1,` and the base64 HMAC-SHA-256 of `id.timestamp.body`, one for each secret.
 * @param secrets `whsec_…`, the one in use first
 */
export function signedHeaders({ id, at, body }: SignedParts, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
