import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { AppError } from '../../platform/errors/app-error.js';
import { Idempotency } from '../../platform/idempotency/idempotency.js';
import { type ApprovalId, newId } from '../../platform/ids.js';
import type { Door } from '../approvals/approval-request.js';
import { ArtifactsService } from '../artifacts/artifacts.service.js';
import type { Principal } from '../identity/principal.js';
import { type AskedCall, CallLog } from './call-log.js';
import { type AdmittedCall, CallGate } from './call-gate.js';
import { ExecutionService } from './execution.service.js';
import { notSent } from './execution.errors.js';
import { toFinishedCall, toWaitingCall } from './held-call-answer.js';
import { hasEnded, HeldCallWaits } from './held-call-waits.service.js';
import { HeldCalls } from './held-calls.service.js';
import type { CallAnswer, CallListener, FinishedCall, JudgedCall, WantedCall } from './tool-call.js';
import { isUnsent } from './tool-outcome.js';

/** Calls of tools from doors without a session: a program's, a playground's. */
@Injectable()
export class ToolCalls {
  constructor(
    private readonly gate: CallGate,
    private readonly execution: ExecutionService,
    private readonly held: HeldCalls,
    private readonly log: CallLog,
    private readonly waits: HeldCallWaits,
    private readonly artifacts: ArtifactsService,
    private readonly idempotency: Idempotency,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs it, or says who has to decide.
   * @throws AppError for what may not be called, and where nothing was sent
   */
  async call(
    principal: Principal,
    door: Door,
    wanted: WantedCall,
    listener: CallListener,
  ): Promise<CallAnswer | JudgedCall> {
    if (wanted.dryRun) return this.judge(principal, wanted);
    const heldBefore = this.idempotency.standsFor;
    if (heldBefore !== null) return this.takeUp(principal, heldBefore as ApprovalId, wanted, listener);
    const start = this.log.start();
    const { serverId, tool, arguments: request } = wanted;
    const asked: AskedCall = { door, method: 'tools/call', serverId, tool, request };
    const refused = (error: unknown): never => {
      this.log.refused(principal, asked, error, start);
      throw error;
    };
    let admitted: AdmittedCall;
    try {
      admitted = await this.gate.admit(principal, wanted, { toSend: true, asked });
    } catch (error) {
      return refused(error);
    }
    const { verdict } = admitted;
    if (verdict.decision === 'run')
      return await this.run(principal, { door, rule: verdict.rule }, wanted, admitted, listener);
    const held = this.held.hold(principal, { door, why: verdict.why }, wanted, admitted);
    const waiting = await held.catch(refused);
    this.log.waiting(principal, asked, { ...waiting, why: verdict.why }, start);
    if (!wanted.waitMs) return waiting;
    const view = await this.waits.view(principal, waiting.approvalId, wanted.waitMs, listener.signal);
    return hasEnded(view) ? toFinishedCall(view) : waiting;
  }

  /** The process that held it died before it could say so: the same key is answered with the call that waits. */
  private async takeUp(
    principal: Principal,
    id: ApprovalId,
    { waitMs = 0 }: WantedCall,
    { signal }: CallListener,
  ): Promise<CallAnswer> {
    const view = await this.waits.view(principal, id, waitMs, signal);
    return waitMs > 0 && hasEnded(view) ? toFinishedCall(view) : toWaitingCall(view);
  }

  /** What would come of a call; nothing is sent, asked or logged. */
  private async judge(principal: Principal, wanted: WantedCall): Promise<JudgedCall> {
    try {
      const { verdict } = await this.gate.admit(principal, wanted, { toSend: false });
      const reason = verdict.decision === 'run' ? verdict.rule : verdict.why;
      return { status: 'dry_run', would: verdict.decision, reason, issues: [] };
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'not_found') throw error;
      return { status: 'dry_run', would: 'refuse', reason: error.message, issues: error.issues };
    }
  }

  private async run(
    { userId, organizationId }: Principal,
    { door, rule }: { door: Door; rule: string },
    wanted: WantedCall,
    admitted: AdmittedCall,
    { signal, onProgress, onLog }: CallListener,
  ): Promise<FinishedCall> {
    const { tool } = admitted;
    // What only reads, or may be done twice, needs no mark before it.
    if (!tool.readOnly && !tool.idempotent) await this.mark(admitted);
    const logId = newId('log', this.clock.ms());
    const started = performance.now();
    let asked: string | null = null;
    const outcome = await this.execution.call(
      {
        organizationId,
        userId,
        sessionId: null,
        planId: null,
        nodeId: null,
        tool,
        arguments: wanted.arguments,
        ...(wanted.timeoutMs !== undefined && { timeoutMs: wanted.timeoutMs }),
        door,
        rule,
        logId,
        validated: true,
      },
      {
        signal,
        ...(onProgress && { onProgress }),
        ...(onLog && { onLog }),
        onQuestion: async ({ message }) => {
          asked = message;
          return { action: 'cancel' };
        },
      },
    );
    if (isUnsent(outcome)) await this.gate.giveBack(admitted);
    if (outcome.status === 'not_sent') throw notSent(outcome);
    if ('artifacts' in outcome && outcome.artifacts.length > 0) await this.keep(outcome.artifacts);
    return { status: 'finished', outcome, durationMs: performance.now() - started, logId, rule, asked };
  }

  private async mark(admitted: AdmittedCall): Promise<void> {
    try {
      await this.idempotency.act();
    } catch (error) {
      await this.gate.giveBack(admitted);
      throw error;
    }
  }

  private async keep(artifacts: readonly Parameters<ArtifactsService['record']>[0][]): Promise<void> {
    await this.database.transaction(async () => {
      for (const artifact of artifacts) await this.artifacts.record(artifact);
    });
  }
}
