import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { deleteInBatches, Sweep } from '../jobs/sweep.js';

/** Large hints of processes that ended before they could take them away. */
@Injectable()
export class OldLargeHints extends Sweep {
  readonly what = 'large hints';

  constructor(private readonly database: Database) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    return deleteInBatches(
      this.database,
      signal,
      `delete from large_hints where id in (
         select id from large_hints where created_at < now() - interval '10 minutes' limit $1)`,
    );
  }
}
