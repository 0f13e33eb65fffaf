import { setTimeout as pause } from 'node:timers/promises';
import { isDatabaseUnavailable } from './database.js';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;

interface Patience {
  /** Ends the wait; the fault of the last try is thrown then. */
  signal?: AbortSignal;
  onPause?: (pauseMs: number) => void;
}

/**
 * Does the work again while the database is away. What is lost may be the answer only: the work must bear to find
 * itself done already.
 */
export async function untilStored<T>(work: () => Promise<T>, { signal, onPause }: Patience = {}): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted || !isDatabaseUnavailable(error)) throw error;
      onPause?.(pauseMs);
      await pause(pauseMs, undefined, signal && { signal }).catch(() => {
        throw error;
      });
    }
  }
}
