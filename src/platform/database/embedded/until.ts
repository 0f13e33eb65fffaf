import { setTimeout as sleep } from 'node:timers/promises';

interface UntilOptions {
  deadlineMs: number;
  everyMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Asks again and again until the answer is something other than `undefined` or `false`.
 * @returns that answer, or `undefined` once the deadline has passed
 */
export async function until<T>(
  ask: () => T | false | undefined | Promise<T | false | undefined>,
  { deadlineMs, everyMs = 20, signal }: UntilOptions,
): Promise<T | undefined> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() >= end) return undefined;
    await sleep(everyMs, undefined, signal ? { signal } : {});
  }
}
