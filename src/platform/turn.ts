/** More do not wait for each other. */
const MOST = 4;

interface Gathering {
  end: Promise<void>;
  release: () => void;
  waiting: number;
}

let gathering: Gathering | undefined;

/**
 * When the event loop has done everything that it found to do in this turn, or a few others are waiting for the same. What
 * they then send leaves together and wakes its readers once: a reader that goes to sleep in between costs the sender more
 * than the sending.
 */
export function endOfTurn(): Promise<void> {
  const current = (gathering ??= gather());
  current.waiting += 1;
  if (current.waiting >= MOST) current.release();
  return current.end;
}

function gather(): Gathering {
  let release = () => {};
  const end = new Promise<void>((resolve) => {
    release = () => {
      if (gathering === made) gathering = undefined;
      resolve();
    };
  });
  const made = { end, release, waiting: 0 };
  setImmediate(release);
  return made;
}
