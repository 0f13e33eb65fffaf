import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, Sweep } from '../../platform/jobs/sweep.js';

/** Permissions that are over: by time, used up, or of somebody who left. */
@Injectable()
export class OldGrants extends Sweep {
  readonly what = 'permissions';

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
      `delete from approval_grants where id in (
         select g.id from approval_grants g
         left join memberships m on m.organization_id = g.organization_id and m.user_id = g.user_id
           and m.created_at <= g.created_at
         where g.expires_at < $2 or g.uses >= g.max_uses or m.user_id is null
         limit $1 for update of g skip locked)`,
      [this.clock.now()],
    );
  }
}
