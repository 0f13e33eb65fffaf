import { getEventListeners } from 'node:events';
import { underEither } from './either.js';

describe('work under either of two signals', () => {
  it('ends with the first, and leaves nothing in either', async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const ended = underEither(
      [one.signal, other.signal],
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    other.abort(new Error('enough'));
    await expect(ended).rejects.toThrow('enough');
    for (const { signal } of [one, other]) expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is aborted from the start when one of them is', async () => {
    const signals = [new AbortController().signal, AbortSignal.abort('before')];
    expect(await underEither(signals, async (signal) => signal.reason as string)).toBe('before');
  });
});
