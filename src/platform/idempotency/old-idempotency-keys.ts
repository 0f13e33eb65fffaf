import { Injectable } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import { deleteInBatches, oldBefore, Sweep } from '../jobs/sweep.js';

/** Keys of requests a day after they came. */
@Injectable()
export class OldIdempotencyKeys extends Sweep {
  readonly what = 'keys of requests';

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
      'delete from idempotency_keys where claim in (select claim from idempotency_keys where created_at < $2 limit $1)',
      [oldBefore(this.clock.now(), 1)],
    );
  }
}
