import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, Sweep } from '../../platform/jobs/sweep.js';
import { GRANT_SECONDS } from '../identity/client-grant.js';

const DAY_MS = 86_400_000;
/** Of clients that nobody ever let in: anybody may register one. */
const NEVER_USED_DAYS = 1;
const UNUSED_DAYS = 90;
/** So that its owner can still see in the activity what a grant was. */
const ENDED_GRANT_DAYS = 7;

/** What is over of authorizations: codes and tokens, grants, and clients that are not used. */
@Injectable()
export class OldAuthorizations extends Sweep {
  readonly what = 'OAuth clients, grants and codes';

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    const now = this.clock.ms();
    const daysAgo = (days: number) => new Date(now - days * DAY_MS);
    const records = await deleteInBatches(
      this.database,
      signal,
      `delete from oauth_records where (kind, id_hash) in (
         select kind, id_hash from oauth_records where expires_at < $2 limit $1 for update skip locked)`,
      [new Date(now)],
    );
    const ended = daysAgo(ENDED_GRANT_DAYS);
    const grants = await deleteInBatches(
      this.database,
      signal,
      `delete from client_grants where id in (
         select id from client_grants where revoked_at < $2 or renewed_at < $3 limit $1 for update skip locked)`,
      [ended, new Date(ended.getTime() - GRANT_SECONDS * 1_000)],
    );
    const clients = await deleteInBatches(
      this.database,
      signal,
      `delete from oauth_clients where id in (
         select id from oauth_clients
         where (used_at is null and registered_at < $2) or used_at < $3 limit $1 for update skip locked)`,
      [daysAgo(NEVER_USED_DAYS), daysAgo(UNUSED_DAYS)],
    );
    const consents = await deleteInBatches(
      this.database,
      signal,
      `delete from oauth_consents where ctid in (select ctid from oauth_consents where given_at < $2 limit $1)`,
      [daysAgo(UNUSED_DAYS)],
    );
    return records + grants + clients + consents;
  }
}
