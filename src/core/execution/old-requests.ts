import { Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { DatedSweep } from '../../platform/jobs/dated-sweep.js';

/** Lines of the request log after RETENTION_REQUEST_LOG_DAYS. */
@Injectable()
export class OldRequests extends DatedSweep {
  readonly what = 'lines of the request log';
  protected readonly statement =
    'delete from request_log where id in (select id from request_log where started_at < $2 limit $1)';

  protected daysIn({ requestLogDays }: Config['retention']): number {
    return requestLogDays;
  }
}
