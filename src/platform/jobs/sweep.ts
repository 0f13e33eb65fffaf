import type { Database } from '../database/database.js';

/** Removes what was kept long enough: its owner says what that is. */
export abstract class Sweep {
  /** What is removed, in the plural, for the log. */
  abstract readonly what: string;
  /** @returns how many were removed; may end in the middle when `signal` says so */
  abstract run(signal: AbortSignal): Promise<number>;
}

const BATCH = 1_000;

/**
 * Runs a `delete` that takes at most `$1` rows, again and again until it finds fewer, so that no lock is held for long.
 * @returns how many rows went
 */
export async function deleteInBatches(
  database: Database,
  signal: AbortSignal,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<number> {
  for (let removed = 0; ;) {
    if (signal.aborted) return removed;
    const [row] = await database.sql<{ rows: number }>(
      `with gone as (${statement} returning 1) select count(*)::int as rows from gone`,
      [BATCH, ...parameters],
    );
    const rows = row?.rows ?? 0;
    removed += rows;
    if (rows < BATCH) return removed;
  }
}

/** The time before which something is old. @param days 0 keeps everything: undefined */
export const oldBefore = (now: Date, days: number): Date | undefined =>
  days === 0 ? undefined : new Date(now.getTime() - days * 86_400_000);
