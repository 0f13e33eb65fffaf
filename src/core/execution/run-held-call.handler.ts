import { Injectable } from '@nestjs/common';
import type { ApprovalId } from '../../platform/ids.js';
import { Claims } from '../../platform/jobs/claims.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { Logger, withLogFields } from '../../platform/logging/logger.js';
import { toAppError } from '../../platform/errors/app-error.js';
import { ArtifactsService } from '../artifacts/artifacts.service.js';
import { ExecutionService } from './execution.service.js';
import { RULE_OF_HELD, toHeldAnswer } from './held-call.js';
import { type BegunHeldCall, HeldCallRuns } from './held-call-runs.service.js';
import { runHeldCall } from './run-held-call.job.js';
import type { ToolOutcome } from './tool-outcome.js';

@Injectable()
export class RunHeldCallHandler extends JobHandler<{ approvalId: string }> {
  readonly job = runHeldCall;

  constructor(
    private readonly runs: HeldCallRuns,
    private readonly execution: ExecutionService,
    private readonly artifacts: ArtifactsService,
    private readonly claims: Claims,
    private readonly logger: Logger,
  ) {
    super();
  }

  async run({ approvalId }: { approvalId: string }, { signal }: JobRun): Promise<void> {
    const begun = await this.runs.begin(approvalId as ApprovalId, signal);
    if (!begun) return;
    try {
      await asRequester(begun, () => this.callAndFinish(begun, signal));
    } finally {
      this.claims.release(begun.claim);
    }
  }

  private async callAndFinish(begun: BegunHeldCall, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    let asked: string | null = null;
    const outcome = await this.call(begun, signal, (question) => {
      asked = question;
    });
    if (signal.aborted && outcome.status === 'cancelled') return this.runs.interrupt(begun, outcome.sent);
    const answer = toHeldAnswer(outcome, performance.now() - started, asked);
    const told = await this.runs.finish(begun, answer);
    if (told || !('artifacts' in outcome)) return;
    for (const artifact of outcome.artifacts) await this.artifacts.discard(artifact);
  }

  private async call(
    { call, tool }: BegunHeldCall,
    signal: AbortSignal,
    onAsked: (question: string) => void,
  ): Promise<ToolOutcome> {
    try {
      return await this.execution.call(
        {
          organizationId: call.organizationId,
          userId: call.userId,
          sessionId: null,
          planId: null,
          nodeId: null,
          tool,
          arguments: call.arguments,
          ...(call.timeoutMs !== null && { timeoutMs: call.timeoutMs }),
          door: call.door,
          rule: RULE_OF_HELD,
          approvalId: call.approvalId,
          logId: call.logId,
        },
        {
          signal,
          onQuestion: async ({ message }) => {
            onAsked(message);
            return { action: 'cancel' };
          },
        },
      );
    } catch (error) {
      this.logger.error({ err: error }, 'a held call failed in an unforeseen way');
      const { code, message } = toAppError(error);
      return { status: 'lost', fault: { code, message } };
    }
  }
}

/** What is recorded of it is recorded of them. */
function asRequester({ call }: BegunHeldCall, work: () => Promise<void>): Promise<void> {
  const { userId, username, credentialId, via, ip, userAgent, requestId } = call;
  const caller = {
    ip: ip ?? '',
    userAgent: userAgent ?? undefined,
    actor: { id: userId, name: username },
    credentialId,
    via,
  };
  return withLogFields({ userId, caller, ...(requestId !== null && { requestId }) }, work);
}
