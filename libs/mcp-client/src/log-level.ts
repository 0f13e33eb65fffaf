/** From the least severe (RFC 5424, 6.2.1). */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/** Whether what is logged at `level` is heard from `lowest` on; what is no level is heard by all. */
export function atLeast(lowest: string, level: unknown): boolean {
  const rank = typeof level === 'string' ? LEVELS.indexOf(level) : -1;
  return rank < 0 || rank >= LEVELS.indexOf(lowest);
}
