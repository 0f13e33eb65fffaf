import { connectRaw } from '../eras/raw.js';
import { modernCall } from './modern-call.js';

/** How a client comes and leaves: in the older era it may say so, or just be gone, with or without a call on its way. */
export const WAYS = ['modern', 'says so', 'is gone', 'is gone in mid-call'] as const;

export async function visit(url: string, headers: Record<string, string>, way: (typeof WAYS)[number]): Promise<string> {
  if (way === 'modern') {
    const call = modernCall('test_simple_text', {}, headers);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...call.headers, connection: 'close' },
      body: call.body,
    });
    return (await answer.text()).includes('simple text') ? 'called' : `It was answered ${answer.status}.`;
  }
  const client = await connectRaw('2025-06-18', { url, headers });
  await client.call('test_simple_text', {});
  if (way === 'is gone in mid-call') {
    const leaving = new AbortController();
    const ended = client.call('test_hold', { label: 'left' }, { signal: leaving.signal }).catch(() => undefined);
    leaving.abort();
    await ended;
  }
  await (way === 'says so' ? client.close() : client.leave());
  return 'called';
}
