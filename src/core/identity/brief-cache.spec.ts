import { Clock } from '../../platform/clock.js';
import { BriefCache } from './brief-cache.js';

const START = new Date('2026-01-01T00:00:00Z').getTime();

class SetClock extends Clock {
  at = START;
  override ms(): number {
    return this.at;
  }
}

interface Known {
  name: string;
  endsAt: Date | null;
}

describe('what is cached for a moment', () => {
  const setUp = (size = 10) => {
    const clock = new SetClock();
    const cache = new BriefCache<Known>(clock, { size, freshMs: 2_000, endOf: ({ endsAt }) => endsAt });
    let reads = 0;
    const get = async (key: string, known: Partial<Known> = {}) =>
      cache.get(key, async () => {
        reads += 1;
        return { name: key, endsAt: null, ...known };
      });
    return { clock, cache, get, reads: () => reads };
  };

  test('is read again when it is no longer fresh', async () => {
    const { clock, get, reads } = setUp();
    await get('a');
    clock.at = START + 1_000;
    await get('a');
    expect(reads()).toBe(1);
    clock.at = START + 2_000;
    await get('a');
    expect(reads()).toBe(2);
  });

  test('is read again in the background before that, while it is in use', async () => {
    const { clock, get, reads } = setUp();
    await get('a', { name: 'old' });
    clock.at = START + 1_999;
    expect(await get('a', { name: 'new' })).toMatchObject({ name: 'old' });
    expect(reads()).toBe(2);
    clock.at = START + 2_500;
    expect(await get('a')).toMatchObject({ name: 'new' });
    expect(reads()).toBe(2);
  });

  test('is not known beyond its end', async () => {
    const { clock, get, reads } = setUp();
    await get('a', { endsAt: new Date(START + 500) });
    clock.at = START + 500;
    await get('a');
    expect(reads()).toBe(2);
  });

  test('makes room by letting go of the least recently used', async () => {
    const { cache, get, reads } = setUp(2);
    for (const key of ['a', 'b', 'a', 'c', 'a', 'c']) await get(key);
    expect({ reads: reads(), size: cache.size }).toEqual({ reads: 3, size: 2 });
    await get('b');
    expect(reads()).toBe(4);
  });

  test('forgets those who are meant', async () => {
    const { cache, get } = setUp();
    for (const key of ['a', 'b', 'c']) await get(key);
    cache.forget(({ name }) => name !== 'c');
    expect(cache.size).toBe(1);
  });

  test('is read once for all who ask at once, and anew for who asks after a change', async () => {
    const { cache, get, reads } = setUp();
    const asked = [get('a'), get('a'), get('a')];
    cache.forget(() => true);
    asked.push(get('a'), get('a'));
    expect(new Set(await Promise.all(asked)).size).toBe(2);
    expect(reads()).toBe(2);
  });

  test('is not kept when it could not be read', async () => {
    const { cache, get } = setUp();
    const failing = async () => cache.get('a', async () => Promise.reject(new Error('no')));
    await expect(Promise.all([failing(), failing()])).rejects.toThrow('no');
    expect(await get('a')).toMatchObject({ name: 'a' });
  });

  test('is not kept when a change came while it was read', async () => {
    const { cache } = setUp();
    await cache.get('a', async () => {
      cache.forget(() => false);
      return { name: 'old', endsAt: null };
    });
    expect(cache.size).toBe(0);
  });
});
