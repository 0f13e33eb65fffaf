import { getEventListeners } from 'node:events';
import { within } from './within.js';

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('a piece of work with an end', () => {
  it('leaves neither a timer nor a listener, however it ends', async () => {
    const { signal } = new AbortController();
    const before = timers();
    await expect(within(60_000, signal, async () => 'done')).resolves.toBe('done');
    await expect(within(60_000, signal, async () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(timers()).toBe(before);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends with the caller, also with one that gave up before', async () => {
    const caller = new AbortController();
    const ended = within(60_000, caller.signal, untilAborted);
    caller.abort(new Error('enough'));
    await expect(ended).rejects.toThrow('enough');
    await expect(within(60_000, caller.signal, async (signal) => signal.aborted)).resolves.toBe(true);
  });

  it('ends with a TimeoutError when its time is over', async () => {
    await expect(within(1, undefined, untilAborted)).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
