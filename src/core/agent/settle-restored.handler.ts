import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { SessionId } from '../../platform/ids.js';
import { JobHandler } from '../../platform/jobs/job.js';
import { StopsService } from '../plans/stops.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { settleRestored } from './settle-restored.job.js';
import { TurnQueue } from './turn-queue.js';
import { TurnsRepository } from './turns.repository.js';

const REASON = 'restored from a backup: what went on then is not repeated by itself';

/**
 * A backup knows nothing of what happened after it: what was approved or running may have had its effect since. So
 * nothing goes on by itself; a person sends the message again, or tries the task again.
 */
@Injectable()
export class SettleRestoredHandler extends JobHandler<{ sessionId: string }> {
  readonly job = settleRestored;

  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly turns: TurnsRepository,
    private readonly queue: TurnQueue,
    private readonly stops: StopsService,
  ) {
    super();
  }

  async run({ sessionId }: { sessionId: string }): Promise<void> {
    await this.database.transaction(async () => {
      const session = await this.sessions.lock(sessionId as SessionId);
      const going = await this.turns.listByStatus(session.id, ['running', 'waiting', 'queued']);
      await this.stops.stopOpen(session.id, REASON);
      for (const turn of going) await this.queue.end(turn, 'stopped', REASON);
    });
  }
}
