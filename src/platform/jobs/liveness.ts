import type { Database } from '../database/database.js';
import { DEAD_AFTER_SECONDS } from './worker-presence.js';

/** Tells which worker processes live, by the beat they write each second. */
export class Liveness {
  constructor(private readonly database: Database) {}

  async isAlive(processId: string): Promise<boolean> {
    const rows = await this.database.sql(
      'select id from worker_processes where id = $1 and seen_at > now() - make_interval(secs => $2)',
      [processId, DEAD_AFTER_SECONDS],
    );
    return rows.length > 0;
  }
}
