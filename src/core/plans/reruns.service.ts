import { layout, renameReferences, rerunFrom } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import { newId, type SessionId, type TurnId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import type { ToolDefinition } from '../registry/tool-definition.js';
import { ToolsService } from '../registry/tools.service.js';
import type { Session } from '../sessions/session.js';
import { SessionLog } from '../sessions/session-log.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { Plan, TaskNodeRecord } from './plan.js';
import { nodeNotFound } from './plans.errors.js';
import { PlansRepository } from './plans.repository.js';
import { ProposalsService, riskOf } from './proposals.service.js';
import { Scenes } from './scenes.js';

/** Which task it begins with, as the client names it. */
export interface RerunOn {
  nodeId: string;
  planId?: string | undefined;
  decisionId?: string | undefined;
}

/** What is run again, and the tools as their servers define them now; those of a server that is away are missing. */
export interface Rerunnable {
  plan: Plan;
  nodes: TaskNodeRecord[];
  tools: ReadonlyMap<string, ToolDefinition>;
}

const ASKED_ANEW = 'it changes something, so it is asked anew, whatever the rules say';
const MAX_TITLE = 120;

/** Runs a plan again from one of its tasks: a plan of its own, in which what came before is not called again. */
@Injectable()
export class RerunsService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly plans: PlansRepository,
    private readonly proposals: ProposalsService,
    private readonly tools: ToolsService,
    private readonly scenes: Scenes,
    private readonly log: SessionLog,
    private readonly tracing: Tracing,
    private readonly clock: Clock,
  ) {}

  /** Before the transaction: a server that was never seen is asked for its tools. */
  async find(principal: Principal, sessionId: SessionId, on: RerunOn): Promise<Rerunnable> {
    await this.sessions.get(principal, sessionId);
    const found = await this.plans.findNode(sessionId, on.nodeId);
    const plan = found && (await this.plans.find(sessionId, found.planId));
    if (!plan || (on.planId !== undefined && on.planId !== plan.id)) throw nodeNotFound();
    const nodes = await this.plans.nodesOf([plan.id]);
    const serverIds = [...new Set(nodes.map(({ serverId }) => serverId))];
    const lists = await Promise.all(serverIds.map((id) => this.tools.listTools(id).catch(() => [])));
    return { plan, nodes, tools: new Map(lists.flat().map((tool) => [toolKey(tool.serverId, tool.name), tool])) };
  }

  /** In the caller's transaction, with the session locked and at rest. */
  async propose(
    principal: Principal,
    session: Session,
    turnId: TurnId,
    on: RerunOn,
    { plan: before, tools }: Rerunnable,
  ): Promise<Plan> {
    const now = this.clock.now();
    const plan: Plan = {
      id: newId('plan', now.getTime()),
      sessionId: session.id,
      turnId,
      revision: 1,
      status: 'open',
      title: titleOf(before),
      createdAt: now,
      finishedAt: null,
      trace: this.tracing.current() ?? null,
    };
    // Read again: since the tools were asked for, a task may have ended otherwise.
    const known = await this.plans.nodesOf([before.id]);
    const nodes = copy(plan, known, on.nodeId, session.nextNode, tools);
    await this.log.append(session.id, [
      {
        type: 'task_decision',
        payload: {
          plan_id: before.id,
          revision: before.revision,
          node_id: on.nodeId,
          decision: 'rerun',
          by: { user_id: principal.userId, username: principal.username },
          automatic: false,
          ...(on.decisionId === undefined ? {} : { decision_id: on.decisionId }),
        },
      },
    ]);
    await this.proposals.store(session, plan, nodes, await this.scenes.of(session, nodes));
    const reused = nodes.flatMap(({ id, reusedFrom }) => (reusedFrom === null ? [] : [{ from: reusedFrom, to: id }]));
    await this.plans.copyOutputs(session.id, reused);
    return plan;
  }

  /** False when the same decision was taken before. */
  async isNew(sessionId: SessionId, decisionId: string, principal: Principal): Promise<boolean> {
    return this.plans.rememberDecision(sessionId, decisionId, principal.userId);
  }
}

const toolKey = (serverId: string, name: string) => `${serverId} ${name}`;

const titleOf = ({ title }: Plan): string =>
  (title.startsWith('Again: ') ? title : `Again: ${title}`).slice(0, MAX_TITLE);

function copy(
  plan: Plan,
  known: readonly TaskNodeRecord[],
  from: string,
  firstNumber: number,
  tools: Rerunnable['tools'],
): TaskNodeRecord[] {
  const chosen = rerunFrom(known, from);
  const ids = new Map(chosen.map(({ id }, index) => [id, `node${firstNumber + index}`]));
  const rename = (id: string) => ids.get(id) ?? id;
  const copies = chosen.flatMap(({ id, part }, ordinal) => {
    const old = known.find((node) => node.id === id);
    if (!old) return [];
    const placed = {
      ...old,
      id: rename(id),
      planId: plan.id,
      ordinal,
      arguments: renameReferences(old.arguments, rename) as Record<string, unknown>,
      dependsOn: old.dependsOn.flatMap((one) => ids.get(one) ?? []),
      claim: null,
      approval: null,
      autoRule: null,
      edited: false,
    };
    return part === 'reused' ? [reused(placed, old)] : [again(placed, old, tools.get(toolKey(old.serverId, old.tool)))];
  });
  const places = layout(copies);
  return copies.map((node) => ({ ...node, ...places.get(node.id) }));
}

const reused = (node: TaskNodeRecord, old: TaskNodeRecord): TaskNodeRecord => ({
  ...node,
  reusedFrom: old.reusedFrom ?? old.id,
  rerunOf: null,
  needsPerson: false,
});

function again(node: TaskNodeRecord, old: TaskNodeRecord, tool: ToolDefinition | undefined): TaskNodeRecord {
  const risk = tool ? riskOf(tool) : node.risk;
  return {
    ...node,
    risk,
    pin: tool?.pin ?? node.pin,
    status: 'pending',
    attempt: 0,
    queuedAttempt: 0,
    stopRequested: false,
    startedAt: null,
    finishedAt: null,
    cause: risk.read_only ? null : ASKED_ANEW,
    error: null,
    result: null,
    reusedFrom: null,
    rerunOf: old.id,
    needsPerson: !risk.read_only,
  };
}
