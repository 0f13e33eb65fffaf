import { Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { DatedSweep } from '../../platform/jobs/dated-sweep.js';

/** Lines of the activity after RETENTION_ACTIVITY_DAYS. */
@Injectable()
export class OldActivity extends DatedSweep {
  readonly what = 'lines of the activity';
  protected readonly statement = 'delete from activity where id in (select id from activity where at < $2 limit $1)';

  protected daysIn({ activityDays }: Config['retention']): number {
    return activityDays;
  }
}
