import { createHash } from 'node:crypto';
import { canonicalJson, unwrapLiterals } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { ApprovalsService } from '../approvals/approvals.service.js';
import type { Remembered } from '../approvals/grant.js';
import { type Decider, GrantsService } from '../approvals/grants.service.js';
import type { CallToDecide, Verdict } from '../approvals/verdict.js';
import type { Session } from '../sessions/session.js';
import type { McpServer } from '../registry/server.js';
import type { ApprovalBinding, Plan, TaskNodeRecord } from './plan.js';

/** What decides about the nodes of one plan: whose session it is, and the servers as they are now. */
export interface PolicyScene {
  session: Pick<Session, 'id' | 'organizationId' | 'userId'>;
  servers: ReadonlyMap<string, McpServer>;
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

  /** In the caller's transaction. */
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

function toQuestion(node: TaskNodeRecord, { session, servers }: PolicyScene): CallToDecide {
  return {
    organizationId: session.organizationId,
    userId: session.userId,
    sessionId: session.id,
    serverId: node.serverId,
    accountVersion: servers.get(node.serverId)?.accountVersion ?? -1,
    policy: servers.get(node.serverId)?.approvalPolicy ?? 'require_approval_all',
    tool: node.tool,
    pin: node.pin,
    toolState: 'first_seen',
    readOnly: node.risk.read_only,
    // A reference is no value yet: it fits no pattern.
    arguments: unwrapLiterals(node.arguments) as Record<string, unknown>,
  };
}
