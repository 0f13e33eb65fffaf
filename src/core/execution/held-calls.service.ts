import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { isKeptAsJson } from '../../platform/database/kept-text.js';
import { Idempotency } from '../../platform/idempotency/idempotency.js';
import { type ApprovalId, newId, type UserId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { ambientFields } from '../../platform/logging/logger.js';
import { CONFIG, ORIGIN, type Origin } from '../../platform/tokens.js';
import type { ApprovalStatus, Door } from '../approvals/approval-request.js';
import { ApprovalRequests } from '../approvals/approval-requests.service.js';
import { CredentialsService } from '../identity/credentials.service.js';
import type { Principal } from '../identity/principal.js';
import { ServerAccess } from '../registry/server-access.service.js';
import type { ListedTool } from '../registry/tool-state.js';
import { ToolsService } from '../registry/tools.service.js';
import type { AdmittedCall } from './call-gate.js';
import { ExecutionService } from './execution.service.js';
import {
  alreadyDecided,
  argumentsAreInvalid,
  argumentsAreNotKept,
  heldCallNotFound,
  tooManyHeldCalls,
} from './execution.errors.js';
import { type HeldCallView, signInOf } from './held-call.js';
import { toWaitingCall } from './held-call-answer.js';
import { HeldCallsRepository, type RequestedCall } from './held-calls.repository.js';
import { expireHeldCall } from './expire-held-call.job.js';
import { runHeldCall } from './run-held-call.job.js';
import type { WaitingCall, WantedCall } from './tool-call.js';

/** Of one user, before somebody decides. */
const OPEN_AT_MOST = 200;

interface Approval {
  by: { id: UserId; name: string };
  reason?: string;
  /** Instead of those that were asked for. */
  arguments?: Record<string, unknown>;
}

/** Calls that wait for a person: kept exactly as they came, and run once when somebody says so. */
@Injectable()
export class HeldCalls {
  private readonly lifetimeMs: number;

  constructor(
    private readonly database: Database,
    private readonly held: HeldCallsRepository,
    private readonly requests: ApprovalRequests,
    private readonly credentials: CredentialsService,
    private readonly access: ServerAccess,
    private readonly tools: ToolsService,
    private readonly execution: ExecutionService,
    private readonly idempotency: Idempotency,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    @Inject(CONFIG) config: Config,
    @Inject(ORIGIN) private readonly origin: Origin,
  ) {
    this.lifetimeMs = config.approvals.lifetimeSeconds * 1_000;
  }

  /** @throws 400 for arguments that nobody can keep, 429 when too many of theirs wait */
  async hold(
    principal: Principal,
    { door, why }: { door: Door; why: string },
    wanted: Pick<WantedCall, 'arguments' | 'timeoutMs'>,
    { server, tool }: AdmittedCall,
  ): Promise<WaitingCall> {
    if (!isKeptAsJson(wanted.arguments)) throw argumentsAreNotKept();
    if ((await this.held.countOpen(principal.userId)) >= OPEN_AT_MOST) throw tooManyHeldCalls(OPEN_AT_MOST);
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + this.lifetimeMs);
    const logId = newId('log', now.getTime());
    const { readOnly, destructive, idempotent, openWorld } = tool;
    const { caller, requestId } = ambientFields();
    const viaName = await this.credentials.findName(principal);
    const approvalId = await this.database.transaction(async () => {
      const id = await this.requests.open({
        organizationId: principal.organizationId,
        kind: 'call',
        title: `${tool.title} on ${server.name}`,
        why,
        serverId: server.id,
        serverName: server.name,
        tool: tool.name,
        pin: tool.pin,
        risk: { read_only: readOnly, destructive, idempotent, open_world: openWorld },
        arguments: wanted.arguments,
        requestedBy: { id: principal.userId, name: principal.username },
        via: principal.via,
        viaName,
        door,
        sessionId: null,
        planId: null,
        nodeId: null,
        expiresAt,
      });
      await this.held.insert({
        approvalId: id,
        organizationId: principal.organizationId,
        userId: principal.userId,
        username: principal.username,
        via: principal.via,
        credentialId: principal.credentialId,
        door,
        serverId: server.id,
        tool: tool.name,
        pin: tool.pin,
        accountVersion: server.accountVersion,
        repeatable: readOnly || idempotent,
        arguments: wanted.arguments,
        timeoutMs: wanted.timeoutMs ?? null,
        ip: caller?.ip ?? null,
        userAgent: caller?.userAgent ?? null,
        requestId: requestId ?? null,
        logId,
        state: 'held',
        claim: null,
        answer: null,
        createdAt: now,
      });
      await this.idempotency.act(id);
      await this.jobs.enqueue(expireHeldCall, { approvalId: id }, { runAt: expiresAt, key: `expire:${id}` });
      return id;
    });
    return { status: 'approval_required', approvalId, url: this.urlOf(approvalId), expiresAt, logId };
  }

  /**
   * In the caller's transaction, or one of its own: ends the request and has the call made, once, by a job.
   * @returns what the request is now: `expired` or `superseded` where it was too late; undefined when it was ended before
   * @throws 400 for edited arguments that do not fit; 404
   */
  async approve(id: ApprovalId, { by, reason, arguments: edited }: Approval): Promise<ApprovalStatus | undefined> {
    return this.database.transaction(async () => {
      const call = await this.held.lock(id);
      if (!call) throw heldCallNotFound();
      if (call.status !== 'pending') return undefined;
      const late = await this.whyTooLate(call);
      if (late) {
        await this.requests.end(id, late);
        return late;
      }
      if (edited) await this.checkArguments(call, edited);
      await this.requests.end(id, 'approved', { by, ...(reason !== undefined && { reason }) });
      await this.held.queue(id, edited ?? call.arguments);
      await this.jobs.enqueue(runHeldCall, { approvalId: id }, { key: `held:${id}` });
      return 'approved';
    });
  }

  /**
   * By who asked, when somebody has signed in: what came to nothing before is made under the approval that it has.
   * Nothing where it was made, or is being made. @throws 404
   */
  async makeAfterSignIn({ userId, organizationId }: Principal, id: ApprovalId): Promise<void> {
    await this.database.transaction(async () => {
      const call = await this.held.lock(id);
      if (!call || call.userId !== userId || call.organizationId !== organizationId) throw heldCallNotFound();
      if (call.status !== 'approved' || call.state !== 'finished' || !signInOf(call)) return;
      await this.held.queueAgain(id, newId('log', this.clock.ms()));
      await this.jobs.enqueue(runHeldCall, { approvalId: id }, { key: `held:${id}` });
    });
  }

  /** By who asked, as long as nobody decided. @throws 404, 409 */
  async withdraw(principal: Principal, id: ApprovalId): Promise<HeldCallView> {
    const call = await this.held.find(id);
    if (!call || call.userId !== principal.userId || call.organizationId !== principal.organizationId) {
      throw heldCallNotFound();
    }
    const by = { id: principal.userId, name: principal.username };
    if (!(await this.requests.end(id, 'withdrawn', { by }))) throw alreadyDecided();
    return this.view(principal, id);
  }

  /** The same call by the same key or client that waits already, or of whose end nobody was told: clients ask again and again. */
  async findUntold(
    { userId, organizationId, credentialId }: Principal,
    { arguments: args }: Pick<WantedCall, 'arguments'>,
    { serverId, name, pin }: ListedTool,
  ): Promise<WaitingCall | undefined> {
    if (!isKeptAsJson(args)) throw argumentsAreNotKept();
    const call = { serverId, tool: name, pin, arguments: args };
    const id = await this.held.findUntold({ userId, organizationId, credentialId }, call);
    const found = id && (await this.held.find(id));
    return found && toWaitingCall({ ...found, url: this.urlOf(found.approvalId) });
  }

  /** Who asked hears what became of it. @returns whether it is for the first time */
  async markTold(id: ApprovalId): Promise<boolean> {
    return this.held.markTold(id, this.clock.now());
  }

  /** For who asked, and for who may use the server and so decide. @throws 404 */
  async view(principal: Principal, id: ApprovalId): Promise<HeldCallView> {
    const { userId, organizationId } = principal;
    const found = await this.held.find(id);
    if (!found || found.organizationId !== organizationId) throw heldCallNotFound();
    const isTheirs = found.userId === userId;
    if (!isTheirs && !(await this.access.mayUse({ userId, organizationId, serverId: found.serverId }))) {
      throw heldCallNotFound();
    }
    const call = (await this.expire(id)) ? await this.held.find(id) : found;
    if (!call) throw heldCallNotFound();
    const { userId: _user, organizationId: _organization, ...view } = call;
    return { ...view, url: this.urlOf(id) };
  }

  /** Ends what waited too long: by a job at its time, and whenever somebody looks. */
  async expire(id: ApprovalId): Promise<boolean> {
    const call = await this.held.find(id);
    const isDue = call?.status === 'pending' && call.expiresAt !== null && call.expiresAt <= this.clock.now();
    return isDue ? this.requests.end(id, 'expired') : false;
  }

  private async whyTooLate(call: RequestedCall): Promise<'expired' | 'superseded' | undefined> {
    if (call.expiresAt && call.expiresAt <= this.clock.now()) return 'expired';
    const tool = await this.tools.readTool(call.serverId, call.tool);
    return tool?.accountVersion === call.accountVersion && tool.pin === call.pin ? undefined : 'superseded';
  }

  private async checkArguments(call: RequestedCall, edited: Record<string, unknown>): Promise<void> {
    const tool = await this.tools.readTool(call.serverId, call.tool);
    const issues = tool ? this.execution.validate(tool, edited) : [];
    if (issues.length > 0) throw argumentsAreInvalid(issues);
  }

  private urlOf(id: ApprovalId): string {
    return `${this.origin.url}/approvals/${id}`;
  }
}
