/** More do not wait for each other: those who read them have enough to do by then. */
const MOST = 16;

/** Holds a piece of work back for a moment, or does it at once. It must not throw. */
export type Gathering = (work: () => void) => void;

/**
 * A place where what is to be sent waits until the event loop has done everything that it found to do in this turn, or a few
 * others wait there. What leaves together wakes its readers once: a reader that goes to sleep in between costs the sender
 * more than the sending. Where lately nobody came with another, nobody waits for one.
 */
export function createGathering(): Gathering {
  let held: (() => void)[] = [];
  let now = 0;
  /** How many came in one turn, as long as that is not long ago. */
  let lately = 1;
  const release = () => {
    const all = held;
    held = [];
    for (const work of all) work();
  };
  const turnEnds = () => {
    lately = Math.max(now, lately - 1);
    now = 0;
    release();
  };
  return (work) => {
    now += 1;
    if (now === 1) setImmediate(turnEnds);
    if (now === 1 && lately === 1) return work();
    if (held.push(work) >= MOST) release();
  };
}
