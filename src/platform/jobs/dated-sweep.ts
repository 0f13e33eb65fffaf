import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { CONFIG } from '../tokens.js';
import { deleteInBatches, oldBefore, Sweep } from './sweep.js';

/** Removes what is older than a setting says in days, where 0 keeps everything. */
@Injectable()
export abstract class DatedSweep extends Sweep {
  /** Deletes at most `$1` rows from before `$2`. */
  protected abstract readonly statement: string;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    const before = oldBefore(this.clock.now(), this.daysIn(this.config.retention));
    return before ? deleteInBatches(this.database, signal, this.statement, [before]) : 0;
  }

  protected abstract daysIn(retention: Config['retention']): number;
}
