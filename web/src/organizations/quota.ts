/** The share from which on a quota is nearly gone. */
const HIGH = 0.8;

export function quotaLevel(used: number, limit: number | null): 'low' | 'high' | 'exhausted' {
  if (limit === null) return 'low';
  if (used >= limit) return 'exhausted';
  return used >= limit * HIGH ? 'high' : 'low';
}
