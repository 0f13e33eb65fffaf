import { Injectable } from '@nestjs/common';
import { In, LessThanOrEqual } from 'typeorm';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { PlanId, ServerId, SessionId, UserId } from '../../platform/ids.js';
import type { Plan, TaskNodeRecord } from './plan.js';
import { PlanEntity } from './plan.entity.js';
import { TaskNodeEntity } from './task-node.entity.js';

/** All of it is asked for inside a session that the caller may see or has locked. */
@Injectable()
export class PlansRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async insert(plan: Plan, nodes: readonly TaskNodeRecord[]): Promise<void> {
    await this.database.entities.insert(PlanEntity, plan);
    await this.database.entities.insert(TaskNodeEntity, [...nodes]);
  }

  async find(sessionId: SessionId, planId: PlanId): Promise<Plan | undefined> {
    return (
      ((await this.database.entities.findOneBy(PlanEntity, { id: planId, sessionId })) as Plan | null) ?? undefined
    );
  }

  /** The open plan, or else the one that ended last. */
  async findCurrent(sessionId: SessionId): Promise<Plan | undefined> {
    const found = await this.database.entities.findOne(PlanEntity, {
      where: { sessionId },
      order: { status: 'DESC', createdAt: 'DESC', id: 'DESC' },
    });
    return (found as Plan | null) ?? undefined;
  }

  async findOpen(sessionId: SessionId): Promise<Plan | undefined> {
    const found = await this.database.entities.findOne(PlanEntity, {
      where: { sessionId, status: 'open' },
      order: { createdAt: 'DESC', id: 'DESC' },
    });
    return (found as Plan | null) ?? undefined;
  }

  async listOfSession(sessionId: SessionId, limit: number): Promise<Plan[]> {
    const found = await this.database.entities.find(PlanEntity, {
      where: { sessionId },
      order: { createdAt: 'DESC', id: 'DESC' },
      take: limit,
    });
    return (found as Plan[]).reverse();
  }

  /** Oldest first. */
  async listOfTurns(sessionId: SessionId, turnIds: readonly string[], until: Date): Promise<Plan[]> {
    const found = await this.database.entities.find(PlanEntity, {
      where: { sessionId, turnId: In([...turnIds]), createdAt: LessThanOrEqual(until) },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    return found as Plan[];
  }

  async listOwners(sessionId: SessionId): Promise<{ id: string; plan_id: string; turn_id: string }[]> {
    return this.database.sql(
      `select n.id, n.plan_id, p.turn_id from plan_nodes n join plans p on p.id = n.plan_id where n.session_id = $1`,
      [sessionId],
    );
  }

  async nodesOf(planIds: readonly PlanId[]): Promise<TaskNodeRecord[]> {
    const found = await this.database.entities.find(TaskNodeEntity, {
      where: { planId: In([...planIds]) },
      order: { ordinal: 'ASC' },
    });
    return found as TaskNodeRecord[];
  }

  async findNode(sessionId: SessionId, id: string): Promise<TaskNodeRecord | undefined> {
    const found = await this.database.entities.findOneBy(TaskNodeEntity, { sessionId, id });
    return (found as TaskNodeRecord | null) ?? undefined;
  }

  async finishedNodeIds(sessionId: SessionId): Promise<string[]> {
    const rows = await this.database.sql<{ id: string }>(
      `select id from plan_nodes where session_id = $1 and status = 'succeeded' and output is not null`,
      [sessionId],
    );
    return rows.map(({ id }) => id);
  }

  async countPending(sessionIds: readonly SessionId[]): Promise<Map<SessionId, number>> {
    const rows = await this.database.sql<{ session_id: SessionId; waiting: number }>(
      `select session_id, count(*)::int as waiting from plan_nodes
       where session_id = any($1) and status in ('pending', 'outcome_unknown') group by session_id`,
      [[...sessionIds]],
    );
    return new Map(rows.map((row) => [row.session_id, row.waiting]));
  }

  /** Sessions in whose open plan something waits that would call one of these tools. */
  async listWaitingFor(serverId: ServerId, tools: readonly string[]): Promise<SessionId[]> {
    const rows = await this.database.sql<{ session_id: SessionId }>(
      `select distinct n.session_id from plan_nodes n join plans p on p.id = n.plan_id and p.status = 'open'
       where n.server_id = $1 and n.tool = any($2) and n.status in ('pending', 'approved', 'blocked')`,
      [serverId, [...tools]],
    );
    return rows.map(({ session_id: id }) => id);
  }

  async savePlan(plan: Plan): Promise<void> {
    await this.database.entities.update(PlanEntity, { id: plan.id }, plan);
  }

  async saveNode(node: TaskNodeRecord): Promise<void> {
    await this.database.entities.update(TaskNodeEntity, { sessionId: node.sessionId, id: node.id }, node);
  }

  async saveOutput(sessionId: SessionId, nodeId: string, output: unknown): Promise<void> {
    await this.database.sql('update plan_nodes set output = $3 where session_id = $1 and id = $2', [
      sessionId,
      nodeId,
      JSON.stringify(output),
    ]);
  }

  /** Recorded results, for the nodes that stand for those that made them. */
  async copyOutputs(sessionId: SessionId, pairs: readonly { from: string; to: string }[]): Promise<void> {
    await this.database.sql(
      `update plan_nodes set output = old.output
       from unnest($2::text[], $3::text[]) as pair (source, target)
       join plan_nodes old on old.session_id = $1 and old.id = pair.source
       where plan_nodes.session_id = $1 and plan_nodes.id = pair.target`,
      [sessionId, pairs.map(({ from }) => from), pairs.map(({ to }) => to)],
    );
  }

  /** What succeeded in the fork has the recorded result of the same node of the source. */
  async takeOutputs(source: SessionId, fork: SessionId): Promise<void> {
    await this.database.sql(
      `update plan_nodes set output = old.output from plan_nodes old
       where plan_nodes.session_id = $2 and plan_nodes.status = 'succeeded'
         and old.session_id = $1 and old.id = plan_nodes.id`,
      [source, fork],
    );
  }

  async outputsOf(sessionId: SessionId, nodeIds: readonly string[]): Promise<Map<string, unknown>> {
    if (nodeIds.length === 0) return new Map();
    const rows = await this.database.sql<{ id: string; output: unknown }>(
      `select id, output from plan_nodes
       where session_id = $1 and id = any($2) and status = 'succeeded' and output is not null`,
      [sessionId, [...nodeIds]],
    );
    return new Map(rows.map(({ id, output }) => [id, output]));
  }

  /** False when the same decision was taken before. */
  async rememberDecision(sessionId: SessionId, decisionId: string, userId: UserId): Promise<boolean> {
    const rows = await this.database.sql(
      `insert into plan_decisions (session_id, decision_id, user_id, decided_at) values ($1, $2, $3, $4)
       on conflict do nothing returning decision_id`,
      [sessionId, decisionId, userId, this.clock.now().toISOString()],
    );
    return rows.length > 0;
  }

  async intendEffect(node: TaskNodeRecord, argumentsHash: string): Promise<void> {
    await this.database.sql(
      `insert into plan_effects (session_id, node_id, attempt, arguments_hash, intended_at) values ($1, $2, $3, $4, $5)`,
      [node.sessionId, node.id, node.attempt, argumentsHash, this.clock.now().toISOString()],
    );
  }

  async settleEffect(node: TaskNodeRecord, outcome: string): Promise<void> {
    await this.database.sql(
      `update plan_effects set outcome = $4, settled_at = $5
       where session_id = $1 and node_id = $2 and attempt = $3`,
      [node.sessionId, node.id, node.attempt, outcome, this.clock.now().toISOString()],
    );
  }
}
