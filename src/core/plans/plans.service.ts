import type { PlanView } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import type { SessionId } from '../../platform/ids.js';
import type { Plan, TaskNodeRecord } from './plan.js';
import { toPlanView } from './plan-views.js';
import { PlansRepository } from './plans.repository.js';

/** Reads plans, for those who already hold the session. */
@Injectable()
export class PlansService {
  constructor(private readonly plans: PlansRepository) {}

  /** The open plan, or the one that ended last. */
  async findCurrent(sessionId: SessionId): Promise<PlanView | undefined> {
    const plan = await this.plans.findCurrent(sessionId);
    return plan && toPlanView(plan, await this.plans.nodesOf([plan.id]));
  }

  async findOpen(sessionId: SessionId): Promise<{ plan: Plan; nodes: TaskNodeRecord[] } | undefined> {
    const plan = await this.plans.findOpen(sessionId);
    return plan && { plan, nodes: await this.plans.nodesOf([plan.id]) };
  }

  async find(sessionId: SessionId, planId: Plan['id']): Promise<Plan | undefined> {
    return this.plans.find(sessionId, planId);
  }

  async listWithNodes(sessionId: SessionId, limit: number): Promise<{ plan: Plan; nodes: TaskNodeRecord[] }[]> {
    const plans = await this.plans.listOfSession(sessionId, limit);
    const nodes = plans.length === 0 ? [] : await this.plans.nodesOf(plans.map(({ id }) => id));
    return plans.map((plan) => ({ plan, nodes: nodes.filter((node) => node.planId === plan.id) }));
  }

  async countPending(sessionIds: readonly SessionId[]): Promise<Map<SessionId, number>> {
    return this.plans.countPending(sessionIds);
  }
}
