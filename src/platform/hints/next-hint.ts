import type { Hints } from './hints.js';

/** By which a wait is over before its time. */
interface Ending {
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Until there is a hint of the topic, at most so long: one may be lost. */
export function nextHint(hints: Hints, topic: string, withinMs: number, signal?: Ending): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, withinMs);
    const unsubscribe = hints.subscribe(topic, done);
    signal?.addEventListener('abort', done);
  });
}
