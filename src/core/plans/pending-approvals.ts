import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Metrics } from '../../platform/metrics/metrics.js';

/** How much waits for people, over all sessions. */
@Injectable()
export class PendingApprovals {
  constructor(metrics: Metrics, database: Database) {
    const help = 'Calls that wait for a person, of all processes together.';
    metrics.observe({ name: 'app_approvals_pending', help }, async () => {
      const [row] = await database.sql<{ waiting: number }>(
        `select count(*)::int as waiting from plan_nodes n join plans p on p.id = n.plan_id
         where n.status = 'pending' and p.status = 'open'`,
      );
      return row?.waiting ?? 0;
    });
  }
}
