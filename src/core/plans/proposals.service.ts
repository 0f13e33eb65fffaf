import type { Risk } from '@app/session-protocol';
import { buildGraph, findReferences, layout, type Problem, unwrapLiterals } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { FieldIssue } from '../../platform/errors/app-error.js';
import { newId, type TurnId } from '../../platform/ids.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import { describeIssues } from '../execution/argument-validation.js';
import { ExecutionService } from '../execution/execution.service.js';
import { whyQuarantined } from '../registry/registry.errors.js';
import type { ToolDefinition } from '../registry/tool-definition.js';
import type { Session } from '../sessions/session.js';
import { SessionLog } from '../sessions/session-log.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { MAX_PLAN_NODES, type Plan, type TaskNodeRecord } from './plan.js';
import { PlanChange } from './plan-change.js';
import { PlanChanges } from './plan-changes.js';
import { toProposalEvent } from './plan-views.js';
import { PlansRepository } from './plans.repository.js';
import { PlanPolicy, type PolicyScene, standingOf } from './policy.js';

/** One call as somebody proposes it, under that somebody's own names. */
export interface ProposedCall {
  key: string;
  title: string;
  tool: string;
  arguments: Record<string, unknown>;
  dependsOn: string[];
}

export interface Proposal {
  title: string;
  calls: ProposedCall[];
}

export type Proposed = { ok: true; plan: Plan } | { ok: false; problems: string[] };

@Injectable()
export class ProposalsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly plans: PlansRepository,
    private readonly changes: PlanChanges,
    private readonly policy: PlanPolicy,
    private readonly execution: ExecutionService,
    private readonly log: SessionLog,
    private readonly tracing: Tracing,
    private readonly clock: Clock,
  ) {}

  /**
   * Checks the proposal, numbers it, asks the rules, and puts it before the user. What an older plan still waited for
   * is withdrawn. In the caller's transaction, with the session locked.
   */
  async propose(
    session: Session,
    turnId: TurnId,
    proposal: Proposal,
    tools: ReadonlyMap<string, ToolDefinition>,
    scene: PolicyScene,
  ): Promise<Proposed> {
    const built = buildGraph(proposal.calls, {
      firstNumber: session.nextNode,
      tools,
      maxNodes: MAX_PLAN_NODES,
      priorNodeIds: await this.plans.finishedNodeIds(session.id),
    });
    if (!built.ok) return { ok: false, problems: built.problems.map(describeProblem) };
    const misfits = built.nodes.flatMap(({ key, tool, arguments: args }) => this.misfits(key, tools.get(tool), args));
    if (misfits.length > 0) return { ok: false, problems: misfits };
    const held = built.nodes.flatMap(({ key, tool }) => whyNotOffered(key, tools.get(tool), scene));
    if (held.length > 0) return { ok: false, problems: held };

    const now = this.clock.now();
    const plan: Plan = {
      id: newId('plan', now.getTime()),
      sessionId: session.id,
      turnId,
      revision: 1,
      status: 'open',
      title: proposal.title,
      createdAt: now,
      finishedAt: null,
      trace: this.tracing.current() ?? null,
    };
    const places = layout(built.nodes);
    const nodes = built.nodes.flatMap((node, ordinal) => {
      const tool = tools.get(node.tool);
      return tool ? [toRecord(plan, node, ordinal, tool, scene, places.get(node.id))] : [];
    });

    await this.store(session, plan, nodes, scene);
    return { ok: true, plan };
  }

  /** Tells the plan and starts what may start. In the caller's transaction, with the session locked. */
  async store(session: Session, plan: Plan, nodes: TaskNodeRecord[], scene: PolicyScene): Promise<void> {
    await this.database.transaction(async () => {
      await this.withdrawOpen(session);
      await this.sessions.update(session.id, { nextNode: session.nextNode + nodes.length });
      await this.plans.insert(plan, nodes);
      await this.log.append(session.id, [{ type: 'task_graph_proposal', payload: toProposalEvent(plan, nodes) }]);
      const change = new PlanChange(plan, nodes, plan.createdAt);
      await this.askRules(change, scene);
      await this.changes.save(change);
    });
  }

  /** Approves by rule what the rules let through; the rest waits for a person. */
  async askRules(change: PlanChange, scene: PolicyScene): Promise<void> {
    for (const node of change.nodes) {
      if (node.status !== 'pending' || node.needsPerson) continue;
      const verdict = await this.policy.decide(node, scene);
      if (verdict.decision === 'ask') change.explain(node.id, verdict.why);
      if (verdict.decision !== 'run') continue;
      const { rule, grant: grantId } = verdict;
      const approval = this.policy.bind(node, change.plan, scene, grantId === undefined ? {} : { grantId });
      change.tellDecision({ node_id: node.id, decision: 'approve', by: null, automatic: true, rule });
      change.update(node.id, { status: 'approved', approval, autoRule: rule });
    }
  }

  /** What the tool's schema has against the arguments; references are judged when their values are known. */
  issuesOf(tool: ToolDefinition, args: Record<string, unknown>): FieldIssue[] {
    const { references } = findReferences(args);
    const issues = this.execution.validate(tool, unwrapLiterals(args));
    if (references.length === 0) return issues;
    const isInside = (path: string) => references.some(({ at }) => path === at || path.startsWith(`${at}/`));
    const isAround = (path: string) => path === '/' || references.some(({ at }) => at.startsWith(`${path}/`));
    const ofObjects = (code: string) => code === 'required' || code === 'additionalProperties';
    return issues.filter(({ path, code }) => !isInside(path) && (ofObjects(code) || !isAround(path)));
  }

  private misfits(key: string, tool: ToolDefinition | undefined, args: Record<string, unknown>): string[] {
    const issues = tool ? this.issuesOf(tool, args) : [];
    return issues.length === 0 ? [] : [`${key}: ${describeIssues(issues)}`];
  }

  private async withdrawOpen(session: Session): Promise<void> {
    const open = await this.plans.findOpen(session.id);
    if (!open) return;
    const change = await this.changes.open(open);
    change.isReplaced = true;
    for (const node of change.nodes) {
      if (!['pending', 'approved', 'blocked', 'retrying'].includes(node.status)) continue;
      change.update(node.id, { status: 'cancelled', cause: 'a newer plan took its place' });
    }
    await this.changes.save(change);
  }
}

export const riskOf = (tool: ToolDefinition): Risk => ({
  read_only: tool.readOnly,
  destructive: tool.destructive,
  idempotent: tool.idempotent,
  open_world: tool.openWorld,
});

const describeProblem = ({ node, message }: Problem): string =>
  node === undefined || message.includes(node) ? message : `${node}: ${message}`;

/** The model was not shown such a tool; its definition may have changed while it thought. */
function whyNotOffered(key: string, tool: ToolDefinition | undefined, scene: PolicyScene): string[] {
  const standing = tool && standingOf(scene, { serverId: tool.serverId, tool: tool.name });
  return tool && standing?.quarantined ? [`${key}: ${whyQuarantined(tool.name, standing.state)}`] : [];
}

function toRecord(
  plan: Plan,
  node: { id: string; key: string; title: string; arguments: Record<string, unknown>; dependsOn: string[] },
  ordinal: number,
  tool: ToolDefinition,
  scene: PolicyScene,
  place: { x: number; y: number } | undefined,
): TaskNodeRecord {
  return {
    sessionId: plan.sessionId,
    id: node.id,
    key: node.key,
    planId: plan.id,
    ordinal,
    title: node.title,
    tool: tool.name,
    serverId: tool.serverId,
    serverName: scene.servers.get(tool.serverId)?.name ?? '',
    pin: tool.pin,
    arguments: node.arguments,
    dependsOn: node.dependsOn,
    risk: riskOf(tool),
    x: place?.x ?? 0,
    y: place?.y ?? 0,
    status: 'pending',
    attempt: 0,
    queuedAttempt: 0,
    claim: null,
    stopRequested: false,
    approval: null,
    autoRule: null,
    edited: false,
    timeoutSeconds: null,
    startedAt: null,
    finishedAt: null,
    cause: null,
    error: null,
    result: null,
    reusedFrom: null,
    rerunOf: null,
    needsPerson: false,
  };
}
