import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, Sweep } from '../../platform/jobs/sweep.js';

/** A client that comes back later is told to begin anew. */
const UNUSED_MS = 24 * 60 * 60_000;

/** Sessions whose clients are gone without a word. */
@Injectable()
export class OldGatewaySessions extends Sweep {
  readonly what = 'sessions of MCP clients';

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    return deleteInBatches(
      this.database,
      signal,
      `delete from gateway_sessions where id in (
         select id from gateway_sessions where last_used_at < $2 limit $1 for update skip locked)`,
      [new Date(this.clock.ms() - UNUSED_MS)],
    );
  }
}
