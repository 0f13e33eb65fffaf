import { eventually } from '../app.js';
import { connectRaw } from '../eras/raw.js';
import type { ConformanceUpstream } from '../upstreams/conformance-upstream.js';
import { modernCall } from './modern-call.js';

interface Place {
  url: string;
  headers: Record<string, string>;
  upstream: ConformanceUpstream;
}

/** How a client comes, calls and leaves: in the older era it may say so, or just be gone, with a call on its way or without. */
const VISITS: Record<string, (place: Place) => Promise<void>> = {
  'without a session': async ({ url, headers }) => {
    const call = modernCall('test_simple_text', {}, headers);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...call.headers, connection: 'close' },
      body: call.body,
    });
    const said = await answer.text();
    if (!said.includes('simple text')) throw new Error(`${answer.status} ${said}`);
  },
  'ends its session': async (place) => (await come(place)).close(),
  'is gone': async (place) => (await come(place)).leave(),
  'takes its call back and is gone': async (place) => {
    const client = await come(place);
    const call = await hold(client, place.upstream);
    call.takeBack();
    await call.isNow('cancelled');
    client.leave();
  },
  'is gone in mid-call': async (place) => {
    const client = await come(place);
    await hold(client, place.upstream);
    client.leave();
  },
};
const WAYS = Object.keys(VISITS);

/** The ways take turns. @throws what went wrong, and in which way */
export async function visit(place: Place, turn: number): Promise<void> {
  const way = WAYS[turn % WAYS.length] ?? '';
  await VISITS[way]?.(place).catch((cause: unknown) => {
    throw new Error(`Visitor ${turn}, who ${way}: ${String(cause)}`, { cause });
  });
}

async function come(place: Place) {
  const client = await connectRaw('2025-06-18', place);
  await client.call('test_simple_text', {});
  return client;
}

let held = 0;

/** A call that the upstream has, and does not answer. */
async function hold(client: Awaited<ReturnType<typeof come>>, upstream: ConformanceUpstream) {
  held += 1;
  const label = `held ${held}`;
  const takingBack = new AbortController();
  client.call('test_hold', { label }, { signal: takingBack.signal }).catch(() => undefined);
  const isNow = (wanted: string) =>
    eventually(
      () => upstream.stateOf(label),
      (state) => state === wanted,
    );
  await isNow('held');
  return { isNow, takeBack: () => takingBack.abort() };
}
