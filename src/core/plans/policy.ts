import { createHash } from 'node:crypto';
import { canonicalJson, unwrapLiterals } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { ApprovalsService } from '../approvals/approvals.service.js';
import type { Remembered } from '../approvals/grant.js';
import { type Decider, GrantsService } from '../approvals/grants.service.js';
import type { CallToDecide, Verdict } from '../approvals/verdict.js';
import type { Id } from '../../platform/ids.js';
import type { Session } from '../sessions/session.js';
import { whyQuarantined } from '../registry/registry.errors.js';
import type { McpServer } from '../registry/server.js';
import { effectivePolicy, type ToolStanding } from '../registry/tool-state.js';
import type { ApprovalBinding, Plan, TaskNodeRecord } from './plan.js';

/** What decides about the nodes of one plan: whose session it is, and the servers as they are now. */
export interface PolicyScene {
  session: Pick<Session, 'id' | 'organizationId' | 'userId'>;
  servers: ReadonlyMap<string, McpServer>;
  /** What is decided about the tools of these servers: by server, then by name. */
  tools: ReadonlyMap<string, ReadonlyMap<string, ToolStanding>>;
}

export const standingOf = (
  { tools }: Pick<PolicyScene, 'tools'>,
  { serverId, tool }: Pick<TaskNodeRecord, 'serverId' | 'tool'>,
): ToolStanding | undefined => tools.get(serverId)?.get(tool);

/** Why the tool of a node may not be called at all, or undefined: it may. */
export function whyHeld(scene: Pick<PolicyScene, 'tools'>, node: TaskNodeRecord): string | undefined {
  const standing = standingOf(scene, node);
  return standing?.quarantined ? whyQuarantined(node.tool, standing.state) : undefined;
}

export function argumentsHash(args: Record<string, unknown>): string {
  const canonical = canonicalJson(args);
  if (!canonical.ok) throw new Error('Arguments that are not JSON were let in.');
  return createHash('sha256').update(canonical.json).digest('hex');
}

/** Binds decisions to what was decided on, and asks the rules. */
@Injectable()
export class PlanPolicy {
  constructor(
    private readonly approvals: ApprovalsService,
    private readonly grants: GrantsService,
  ) {}

  /** In the caller's transaction. Of a tool in quarantine: that it is. */
  async decide(node: TaskNodeRecord, scene: PolicyScene): Promise<Verdict> {
    return this.approvals.decideNow(toQuestion(node, scene));
  }

  async remember(node: TaskNodeRecord, scene: PolicyScene, by: Decider, remembered: Remembered): Promise<void> {
    await this.grants.remember(toQuestion(node, scene), by, remembered);
  }

  /** To be called in the transaction in which the call begins: a permission for so many calls is taken one from. */
  async mayBeginByGrant({ approval }: TaskNodeRecord): Promise<boolean> {
    return approval?.grantId === undefined || this.grants.take(approval.grantId);
  }

  /** In the transaction that says so: the call that took the use was not sent. */
  async giveBack(grant: Id<'grant'>): Promise<void> {
    await this.grants.giveBack(grant);
  }

  bind(
    node: TaskNodeRecord,
    plan: Plan,
    scene: PolicyScene,
    by: Pick<ApprovalBinding, 'userId' | 'grantId'>,
  ): ApprovalBinding {
    return {
      ...by,
      revision: plan.revision,
      pin: node.pin,
      account: accountOf(node, scene),
      argumentsHash: argumentsHash(node.arguments),
    };
  }

  /** Why the approval of a node no longer holds, or undefined: it does. */
  whyVoid(node: TaskNodeRecord, scene: PolicyScene, currentPin: string | undefined): string | undefined {
    const { approval } = node;
    if (!approval) return 'it was never approved';
    if (currentPin !== undefined && currentPin !== approval.pin) return 'the tool changed on its server';
    if (accountOf(node, scene) !== approval.account) return 'the address or account of the server changed';
    if (argumentsHash(node.arguments) !== approval.argumentsHash) return 'its arguments changed';
    return undefined;
  }
}

const accountOf = (node: TaskNodeRecord, scene: PolicyScene): number =>
  scene.servers.get(node.serverId)?.accountVersion ?? -1;

function toQuestion(node: TaskNodeRecord, scene: PolicyScene): CallToDecide {
  const { session, servers } = scene;
  const server = servers.get(node.serverId);
  const standing = standingOf(scene, node);
  return {
    organizationId: session.organizationId,
    userId: session.userId,
    sessionId: session.id,
    serverId: node.serverId,
    accountVersion: server?.accountVersion ?? -1,
    policy: server ? effectivePolicy(standing, server) : 'require_approval_all',
    tool: node.tool,
    pin: node.pin,
    // What was approved is another definition than the one that the task was proposed for.
    toolState:
      standing?.state === 'approved' && standing.pin !== node.pin ? 'first_seen' : (standing?.state ?? 'first_seen'),
    readOnly: node.risk.read_only,
    // A reference is no value yet: it fits no pattern.
    arguments: unwrapLiterals(node.arguments) as Record<string, unknown>,
  };
}
