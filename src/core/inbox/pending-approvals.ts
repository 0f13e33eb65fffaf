import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Metrics } from '../../platform/metrics/metrics.js';

/** How much waits for people, everywhere. */
@Injectable()
export class PendingApprovals {
  constructor(metrics: Metrics, database: Database) {
    const help = 'What waits for a person, of all processes together.';
    metrics.observe({ name: 'app_approvals_pending', help }, async () => {
      const [row] = await database.sql<{ waiting: number }>(
        `select count(*)::int as waiting from approval_requests where status = 'pending'`,
      );
      return row?.waiting ?? 0;
    });
  }
}
