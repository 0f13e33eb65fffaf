const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** After each failed attempt; with the jitter all of them end within 24 hours. */
const PAUSES = [5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR];

/** Milliseconds until the next attempt, between 80 and 110 % of the pause; undefined when that was the last one. */
export function pauseAfter(attempts: number, random = Math.random): number | undefined {
  const pause = PAUSES[attempts - 1];
  return pause === undefined ? undefined : Math.round(pause * (0.8 + 0.3 * random()));
}

/** An endpoint that nothing reached for so long is told no more. */
export const GIVEN_UP_AFTER_MS = 5 * 24 * HOUR;

/** How long an attempt is left alone: longer than it may take. Whoever died with it is succeeded then. */
export const LEASE_MS = 20 * SECOND;
