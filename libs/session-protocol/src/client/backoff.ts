export const RETRY_STEPS_MS: readonly number[] = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
/** For a server that said there is too much of us. */
export const CROWDED_STEPS_MS: readonly number[] = [15_000, 30_000, 60_000];

/**
 * Milliseconds before the next try.
 * @param attempt from 1
 * @param random from 0 to 1; spreads the tries of many clients by 30 % to each side
 */
export function reconnectDelay(attempt: number, random: number, steps = RETRY_STEPS_MS): number {
  const step = steps[Math.min(Math.max(attempt, 1), steps.length) - 1] ?? 0;
  return Math.round(step * (0.7 + 0.6 * random));
}
