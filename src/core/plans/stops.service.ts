import { Injectable } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import { Database } from '../../platform/database/database.js';
import type { SessionId } from '../../platform/ids.js';
import { Claims } from '../../platform/jobs/claims.js';
import { isSafeToRepeat, type TaskNodeRecord } from './plan.js';
import type { PlanChange } from './plan-change.js';
import { PlanChanges } from './plan-changes.js';
import { PlansRepository } from './plans.repository.js';
import { QuestionsService } from './questions.service.js';

/** Told when the plan of a session is stopped. */
export const planStopTopic = (sessionId: SessionId) => `stop-plan:${sessionId}`;

/** Stops what a plan is doing: what has not begun is cancelled, what runs is told to its server. */
@Injectable()
export class StopsService {
  constructor(
    private readonly database: Database,
    private readonly plans: PlansRepository,
    private readonly changes: PlanChanges,
    private readonly questions: QuestionsService,
    private readonly claims: Claims,
    private readonly hints: Hints,
  ) {}

  /** In the caller's transaction, with the session locked. The number of tasks that had not begun. */
  async stopOpen(sessionId: SessionId, why = 'stopped by you'): Promise<number> {
    const plan = await this.plans.findOpen(sessionId);
    if (!plan) return 0;
    const change = await this.changes.open(plan);
    let notStarted = 0;
    for (const node of change.nodes) {
      if (node.status === 'running') await this.stopRunning(change, node, why);
      if (!['pending', 'approved', 'blocked', 'retrying'].includes(node.status)) continue;
      change.update(node.id, { status: 'cancelled', cause: why });
      notStarted += 1;
    }
    await this.changes.save(change);
    this.database.afterCommit(() => this.hints.publish(planStopTopic(sessionId)));
    return notStarted;
  }

  private async stopRunning(change: PlanChange, node: TaskNodeRecord, why: string): Promise<void> {
    if (await this.claims.isHeld(node.claim)) {
      change.update(node.id, { stopRequested: true });
      return;
    }
    // Nobody runs it any more: its process died.
    const safe = isSafeToRepeat(node) || (await this.questions.isForSignIn(node));
    await this.questions.close(change, node.id);
    const cause = safe ? why : 'the process that ran it died; it may have had its effect';
    change.update(node.id, { status: safe ? 'cancelled' : 'outcome_unknown', cause, stopRequested: true });
  }
}
