const ONLINE_MS = 60_000;
const FIRST_MS = 15_000;
const MOST_MS = 15 * 60_000;
const JITTER = 0.2;

/**
 * Until the next check, in ms: each minute while all is well, else 15 s, 30 s, 60 s … 15 minutes, ±20 %.
 * @param failures failed checks in a row
 * @param random from 0 to 1
 */
export function nextCheckDelay(failures: number, random = Math.random()): number {
  const base = failures === 0 ? ONLINE_MS : Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(base * (1 - JITTER + 2 * JITTER * random));
}
