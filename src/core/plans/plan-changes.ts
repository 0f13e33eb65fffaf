import { advance, isFinished, readyNodes } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import { SessionLog } from '../sessions/session-log.js';
import { PlanNotices } from './plan-notices.js';
import type { Plan } from './plan.js';
import { NodeRequests } from './node-requests.service.js';
import { PlanChange } from './plan-change.js';
import { planRested } from './plan-rested.job.js';
import { PlansRepository } from './plans.repository.js';
import { runNode } from './run-node.job.js';

/** Opens a plan for change and stores the change with all that follows from it. The session is locked by the caller. */
@Injectable()
export class PlanChanges {
  constructor(
    private readonly plans: PlansRepository,
    private readonly log: SessionLog,
    private readonly requests: NodeRequests,
    private readonly jobs: Jobs,
    private readonly notices: PlanNotices,
    private readonly tracing: Tracing,
    private readonly clock: Clock,
  ) {}

  async open(plan: Plan): Promise<PlanChange> {
    return new PlanChange(plan, await this.plans.nodesOf([plan.id]), this.clock.now());
  }

  /** Skips, unblocks and starts what may start now; ends the plan when nothing is left; appends the events. */
  async save(change: PlanChange, { retryAt }: { retryAt?: ReadonlyMap<string, Date> } = {}): Promise<void> {
    for (const { id, to, cause } of advance(change.nodes)) {
      change.update(id, { status: to, ...(cause === undefined ? {} : { cause }) });
    }
    // Whoever decides, what follows belongs to the turn that proposed it.
    await this.tracing.within(change.plan.trace ?? undefined, async () => {
      await this.enqueueReady(change, retryAt ?? new Map());
      await this.endOrReopen(change);
    });

    const { plan, nodes, events } = change.result();
    if (plan) await this.plans.savePlan(plan);
    for (const node of nodes) await this.plans.saveNode(node);
    await this.requests.keepInStep(change);
    await this.log.append(change.plan.sessionId, events);
  }

  private async enqueueReady(change: PlanChange, retryAt: ReadonlyMap<string, Date>): Promise<void> {
    const retrying = change.nodes.filter((node) => node.status === 'retrying');
    for (const node of [...readyNodes(change.nodes), ...retrying]) {
      const attempt = node.attempt + 1;
      if (node.queuedAttempt === attempt) continue;
      change.update(node.id, { queuedAttempt: attempt });
      const runAt = retryAt.get(node.id);
      await this.jobs.enqueue(
        runNode,
        { sessionId: node.sessionId, nodeId: node.id, attempt },
        runAt === undefined ? {} : { runAt },
      );
    }
  }

  private async endOrReopen(change: PlanChange): Promise<void> {
    const { plan } = change;
    const finished = isFinished(change.nodes);
    const ends = finished && plan.status === 'open';
    if (ends) {
      change.updatePlan({ status: 'finished', finishedAt: this.clock.now() });
      await this.notices.tellFinished(change);
    }
    if (!finished && plan.status === 'finished') change.updatePlan({ status: 'open', finishedAt: null });
    if (ends || (change.wasActive && !change.isActive)) {
      await this.jobs.enqueue(planRested, { sessionId: plan.sessionId, planId: plan.id });
    }
  }
}
