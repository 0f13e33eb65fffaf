import { Injectable } from '@nestjs/common';
import { canonicalJson } from '@app/task-graph';
import { Database } from '../../platform/database/database.js';
import type { ApprovalId, OrganizationId, SessionId, UserId } from '../../platform/ids.js';
import { Activity } from '../activity/activity.service.js';
import type { ApprovalStatus } from '../approvals/approval-request.js';
import { ApprovalRequests, type Ending } from '../approvals/approval-requests.service.js';
import type { TaskNodeRecord } from './plan.js';
import type { PlanChange } from './plan-change.js';
import { requestIsOver } from './plans.errors.js';

interface OpenRequest {
  id: ApprovalId;
  organizationId: OrganizationId;
  nodeId: string;
  pin: string;
  arguments: Record<string, unknown>;
}

interface Asker {
  organizationId: OrganizationId;
  id: UserId;
  name: string;
}

type EndStatus = Exclude<ApprovalStatus, 'pending'>;

/** Keeps the list of what waits for people in step with the tasks of plans, in the transaction that changes them. */
@Injectable()
export class NodeRequests {
  constructor(
    private readonly database: Database,
    private readonly requests: ApprovalRequests,
    private readonly activity: Activity,
  ) {}

  async keepInStep(change: PlanChange): Promise<void> {
    if (!change.concernsPeople) return;
    const open = await this.listOpen(change);
    let asker: Asker | undefined;
    for (const node of change.nodes) {
      const request = open.get(node.id);
      const isCurrent = node.status === 'pending' && request !== undefined && isAbout(request, node);
      if (isCurrent) continue;
      if (request) await this.end(request, node, change);
      if (node.status !== 'pending') continue;
      asker ??= await this.askerOf(node.sessionId);
      await this.open(node, asker, change);
    }
  }

  /** @throws 409 when what somebody decides on is not what waits any more */
  async requireOpen(id: ApprovalId): Promise<void> {
    const rows = await this.database.sql(`select from approval_requests where id = $1 and status = 'pending'`, [id]);
    if (rows.length === 0) throw requestIsOver();
  }

  private async end(request: OpenRequest, node: TaskNodeRecord, change: PlanChange): Promise<void> {
    const [status, ending] = endingOf(node, change);
    if (!(await this.requests.end(request.id, status, ending))) return;
    if (!ending.by || (status !== 'approved' && status !== 'denied')) return;
    await this.activity.record({
      organizationId: request.organizationId,
      action: `approval.${status}`,
      actor: ending.by,
      subject: { kind: 'approval', id: request.id, name: node.title },
      details: {
        kind: 'node',
        tool: node.tool,
        server_id: node.serverId,
        session_id: node.sessionId,
        plan_id: node.planId,
        node_id: node.id,
      },
    });
  }

  private async open(
    node: TaskNodeRecord,
    { organizationId, ...requestedBy }: Asker,
    change: PlanChange,
  ): Promise<void> {
    await this.requests.open({
      organizationId,
      kind: 'node',
      title: node.title,
      why: node.cause ?? change.whyAsked(node.id) ?? 'its plan waits for a decision',
      serverId: node.serverId,
      serverName: node.serverName,
      tool: node.tool,
      pin: node.pin,
      risk: node.risk,
      arguments: node.arguments,
      requestedBy,
      via: null,
      viaName: null,
      door: 'session',
      sessionId: node.sessionId,
      planId: node.planId,
      nodeId: node.id,
      expiresAt: null,
    });
  }

  private async listOpen({ plan }: PlanChange): Promise<Map<string, OpenRequest>> {
    const rows = await this.database.sql<OpenRequest>(
      `select id, organization_id as "organizationId", node_id as "nodeId", pin, arguments from approval_requests
       where session_id = $1 and plan_id = $2 and kind = 'node' and status = 'pending'`,
      [plan.sessionId, plan.id],
      'open-requests-of-plan',
    );
    return new Map(rows.map((row) => [row.nodeId, row]));
  }

  private async askerOf(sessionId: SessionId): Promise<Asker> {
    const [asker] = await this.database.sql<Asker>(
      `select s.organization_id as "organizationId", u.id, u.username as name
       from sessions s join users u on u.id = s.user_id where s.id = $1`,
      [sessionId],
    );
    if (!asker) throw new Error('A plan waits in a session that does not exist.');
    return asker;
  }
}

const isAbout = (request: OpenRequest, node: TaskNodeRecord): boolean =>
  request.pin === node.pin && sameJson(request.arguments, node.arguments);

function sameJson(one: unknown, other: unknown): boolean {
  const [left, right] = [canonicalJson(one), canonicalJson(other)];
  return left.ok && right.ok && left.json === right.json;
}

function endingOf(node: TaskNodeRecord, change: PlanChange): [EndStatus, Ending] {
  const decision = change.decisionOn(node.id);
  const by = decision?.by ? { id: decision.by.user_id as UserId, name: decision.by.username } : undefined;
  const decisionId = decision?.decision_id;
  const ending = { ...(by && { by }), ...(decisionId !== undefined && { decisionId }) };
  switch (node.status) {
    case 'pending':
      return ['superseded', { ...ending, reason: 'it was changed, and is asked anew' }];
    case 'rejected':
      return ['denied', { ...ending, ...(decision?.reason !== undefined && { reason: decision.reason }) }];
    case 'cancelled':
      return [
        change.isReplaced ? 'superseded' : 'withdrawn',
        { ...ending, ...(node.cause !== null && { reason: node.cause }) },
      ];
    case 'skipped':
      return ['withdrawn', { ...(node.cause !== null && { reason: node.cause }) }];
    default:
      return ['approved', { ...ending, ...(node.autoRule !== null && { reason: node.autoRule }) }];
  }
}
