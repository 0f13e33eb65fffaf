/** Of the time between two looks; in more, this process stood still, and what it waits for may have, too. */
const COUNTED_MS = 6_000;

/** Waits for a condition, looking often; says what was waited for when it does not come. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs: number,
  explain: () => string = () => '',
): Promise<number> {
  const startedAt = performance.now();
  let lookedAt = startedAt;
  let waitedMs = 0;
  while (!(await holds())) {
    waitedMs += Math.min(performance.now() - lookedAt, COUNTED_MS);
    lookedAt = performance.now();
    if (waitedMs > withinMs) throw new Error(`Waited ${withinMs} ms until ${what}. ${explain()}`);
    await pause(10);
  }
  return performance.now() - startedAt;
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
