/** Waits for a condition, looking often; says what was waited for when it does not come. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs: number,
  explain: () => string = () => '',
): Promise<number> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > withinMs) throw new Error(`Waited ${withinMs} ms until ${what}. ${explain()}`);
    await pause(10);
  }
  return performance.now() - startedAt;
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
