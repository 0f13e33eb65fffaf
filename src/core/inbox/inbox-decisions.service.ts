import type { RememberScope } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ApprovalId } from '../../platform/ids.js';
import { Activity } from '../activity/activity.service.js';
import type { ApprovalRequest, ApprovalStatus } from '../approvals/approval-request.js';
import { ApprovalRequests } from '../approvals/approval-requests.service.js';
import type { Remembered } from '../approvals/grant.js';
import { GrantsService } from '../approvals/grants.service.js';
import { HeldCalls } from '../execution/held-calls.service.js';
import type { Principal } from '../identity/principal.js';
import { DecisionsService } from '../plans/decisions.service.js';
import { hasLevel } from '../registry/access.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ServersService } from '../registry/servers.service.js';
import { ToolDecisions } from '../registry/tool-decisions.service.js';
import {
  alreadyDecided,
  approvalNotFound,
  argumentsCannotChange,
  cannotBeWithdrawn,
  mayNotDecide,
  nothingToRemember,
  notYoursToWithdraw,
  rememberingNeedsManage,
} from './inbox.errors.js';
import { mayDecide, sees, type Sight } from './inbox-item.js';
import { InboxRepository, type StoredRequest } from './inbox.repository.js';
import { InboxService } from './inbox.service.js';

export interface Ruling {
  decision: 'approve' | 'deny';
  reason?: string | undefined;
  /** Instead of those that were asked for. */
  arguments?: Record<string, unknown> | undefined;
  /** Absent: once. */
  scope?: Remembered | undefined;
  /** The client's own name for the decision: sent again, it is the same one. */
  decisionId?: string | undefined;
}

const SCOPE_OF = {
  session: 'tool_in_session',
  tool: 'tool_until_changed',
  matching: 'matching',
  server_in_session: 'server_in_session',
} as const satisfies Record<Remembered['type'], RememberScope>;

const TOO_LATE: readonly ApprovalStatus[] = ['expired', 'superseded'];

/** What a person says to one request. Each kind is decided by the context that holds it; the first decision stands. */
@Injectable()
export class InboxDecisions {
  constructor(
    private readonly database: Database,
    private readonly inbox: InboxService,
    private readonly stored: InboxRepository,
    private readonly requests: ApprovalRequests,
    private readonly held: HeldCalls,
    private readonly nodes: DecisionsService,
    private readonly grants: GrantsService,
    private readonly servers: ServersService,
    private readonly access: ServerAccess,
    private readonly tools: ToolDecisions,
    private readonly activity: Activity,
  ) {}

  /** @throws 404, 403 for who may only see it, 409 ALREADY_DECIDED, 400 for arguments or a scope that do not fit */
  async decide(principal: Principal, id: ApprovalId, ruling: Ruling): Promise<void> {
    const sight = await this.inbox.sightOf(principal);
    const request = await this.stored.find(id);
    if (!request || !sees(sight, request)) throw approvalNotFound();
    if (this.isSameDecision(principal, request, ruling)) return;
    if (request.status !== 'pending') throw alreadyDecided(request);
    if (!mayDecide(principal, sight, request)) throw mayNotDecide();
    check(request, ruling, principal, sight);
    try {
      await this.carryOut(principal, request, ruling);
    } catch (error) {
      const now = await this.stored.find(id);
      if (now && this.isSameDecision(principal, now, ruling)) return;
      if (now && now.status !== 'pending') throw alreadyDecided(now);
      throw error;
    }
    const now = await this.stored.find(id);
    if (now && TOO_LATE.includes(now.status)) throw alreadyDecided(now);
  }

  /** By who asked, while it waits. @throws 404, 403, 409 */
  async withdraw(principal: Principal, id: ApprovalId): Promise<void> {
    const request = await this.inbox.find(principal, id);
    if (request.kind !== 'call') throw cannotBeWithdrawn();
    if (request.requestedBy?.id !== principal.userId) throw notYoursToWithdraw();
    if (request.status !== 'pending') throw alreadyDecided(request);
    await this.database.transaction(async () => {
      await this.held.withdraw(principal, id);
      await this.tell(principal, request, 'approval.withdrawn');
    });
  }

  private isSameDecision(
    { userId }: Principal,
    { status, decisionId, decidedBy }: StoredRequest,
    ruling: Ruling,
  ): boolean {
    const isTheirs = ruling.decisionId !== undefined && decisionId === ruling.decisionId && decidedBy?.id === userId;
    return isTheirs && status === (ruling.decision === 'approve' ? 'approved' : 'denied');
  }

  private async carryOut(principal: Principal, request: StoredRequest, ruling: Ruling): Promise<void> {
    // Its own transaction: before it, the server may have to be asked for its tools.
    if (request.kind === 'node') return this.decideNode(principal, request, ruling);
    await this.database.transaction(async () => {
      // In the order of whoever changes tools: first the server, then what waits.
      if (request.kind === 'tool') await this.access.lock(principal, request.serverId, 'manage');
      const locked = await this.stored.lock(request.id);
      if (locked?.status !== 'pending') throw alreadyDecided(locked ?? request);
      // It was too late, which is kept: whoever decides is told after the commit.
      if (!(await this.decideLocked(principal, request, ruling))) return;
      if (ruling.decisionId !== undefined) await this.stored.noteDecision(request.id, ruling.decisionId);
      await this.tell(principal, request, ruling.decision === 'approve' ? 'approval.approved' : 'approval.denied');
    });
  }

  private async decideNode(principal: Principal, request: StoredRequest, ruling: Ruling): Promise<void> {
    const { id: approvalId, sessionId, nodeId, planId } = request;
    if (sessionId === null || nodeId === null) throw approvalNotFound();
    const on = { approvalId, nodeId, planId: planId ?? undefined, decisionId: ruling.decisionId };
    if (ruling.decision === 'deny') return this.nodes.reject(principal, sessionId, on, ruling.reason);
    const { scope } = ruling;
    await this.nodes.approve(principal, sessionId, on, {
      arguments: ruling.arguments,
      remember: scope && { ...scope, scope: SCOPE_OF[scope.type] },
    });
  }

  /** @returns false when it was too late for it */
  private async decideLocked(principal: Principal, request: StoredRequest, ruling: Ruling): Promise<boolean> {
    if (request.kind === 'call') return this.decideCall(principal, request, ruling);
    const { serverId, tool: name, pin } = request;
    if (ruling.decision === 'approve') await this.tools.approve(principal, serverId, [{ name, pin }], ruling.reason);
    else await this.tools.reject(principal, serverId, { name, pin }, ruling.reason);
    return true;
  }

  private async decideCall(principal: Principal, request: StoredRequest, ruling: Ruling): Promise<boolean> {
    const by = { id: principal.userId, name: principal.username };
    const reason = ruling.reason === undefined ? {} : { reason: ruling.reason };
    if (ruling.decision === 'deny') {
      return this.requests.end(request.id, 'denied', { by, ...reason });
    }
    const edited = ruling.arguments === undefined ? {} : { arguments: ruling.arguments };
    const status = await this.held.approve(request.id, { by, ...reason, ...edited });
    if (status !== 'approved') return false;
    const sent = ruling.arguments ?? request.arguments ?? {};
    if (ruling.scope) await this.remember(principal, request, sent, ruling.scope);
    return true;
  }

  private async remember(
    principal: Principal,
    request: ApprovalRequest,
    args: Record<string, unknown>,
    scope: Remembered,
  ): Promise<void> {
    const server = await this.servers.findForJob(request.serverId);
    if (!server || request.requestedBy === null) return;
    const call = {
      organizationId: request.organizationId,
      userId: request.requestedBy.id,
      sessionId: request.sessionId,
      serverId: request.serverId,
      accountVersion: server.accountVersion,
      tool: request.tool,
      pin: request.pin,
      arguments: args,
    };
    await this.grants.remember(call, { id: principal.userId, name: principal.username }, scope);
  }

  private async tell(
    { userId, username }: Principal,
    { id, organizationId, kind, tool, serverId, title }: ApprovalRequest,
    action: 'approval.approved' | 'approval.denied' | 'approval.withdrawn',
  ): Promise<void> {
    await this.activity.record({
      organizationId,
      action,
      actor: { id: userId, name: username },
      subject: { kind: 'approval', id, name: title },
      details: { kind, tool, server_id: serverId },
    });
  }
}

function check(
  request: StoredRequest,
  { decision, arguments: edited, scope }: Ruling,
  who: Principal,
  sight: Sight,
): void {
  const approvesCall = decision === 'approve' && request.kind !== 'tool';
  if (edited && !approvesCall) throw argumentsCannotChange();
  if (!scope) return;
  if (!approvesCall) throw nothingToRemember();
  const isTheirs = request.requestedBy?.id === who.userId;
  const level = sight.levels.get(request.serverId);
  if (!isTheirs && !(level && hasLevel(level, 'manage'))) throw rememberingNeedsManage();
}
