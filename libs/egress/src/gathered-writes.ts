/** More do not wait for each other: those who read them have something to do. */
const MOST = 4;

let held: (() => void)[] = [];
let isDue = false;

/**
 * Holds a write back until the event loop has done everything that it found to do in this turn, or others have as much to
 * write. What leaves together wakes its readers once: a reader that goes to sleep in between costs the writer more than the
 * write itself.
 */
export function writeTogether(write: () => void): void {
  if (held.push(write) >= MOST) return release();
  if (isDue) return;
  isDue = true;
  setImmediate(() => {
    isDue = false;
    release();
  });
}

function release(): void {
  const writes = held;
  held = [];
  for (const write of writes) write();
}
