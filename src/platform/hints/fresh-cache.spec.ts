import { setImmediate } from 'node:timers/promises';
import type { Logger } from '../logging/logger.js';
import { FreshCache } from './fresh-cache.js';
import { Hints } from './hints.js';
import { NotifyCarrier } from './notify-carrier.js';

const ignored = () => undefined;
const silent: Logger = { isDetailed: false, debug: ignored, info: ignored, warn: ignored, error: ignored };

function open({ size = 2, maxAgeMs = 60_000 } = {}) {
  const hints = new Hints(new NotifyCarrier({ url: 'postgres://127.0.0.1:1/none' }, 'worker_1', silent), silent);
  let loads = 0;
  const waiting: (() => void)[] = [];
  const load = async () => {
    loads += 1;
    for (const resume of waiting.splice(0)) resume();
    return loads;
  };
  const cache = new FreshCache<number>(hints, { topic: (key) => `thing:${key}`, load, size, maxAgeMs });
  const nextLoad = () => new Promise<void>((resolve) => waiting.push(resolve));
  return { hints, cache, nextLoad };
}

test('loads once for all who ask, and again after a hint', async () => {
  const { cache, hints } = open();
  expect(await Promise.all([cache.get('a'), cache.get('a')])).toEqual([1, 1]);
  hints.publish('thing:b');
  expect(await cache.get('a')).toBe(1);
  hints.publish('thing:a');
  expect(await cache.get('a')).toBe(2);
  cache.close();
});

test('reads what is in use again before it is too old, and nobody waits for that', async () => {
  const { cache, nextLoad } = open({ maxAgeMs: 200 });
  await cache.get('a');
  await cache.get('a');
  await nextLoad();
  await setImmediate();
  expect(await cache.get('a')).toBe(2);
  cache.close();
});

test('keeps a bounded number, and no failed load', async () => {
  const { cache } = open({ size: 2 });
  for (const key of ['a', 'b', 'c']) await cache.get(key);
  expect(await cache.get('c')).toBe(3);
  expect(await cache.get('a')).toBe(4);
  cache.close();

  const hints = new Hints(new NotifyCarrier({ url: 'postgres://127.0.0.1:1/none' }, 'worker_1', silent), silent);
  let fails = true;
  const load = async () => {
    if (fails) throw new Error('away');
    return 'here';
  };
  const failing = new FreshCache<string>(hints, { topic: (key) => key, load, size: 2, maxAgeMs: 60_000 });
  await expect(failing.get('a')).rejects.toThrow('away');
  fails = false;
  expect(await failing.get('a')).toBe('here');
  failing.close();
});
