import type { Writable } from 'node:stream';

/** More do not wait for each other: those who read them have something to do. */
const MOST = 4;

let held: Writable[] = [];
let isDue = false;

/**
 * Holds back what is written to a stream until the event loop has done everything that it found to do in this turn, or
 * others have as much to write. What leaves together wakes its readers once: a reader that goes to sleep in between costs
 * the writer more than the write itself.
 */
export function gatherWrites(stream: Writable): void {
  stream.cork();
  if (held.push(stream) >= MOST) return release();
  if (isDue) return;
  isDue = true;
  setImmediate(() => {
    isDue = false;
    release();
  });
}

function release(): void {
  const streams = held;
  held = [];
  for (const stream of streams) stream.uncork();
}
