/** More do not wait for each other: those who read them have enough to do by then. */
const MOST = 16;

/** Holds a piece of work back for a moment. It must not throw. */
export type Gathering = (work: () => void) => void;

/**
 * A place where what is to be sent waits until the event loop has done everything that it found to do in this turn, or a few
 * others wait there. What leaves together wakes its readers once: a reader that goes to sleep in between costs the sender
 * more than the sending.
 */
export function createGathering(): Gathering {
  let held: (() => void)[] = [];
  let isDue = false;
  const release = () => {
    const all = held;
    held = [];
    for (const work of all) work();
  };
  const turnEnds = () => {
    isDue = false;
    release();
  };
  return (work) => {
    if (held.push(work) >= MOST) return release();
    if (!isDue) setImmediate(turnEnds);
    isDue = true;
  };
}
