const STEPS_SEC = [0.5, 1, 2, 4, 8, 15];

/**
 * Milliseconds before the next try.
 * @param attempt from 1
 * @param random from 0 to 1; spreads the tries of many clients by 30 % to each side
 */
export function reconnectDelay(attempt: number, random: number): number {
  const step = STEPS_SEC[Math.min(Math.max(attempt, 1), STEPS_SEC.length) - 1] ?? 15;
  return Math.round(step * 1_000 * (0.7 + 0.6 * random));
}
