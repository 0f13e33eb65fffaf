import type { Decision, NodeStatus, RememberScope } from '@app/session-protocol';
import { relink, reopen } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ApprovalId, SessionId } from '../../platform/ids.js';
import type { GrantScope, Remembered } from '../approvals/grant.js';
import { describeIssues } from '../execution/argument-validation.js';
import type { Principal } from '../identity/principal.js';
import { ServerAccess } from '../registry/server-access.service.js';
import type { ListedTool } from '../registry/tool-state.js';
import { ToolsService } from '../registry/tools.service.js';
import type { Session } from '../sessions/session.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { newlyApproved, pinnedTo, refuseQuarantined } from './definitions.js';
import type { Plan, TaskNodeRecord } from './plan.js';
import type { PlanChange } from './plan-change.js';
import { NodeRequests } from './node-requests.service.js';
import { PlanChanges } from './plan-changes.js';
import { allows } from './plan-views.js';
import {
  alreadyDecided,
  argumentsDoNotFit,
  nodeNotFound,
  notAllowedNow,
  nothingToApprove,
  planIsStale,
  planNotFound,
} from './plans.errors.js';
import { PlansRepository } from './plans.repository.js';
import { PlanPolicy, type PolicyScene } from './policy.js';
import { ProposalsService } from './proposals.service.js';
import { Scenes } from './scenes.js';

/** Which node, and what the one who decides had before their eyes. */
export interface DecisionOn {
  nodeId: string;
  planId?: string | undefined;
  revision?: number | undefined;
  /** The client's own name for the decision: sent again, it is the same one. */
  decisionId?: string | undefined;
  /** Decided from the list of what waits: it must still be what waits. */
  approvalId?: ApprovalId | undefined;
}

/** What else need not be asked; a pattern, where that is what counts. */
export interface Remembering extends Omit<Remembered, 'type'> {
  scope: RememberScope;
}

const TYPE_OF = {
  tool_in_session: 'session',
  tool_until_changed: 'tool',
  server_in_session: 'server_in_session',
  matching: 'matching',
} as const satisfies Record<Exclude<RememberScope, 'once'>, GrantScope>;

interface Deciding {
  session: Session;
  scene: PolicyScene;
  change: PlanChange;
  principal: Principal;
  /** As the server defines it now; unknown when it does not answer. */
  tool: ListedTool | undefined;
}

/** What a person does to a proposed plan. The first decision stands. */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly plans: PlansRepository,
    private readonly changes: PlanChanges,
    private readonly requests: NodeRequests,
    private readonly proposals: ProposalsService,
    private readonly policy: PlanPolicy,
    private readonly tools: ToolsService,
    private readonly access: ServerAccess,
    private readonly scenes: Scenes,
  ) {}

  async approve(
    principal: Principal,
    sessionId: SessionId,
    on: DecisionOn,
    options: { arguments?: Record<string, unknown> | undefined; remember?: Remembering | undefined } = {},
  ): Promise<void> {
    await this.decide(principal, sessionId, on, 'approve', async (deciding, node) => {
      refuseQuarantined(node, deciding.scene);
      // The definition may be another one than the one it was proposed for.
      if (!options.arguments) this.refuseMisfits(deciding.tool, node.arguments);
      const edited = options.arguments ? await this.replaceArguments(deciding, node, options.arguments) : node;
      await this.grant(deciding, edited, on, options.remember);
      if (options.remember && options.remember.scope !== 'once')
        await this.proposals.askRules(deciding.change, deciding.scene);
    });
  }

  async approveAll(
    principal: Principal,
    sessionId: SessionId,
    all: {
      planId: string;
      revision?: number | undefined;
      nodeIds?: string[] | undefined;
      decisionId?: string | undefined;
    },
  ): Promise<void> {
    await this.database.transaction(async () => {
      const { session } = await this.sessions.lockVisible(principal, sessionId);
      await this.access.require(principal, session.serverId, 'use');
      const plan = await this.plans.find(sessionId, all.planId as Plan['id']);
      if (!plan) throw planNotFound();
      if (all.decisionId && !(await this.isNew(sessionId, all.decisionId, principal))) return;
      if (all.revision !== undefined && all.revision !== plan.revision) throw planIsStale(plan.revision);
      const change = await this.changes.open(plan);
      const scene = await this.scenes.of(session, change.nodes);
      const wanted = all.nodeIds ?? change.nodes.filter(({ status }) => status === 'pending').map(({ id }) => id);
      const nodes = wanted.map((id) => change.find(id) ?? refuse(nodeNotFound()));
      const pending = nodes.filter(({ status }) => status === 'pending');
      if (pending.length === 0) throw nothingToApprove();
      for (const node of pending) {
        await this.grant({ scene, change, principal }, node, { nodeId: node.id, decisionId: all.decisionId });
      }
      await this.changes.save(change);
    });
  }

  async reject(principal: Principal, sessionId: SessionId, on: DecisionOn, reason?: string): Promise<void> {
    await this.decide(principal, sessionId, on, 'reject', async ({ change }, node) => {
      change.tellDecision({ ...echo(principal, on, 'reject'), ...(reason ? { reason } : {}) });
      change.update(node.id, { status: 'rejected', cause: reason ?? null });
    });
  }

  /** The whole of the arguments is replaced, and the node waits for its approval again. */
  async edit(principal: Principal, sessionId: SessionId, on: DecisionOn, args: Record<string, unknown>): Promise<void> {
    await this.decide(principal, sessionId, on, 'edit', async (deciding, node) => {
      deciding.change.tellDecision(echo(principal, on, 'edit'));
      const edited = await this.replaceArguments(deciding, node, args);
      const status = edited.status === 'pending' ? {} : { status: 'pending' as const };
      deciding.change.update(node.id, { ...status, approval: null, autoRule: null });
    });
  }

  /** Runs a node again that ended without a result, or for the first time one that was rejected. */
  async retry(principal: Principal, sessionId: SessionId, on: DecisionOn, timeoutSeconds?: number): Promise<void> {
    await this.decide(principal, sessionId, on, 'retry', async ({ change, scene, tool }, node) => {
      refuseQuarantined(node, scene);
      change.tellDecision(echo(principal, on, 'retry'));
      // The retry is the approval: it is bound to the definition that the server has now.
      const pinned = { ...node, ...(tool && pinnedTo(tool)) };
      for (const { id, to } of reopen(change.nodes, node.id)) {
        change.update(id, {
          status: to,
          cause: null,
          approval: null,
          autoRule: null,
          queuedAttempt: change.find(id)?.attempt ?? 0,
        });
      }
      change.update(node.id, {
        status: 'approved',
        pin: pinned.pin,
        risk: pinned.risk,
        approval: this.policy.bind(pinned, change.plan, scene, { userId: principal.userId }),
        autoRule: null,
        stopRequested: false,
        queuedAttempt: node.attempt,
        startedAt: null,
        finishedAt: null,
        cause: null,
        error: null,
        result: null,
        ...(timeoutSeconds === undefined ? {} : { timeoutSeconds: Math.ceil(timeoutSeconds) }),
      });
      await this.proposals.askRules(change, scene);
    });
  }

  /** Says what became of a call whose outcome nobody saw. */
  async resolve(
    principal: Principal,
    sessionId: SessionId,
    on: DecisionOn,
    outcome: 'succeeded' | 'failed',
  ): Promise<void> {
    await this.decide(principal, sessionId, on, 'resolve', async ({ change }, node) => {
      change.tellDecision({ ...echo(principal, on, 'resolve'), reason: outcome });
      const cause = outcome === 'succeeded' ? 'marked as done by you' : 'marked as failed by you';
      change.update(node.id, { status: outcome, cause });
      await this.plans.settleEffect(node, `${outcome} (said by a person)`);
    });
  }

  private async decide(
    principal: Principal,
    sessionId: SessionId,
    on: DecisionOn,
    decision: Decision,
    work: (deciding: Deciding, node: TaskNodeRecord) => Promise<void>,
  ): Promise<void> {
    // Before the transaction: a server that was never seen is asked for its tools.
    const tool = await this.lookUpTool(principal, sessionId, on.nodeId);
    await this.database.transaction(async () => {
      const { session } = await this.sessions.lockVisible(principal, sessionId);
      await this.access.require(principal, session.serverId, 'use');
      const found = await this.plans.findNode(sessionId, on.nodeId);
      if (!found || (on.planId !== undefined && on.planId !== found.planId)) throw nodeNotFound();
      if (on.decisionId && !(await this.isNew(sessionId, on.decisionId, principal))) return;
      if (on.approvalId) await this.requests.requireOpen(on.approvalId);
      const plan = await this.plans.find(sessionId, found.planId);
      if (!plan) throw nodeNotFound();
      if (on.revision !== undefined && on.revision !== plan.revision) throw planIsStale(plan.revision);

      const change = await this.changes.open(plan);
      const node = change.find(on.nodeId) ?? refuse(nodeNotFound());
      // A rule was faster: who approves as well only agrees.
      if (decision === 'approve' && isApprovedByRule(node)) return;
      if (!allows(node.status, decision)) {
        throw decision === 'approve' || decision === 'reject'
          ? alreadyDecided(node.status)
          : notAllowedNow(decision, node.status);
      }
      const scene = await this.scenes.of(session, change.nodes);
      await work({ session, scene, change, principal, tool }, node);
      await this.changes.save(change);
    });
  }

  private async grant(
    { change, scene, principal, tool }: Pick<Deciding, 'change' | 'scene' | 'principal'> & { tool?: Deciding['tool'] },
    asked: TaskNodeRecord,
    on: DecisionOn,
    remember: Remembering = { scope: 'once' },
  ): Promise<void> {
    refuseQuarantined(asked, scene);
    const node = change.update(asked.id, newlyApproved(asked, scene, tool));
    change.tellDecision({ ...echo(principal, on, 'approve'), node_id: node.id, remember: remember.scope });
    const approval = this.policy.bind(node, change.plan, scene, { userId: principal.userId });
    change.update(node.id, { status: 'approved', approval, autoRule: null, cause: null });
    if (remember.scope === 'once') return;
    const by = { id: principal.userId, name: principal.username };
    await this.policy.remember(node, scene, by, { ...remember, type: TYPE_OF[remember.scope] });
  }

  private refuseMisfits(tool: ListedTool | undefined, args: Record<string, unknown>): void {
    const issues = tool ? this.proposals.issuesOf(tool, args) : [];
    if (issues.length > 0) throw argumentsDoNotFit(`The tool does not take this: ${describeIssues(issues)}.`, issues);
  }

  private async replaceArguments(
    { change, session, tool }: Deciding,
    node: TaskNodeRecord,
    args: Record<string, unknown>,
  ): Promise<TaskNodeRecord> {
    const linked = relink(change.nodes, node.id, args, await this.plans.finishedNodeIds(session.id));
    if (!linked.ok) {
      throw argumentsDoNotFit(linked.problems.map(({ message }) => message).join(' '), []);
    }
    this.refuseMisfits(tool, args);
    return change.update(node.id, { arguments: args, dependsOn: linked.dependsOn, edited: true });
  }

  private async lookUpTool(
    principal: Principal,
    sessionId: SessionId,
    nodeId: string,
  ): Promise<ListedTool | undefined> {
    await this.sessions.get(principal, sessionId);
    const node = await this.plans.findNode(sessionId, nodeId);
    const lookedUp = async () => node && this.tools.findTool(node.serverId, node.tool);
    return lookedUp().catch(() => undefined);
  }

  private async isNew(sessionId: SessionId, decisionId: string, principal: Principal): Promise<boolean> {
    return this.plans.rememberDecision(sessionId, decisionId, principal.userId);
  }
}

const AFTER_APPROVAL: readonly NodeStatus[] = ['approved', 'blocked', 'running', 'retrying', 'succeeded'];

const isApprovedByRule = ({ autoRule, status }: TaskNodeRecord): boolean =>
  autoRule !== null && AFTER_APPROVAL.includes(status);

const echo = (principal: Principal, on: DecisionOn, decision: Decision) => ({
  node_id: on.nodeId,
  decision,
  by: { user_id: principal.userId, username: principal.username },
  automatic: false,
  ...(on.decisionId === undefined ? {} : { decision_id: on.decisionId }),
});

function refuse(error: Error): never {
  throw error;
}
