import type { DurableEvent, PlanNode } from '@app/session-protocol';
import { isTerminal } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { newId, type PlanId, type SessionId, type TurnId } from '../../platform/ids.js';
import type { Plan, TaskNodeRecord } from './plan.js';
import { toPlanNode } from './plan-views.js';
import { PlansRepository } from './plans.repository.js';

/** Of which turn a plan is, and of which plan a task. */
export interface PlanOwners {
  turnOfPlan: ReadonlyMap<string, string>;
  planOfNode: ReadonlyMap<string, string>;
}

export interface ForkOfPlans {
  source: SessionId;
  fork: SessionId;
  /** Those that are taken, by their ids in the source. */
  turns: ReadonlyMap<string, TurnId>;
  /** Tasks as they were; what is not told of one is as it is now. */
  nodes: ReadonlyMap<string, PlanNode>;
  until: Date;
}

const LEFT = 'left behind in the session that this one was forked from';
const UNKNOWN = `${LEFT}, where its outcome was not known; it may have had its effect`;

/** The plans of a session, in its fork as they were at a moment; nothing in them waits or runs. */
@Injectable()
export class ForkedPlans {
  constructor(private readonly plans: PlansRepository) {}

  async ownersIn(source: SessionId): Promise<PlanOwners> {
    const rows = await this.plans.listOwners(source);
    return {
      turnOfPlan: new Map(rows.map(({ plan_id, turn_id }) => [plan_id, turn_id])),
      planOfNode: new Map(rows.map(({ plan_id, id }) => [id, plan_id])),
    };
  }

  /** New ids of the plans by the old ones, and what is to be told of the tasks that were open. */
  async copy(taken: ForkOfPlans): Promise<{ ids: Map<string, PlanId>; closed: DurableEvent[] }> {
    const ids = new Map<string, PlanId>();
    const closed: DurableEvent[] = [];
    for (const old of await this.plans.listOfTurns(taken.source, [...taken.turns.keys()], taken.until)) {
      const turnId = taken.turns.get(old.turnId);
      if (!turnId) continue;
      const plan = ended(old, taken, turnId);
      const records = await this.plans.nodesOf([old.id]);
      const nodes = records.map((record) => asItWas(record, taken.nodes.get(record.id), plan));
      await this.plans.insert(plan, nodes);
      ids.set(old.id, plan.id);
      for (const [index, { status }] of records.entries()) {
        const node = nodes[index];
        if (!node || isTerminal(taken.nodes.get(node.id)?.status ?? status)) continue;
        const { id, ...view } = toPlanNode(plan, node);
        const payload = { plan_id: plan.id, revision: plan.revision, node_id: id, ...view };
        closed.push({ type: 'task_update', payload });
      }
    }
    await this.plans.takeOutputs(taken.source, taken.fork);
    return { ids, closed };
  }
}

function ended(old: Plan, { fork, until }: ForkOfPlans, turnId: TurnId): Plan {
  const finishedAt = old.finishedAt && old.finishedAt < until ? old.finishedAt : until;
  return {
    ...old,
    id: newId('plan', old.createdAt.getTime()),
    sessionId: fork,
    turnId,
    status: 'finished',
    finishedAt,
  };
}

function asItWas(record: TaskNodeRecord, view: PlanNode | undefined, plan: Plan): TaskNodeRecord {
  const then = view ? { ...record, ...toldOf(view) } : record;
  const closed = { sessionId: plan.sessionId, planId: plan.id, claim: null, stopRequested: false, approval: null };
  const node = { ...then, ...closed, queuedAttempt: then.attempt };
  if (isTerminal(node.status)) return node;
  const cause = node.status === 'outcome_unknown' ? UNKNOWN : LEFT;
  return { ...node, status: 'cancelled', cause, finishedAt: node.finishedAt ?? plan.finishedAt };
}

const toldOf = (view: PlanNode) => ({
  arguments: view.arguments,
  dependsOn: view.depends_on,
  x: view.position.x,
  y: view.position.y,
  status: view.status,
  attempt: view.attempt,
  autoRule: view.auto_approved_by ?? null,
  edited: view.edited,
  startedAt: dateOf(view.started_at),
  finishedAt: dateOf(view.finished_at),
  cause: view.cause ?? null,
  error: view.error ?? null,
  result: view.result ?? null,
});

const dateOf = (time: string | undefined) => (time === undefined ? null : new Date(time));
