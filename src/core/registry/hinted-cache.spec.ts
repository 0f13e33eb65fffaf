import type { Logger } from '../../platform/logging/logger.js';
import { Hints } from '../../platform/hints/hints.js';
import { NotifyCarrier } from '../../platform/hints/notify-carrier.js';
import { HintedCache } from './hinted-cache.js';

const ignored = () => undefined;
const silent: Logger = { isDetailed: false, debug: ignored, info: ignored, warn: ignored, error: ignored };

/** Inside one process hints need no connection. */
function open(options: { size?: number; maxAgeMs?: number } = {}) {
  const hints = new Hints(new NotifyCarrier({ url: 'postgres://127.0.0.1:1/none' }, 'worker_1', silent), silent);
  const dropped: unknown[] = [];
  const cache = new HintedCache<number>(hints, {
    topic: (key) => `thing:${key}`,
    size: 2,
    maxAgeMs: 60_000,
    onDrop: (_value, hint) => dropped.push(hint),
    ...options,
  });
  let loads = 0;
  const get = (key: string) => cache.get(key, async () => (loads += 1));
  return { hints, cache, dropped, get };
}

test('loads once, for all who ask', async () => {
  const { get } = open();
  expect(await Promise.all([get('a'), get('a')])).toEqual([1, 1]);
  expect(await get('a')).toBe(1);
});

test('loads again after a hint, and tells what the hint said', async () => {
  const { get, hints, dropped } = open();
  await get('a');
  hints.publish('thing:b', 'other');
  expect(await get('a')).toBe(1);
  hints.publish('thing:a', 'own');
  expect(await get('a')).toBe(2);
  expect(dropped).toEqual(['own']);
});

test('does not keep what was loaded while a hint came', async () => {
  const { get, hints } = open();
  const first = get('a');
  hints.publish('thing:a');
  expect(await first).toBe(1);
  expect(await get('a')).toBe(2);
});

test('lets the least recently used go', async () => {
  const { get } = open();
  await get('a');
  await get('b');
  await get('a');
  await get('c');
  expect(await get('a')).toBe(1);
  expect(await get('b')).toBe(4);
});

test('keeps nothing for longer than its age, nor a failure at all', async () => {
  const { get, cache } = open({ maxAgeMs: 0 });
  await get('a');
  expect(await get('a')).toBe(2);
  await expect(cache.get('x', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await get('x')).toBe(3);
});
