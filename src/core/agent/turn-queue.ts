import { Injectable } from '@nestjs/common';
import type { TurnOutcome } from '@app/session-protocol';
import { Clock } from '../../platform/clock.js';
import type { SessionId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { isActive } from '../plans/plan-change.js';
import { PlansService } from '../plans/plans.service.js';
import { SessionLog } from '../sessions/session-log.js';
import { runTurn } from './run-turn.job.js';
import type { Turn } from './turn.js';
import { TurnsRepository } from './turns.repository.js';

/** Which turn comes next. One at a time is thought about; a plan that only waits for a person holds nobody up. */
@Injectable()
export class TurnQueue {
  constructor(
    private readonly turns: TurnsRepository,
    private readonly plans: PlansService,
    private readonly log: SessionLog,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** With the session locked. Does nothing while something goes on. */
  async startNext(sessionId: SessionId): Promise<void> {
    const [next] = await this.turns.listByStatus(sessionId, ['queued']);
    if (!next || (await this.isBusy(sessionId))) return;
    await this.jobs.enqueue(runTurn, { sessionId, turnId: next.id }, { key: `turn:${next.id}` });
  }

  async isBusy(sessionId: SessionId): Promise<boolean> {
    const running = await this.turns.listByStatus(sessionId, ['running']);
    if (running.length > 0) return true;
    const open = await this.plans.findOpen(sessionId);
    return open !== undefined && isActive(open.nodes);
  }

  /** With the session locked. */
  async end(turn: Turn, outcome: TurnOutcome, reason?: string): Promise<void> {
    await this.turns.update(turn.id, { status: outcome, claim: null, finishedAt: this.clock.now() });
    const payload = { turn_id: turn.id, outcome, ...(reason === undefined ? {} : { reason }) };
    await this.log.append(turn.sessionId, [{ type: 'turn_finished', payload }]);
  }
}
