import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { untilStored } from '../../platform/database/until-stored.js';
import { Hints } from '../../platform/hints/hints.js';
import type { ApprovalId } from '../../platform/ids.js';
import { Claims } from '../../platform/jobs/claims.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { approvalTopic } from '../approvals/approval-request.js';
import { ArtifactsService } from '../artifacts/artifacts.service.js';
import { whyQuarantined } from '../registry/registry.errors.js';
import { ServerAccess } from '../registry/server-access.service.js';
import type { ListedTool } from '../registry/tool-state.js';
import { ToolGrants } from '../registry/tool-grants.service.js';
import { ToolsService } from '../registry/tools.service.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { WebhookEvents } from '../webhooks/webhook-events.service.js';
import { type HeldAnswer, type HeldCall, toHeldAnswer } from './held-call.js';
import { HeldCallsRepository } from './held-calls.repository.js';
import { runHeldCall } from './run-held-call.job.js';
import type { CallFault, ToolOutcome } from './tool-outcome.js';

/** A held call that may be made: marked, and only the holder of the claim may end it. */
export interface BegunHeldCall {
  call: HeldCall;
  tool: ListedTool;
  claim: string;
}

const LOOK_AGAIN_MS = 2_000;
const ACCESS_LOST = {
  code: 'SERVER_ACCESS_LOST',
  message: 'Who asked may not use this server any more, or their key has ended.',
};
const NOT_GRANTED = { code: 'TOOL_NOT_GRANTED', message: 'Who asked may not call this tool any more.' };
const TOOL_CHANGED = {
  code: 'TOOL_CHANGED',
  message: 'The tool, its server or its account changed after the approval.',
};
const SERVER_AWAY = { code: 'SERVER_UNREACHABLE', message: 'The server does not answer.' };
const UNKNOWN = {
  code: 'OUTCOME_UNKNOWN',
  message: 'The process that made this call died before the answer came; it may have had its effect.',
};

/** The beginning and the end of each held call: the row is its ledger. */
@Injectable()
export class HeldCallRuns {
  constructor(
    private readonly database: Database,
    private readonly held: HeldCallsRepository,
    private readonly access: ServerAccess,
    private readonly tools: ToolsService,
    private readonly grants: ToolGrants,
    private readonly upstreams: UpstreamsService,
    private readonly artifacts: ArtifactsService,
    private readonly webhooks: WebhookEvents,
    private readonly claims: Claims,
    private readonly jobs: Jobs,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** Undefined when there is nothing to call: done, not to be done any more, or somebody else's. */
  async begin(id: ApprovalId, signal: AbortSignal): Promise<BegunHeldCall | undefined> {
    const tool = await this.findTool(id);
    const claim = this.claims.take();
    let begun: BegunHeldCall | undefined;
    try {
      // Under one claim: if only the answer to a commit was lost, the call has begun, and nothing was sent yet.
      begun = await untilStored(() => this.database.transaction(() => this.mark(id, claim, tool)), { signal });
      return begun;
    } finally {
      if (!begun) this.claims.release(claim);
    }
  }

  /** False when the claim was lost: what the call gave is then nobody's. */
  async finish({ call, claim }: BegunHeldCall, answer: HeldAnswer): Promise<boolean> {
    return untilStored(() =>
      this.database.transaction(async () => {
        const found = await this.held.lock(call.approvalId);
        if (found?.claim !== claim) return false;
        const { outcome } = answer;
        if ('artifacts' in outcome) for (const artifact of outcome.artifacts) await this.artifacts.record(artifact);
        await this.end(call, answer);
        return true;
      }),
    );
  }

  /** This process stops: what can be made again is, the rest may have had its effect. */
  async interrupt(begun: BegunHeldCall, sent: boolean): Promise<void> {
    const { call, claim } = begun;
    if (sent && !call.repeatable) {
      await this.finish(begun, toHeldAnswer({ status: 'lost', fault: UNKNOWN }, 0, null));
      return;
    }
    await this.database.transaction(async () => {
      const found = await this.held.lock(call.approvalId);
      if (found?.claim !== claim) return;
      await this.held.queue(call.approvalId, call.arguments);
      await this.askAgainLater(call.approvalId);
    });
  }

  /** Before the transaction: a server that was never seen is asked for its tools. */
  private async findTool(id: ApprovalId): Promise<ListedTool | 'gone' | 'away'> {
    const found = await this.held.find(id);
    if (!found) return 'gone';
    try {
      return (await this.tools.findTool(found.serverId, found.tool)) ?? 'gone';
    } catch {
      return 'away';
    }
  }

  private async mark(
    id: ApprovalId,
    claim: string,
    tool: ListedTool | 'gone' | 'away',
  ): Promise<BegunHeldCall | undefined> {
    const call = await this.held.lock(id);
    if (!call || call.state === 'finished' || call.state === 'held') return undefined;
    if (call.state === 'running' && call.claim !== claim) {
      if (await this.claims.isHeld(call.claim)) return this.askAgainLater(id);
      // Its process died between call and answer.
      if (!call.repeatable) return this.drop(call, { status: 'lost', fault: UNKNOWN });
    }
    const fault = await this.whyNot(call, tool);
    if (fault || typeof tool === 'string') {
      return this.drop(call, { status: 'not_sent', fault: fault ?? TOOL_CHANGED, transient: false });
    }
    await this.held.begin(id, claim, this.clock.now());
    return { call, tool, claim };
  }

  /** Approved by somebody who may use the server; whether who asked still may is looked at again. */
  private async whyNot(call: HeldCall, tool: ListedTool | 'gone' | 'away'): Promise<CallFault | undefined> {
    const isMember = await this.access.mayUse(call);
    // A sign-in may have ended since: its person is asked for alone.
    const isOfProgram = call.via === 'api_key' || call.via === 'oauth';
    const isAlive = !isOfProgram || (await this.held.isCredentialAlive(call.credentialId, this.clock.now()));
    if (!isMember || !isAlive) return ACCESS_LOST;
    if (tool === 'away') return SERVER_AWAY;
    if (tool !== 'gone' && (await this.grants.filterFor(call, [tool])).length === 0) return NOT_GRANTED;
    if (tool !== 'gone' && tool.quarantined) {
      return { code: 'TOOL_QUARANTINED', message: whyQuarantined(tool.name, tool.state) };
    }
    const server = await this.upstreams.describe(call.serverId);
    const isSame = tool !== 'gone' && tool.pin === call.pin && server.accountVersion === call.accountVersion;
    return isSame ? undefined : TOOL_CHANGED;
  }

  private async drop(call: HeldCall, outcome: ToolOutcome): Promise<undefined> {
    await this.end(call, toHeldAnswer(outcome, 0, null));
  }

  private async end(call: HeldCall, answer: HeldAnswer): Promise<void> {
    await this.held.finish(call.approvalId, answer, this.clock.now());
    await this.webhooks.record({
      organizationId: call.organizationId,
      type: 'call.finished',
      data: {
        approval_id: call.approvalId,
        server_id: call.serverId,
        tool: call.tool,
        status: answer.outcome.status,
        log_id: call.logId,
      },
    });
    this.database.afterCommit(() => this.hints.publish(approvalTopic(call.approvalId)));
  }

  /** For a second job of a call that somebody makes: it may still die. */
  private async askAgainLater(approvalId: ApprovalId): Promise<undefined> {
    const runAt = new Date(this.clock.ms() + LOOK_AGAIN_MS);
    await this.jobs.enqueue(runHeldCall, { approvalId }, { runAt, key: `held:${approvalId}` });
  }
}
