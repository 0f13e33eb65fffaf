import { Injectable } from '@nestjs/common';
import { SessionsService } from '../sessions/sessions.service.js';
import { WebhookEvents } from '../webhooks/webhook-events.service.js';
import type { TaskNodeRecord } from './plan.js';
import type { PlanChange } from './plan-change.js';

/** What programs outside are told of plans. */
@Injectable()
export class PlanNotices {
  constructor(
    private readonly sessions: SessionsService,
    private readonly events: WebhookEvents,
  ) {}

  /** Part of the transaction in which it ends; the session is locked by the caller. */
  async tellFinished({ plan, nodes }: PlanChange): Promise<void> {
    const { organizationId, serverId, userId } = await this.sessions.lock(plan.sessionId);
    const tasks: Record<string, number> = {};
    for (const { status } of nodes) tasks[status] = (tasks[status] ?? 0) + 1;
    const data = {
      plan_id: plan.id,
      session_id: plan.sessionId,
      turn_id: plan.turnId,
      server_id: serverId,
      user_id: userId,
      outcome: outcomeOf(nodes),
      tasks,
    };
    await this.events.record({ organizationId, type: 'run.finished', data });
  }
}

const WENT_WRONG: readonly string[] = ['failed', 'timed_out', 'outcome_unknown'] satisfies TaskNodeRecord['status'][];

/** `stopped`: nothing failed, but not all was done. */
function outcomeOf(nodes: readonly TaskNodeRecord[]): 'succeeded' | 'failed' | 'stopped' {
  if (nodes.every(({ status }) => status === 'succeeded')) return 'succeeded';
  return nodes.some(({ status }) => WENT_WRONG.includes(status)) ? 'failed' : 'stopped';
}
