import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId, type PlanId, type SessionId } from '../../platform/ids.js';
import { JobHandler } from '../../platform/jobs/job.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { Plan } from '../plans/plan.js';
import { planRested } from '../plans/plan-rested.job.js';
import { PlansService } from '../plans/plans.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { runTurn } from './run-turn.job.js';
import { TurnQueue } from './turn-queue.js';
import { TurnsRepository } from './turns.repository.js';

/** A plan that ended is read by the agent; one that waits for a person lets the next message through. */
@Injectable()
export class PlanRestedHandler extends JobHandler<{ sessionId: string; planId: string }> {
  readonly job = planRested;

  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly plans: PlansService,
    private readonly turns: TurnsRepository,
    private readonly queue: TurnQueue,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(payload: { sessionId: string; planId: string }): Promise<void> {
    const sessionId = payload.sessionId as SessionId;
    await this.database.transaction(async () => {
      await this.sessions.lock(sessionId);
      const plan = await this.plans.find(sessionId, payload.planId as PlanId);
      if (plan?.status === 'finished') await this.continueTurn(plan);
      await this.queue.startNext(sessionId);
    });
  }

  private async continueTurn(plan: Plan): Promise<void> {
    const { sessionId } = plan;
    const turn = await this.turns.find(sessionId, plan.turnId);
    if (turn?.status === 'waiting') {
      await this.jobs.enqueue(runTurn, { sessionId, turnId: turn.id }, { key: `turn:${turn.id}` });
      return;
    }
    // The turn ended before: its plan was run again, and the agent reads the new results in a turn of its own.
    if (turn?.status !== 'done' || !(await this.wasRunAgain(plan, turn.finishedAt))) return;
    await this.turns.insert({
      id: newId('turn'),
      sessionId,
      text: null,
      clientMsgId: null,
      status: 'queued',
      graphs: 0,
      tokens: 0,
      claim: null,
      createdAt: this.clock.now(),
      startedAt: null,
      finishedAt: null,
    });
  }

  private async wasRunAgain(plan: Plan, turnFinishedAt: Date | null): Promise<boolean> {
    if (!plan.finishedAt || !turnFinishedAt || plan.finishedAt <= turnFinishedAt) return false;
    // The job may run twice: the first time made the turn that reads them.
    if (await this.turns.hasUnaskedSince(plan.sessionId, plan.finishedAt)) return false;
    const queued = await this.turns.listByStatus(plan.sessionId, ['queued', 'running']);
    return queued.every(({ text }) => text !== null);
  }
}
