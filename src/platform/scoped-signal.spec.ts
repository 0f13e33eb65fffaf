import { getEventListeners } from 'node:events';
import { ScopedSignal } from './scoped-signal.js';

describe('a signal for one piece of work', () => {
  it('aborts with the reason of the first that aborts', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const scoped = new ScopedSignal([one.signal, other.signal], 60_000);
    other.abort('enough');
    one.abort('too late');
    expect(scoped.signal.reason).toBe('enough');
    expect(scoped.timedOut).toBe(false);
    scoped.end();
  });

  it('is aborted from the start when one of them is', () => {
    expect(new ScopedSignal([new AbortController().signal, AbortSignal.abort('before')]).signal.reason).toBe('before');
  });

  it('aborts with a TimeoutError when its time is over', async () => {
    const scoped = new ScopedSignal([], 1);
    // Its timer keeps no process alive; this one does.
    const alive = setTimeout(() => undefined, 10_000);
    await new Promise((resolve) => scoped.signal.addEventListener('abort', resolve));
    clearTimeout(alive);
    expect(scoped.signal.reason).toMatchObject({ name: 'TimeoutError' });
    expect(scoped.timedOut).toBe(true);
  });

  it('leaves nothing behind in a signal that lives longer', () => {
    const lasting = new AbortController();
    const scoped = new ScopedSignal([lasting.signal], 60_000);
    expect(getEventListeners(lasting.signal, 'abort')).toHaveLength(1);
    scoped.end();
    expect(getEventListeners(lasting.signal, 'abort')).toHaveLength(0);
    lasting.abort();
    expect(scoped.signal.aborted).toBe(false);
  });
});
