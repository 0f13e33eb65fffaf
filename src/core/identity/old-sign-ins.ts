import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, Sweep } from '../../platform/jobs/sweep.js';
import { CONFIG } from '../../platform/tokens.js';

const DAY_MS = 86_400_000;
/** Codes count for limits of a day; links work for a day at most. */
const KEPT_DAYS = 2;
/** So that a token that comes back late is still told from one that never was. */
const ENDED_DAYS = 7;

/** Sign-ins that have ended, with their refresh tokens; codes, links and counts that are good for nothing any more. */
@Injectable()
export class OldSignIns extends Sweep {
  readonly what = 'sign-ins and codes';

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    const now = this.clock.ms();
    const ended = new Date(now - ENDED_DAYS * DAY_MS);
    const unused = new Date(ended.getTime() - this.config.tokens.refreshSeconds * 1_000);
    const families = await deleteInBatches(
      this.database,
      signal,
      `delete from refresh_families where id in (
         select id from refresh_families where revoked_at < $2 or last_used_at < $3 limit $1 for update skip locked)`,
      [ended, unused],
    );
    const codes = await this.removeOlder(signal, 'one_time_codes', 'id', 'created_at', now);
    const links = await this.removeOlder(signal, 'mail_links', 'id', 'created_at', now);
    const attempts = await this.removeOlder(signal, 'password_attempts', 'email', 'since', now);
    return families + codes + links + attempts;
  }

  private async removeOlder(signal: AbortSignal, table: string, key: string, column: string, now: number) {
    return deleteInBatches(
      this.database,
      signal,
      `delete from ${table} where ${key} in (
         select ${key} from ${table} where ${column} < $2 limit $1 for update skip locked)`,
      [new Date(now - KEPT_DAYS * DAY_MS)],
    );
  }
}
