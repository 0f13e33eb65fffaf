import { type Soon, whenHere } from '@app/soon';
import { Injectable } from '@nestjs/common';
import { ApprovalsService } from '../approvals/approvals.service.js';
import type { CallToDecide, Verdict } from '../approvals/verdict.js';
import type { Principal } from '../identity/principal.js';
import { toolNotFound, toolQuarantined } from '../registry/registry.errors.js';
import type { McpServer } from '../registry/server.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { effectivePolicy, type ListedTool } from '../registry/tool-state.js';
import { ToolGrants } from '../registry/tool-grants.service.js';
import { ToolsService } from '../registry/tools.service.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import type { AskedCall } from './call-log.js';
import { ExecutionService } from './execution.service.js';
import { argumentsAreInvalid, callIsRefused } from './execution.errors.js';
import type { WantedCall } from './tool-call.js';

/** A call that nothing stands against but, perhaps, the word of a person. */
export interface AdmittedCall {
  server: McpServer;
  tool: ListedTool;
  verdict: Exclude<Verdict, { decision: 'refuse' }>;
}

interface Admission {
  /** It is sent now, so that a permission for so many calls is taken one from. */
  toSend: boolean;
  /** Learns what is found on the way, for the log of a refusal. */
  asked?: AskedCall;
  /** It is handed on as it is: the server judges what it is given, unless a person is to be asked. */
  asIs?: true;
  /** It goes on with a call that was let through by this. */
  rule?: string | undefined;
}

/** What stands between somebody at a door and a tool, in its order. */
@Injectable()
export class CallGate {
  constructor(
    private readonly access: ServerAccess,
    private readonly upstreams: UpstreamsService,
    private readonly tools: ToolsService,
    private readonly grants: ToolGrants,
    private readonly approvals: ApprovalsService,
    private readonly execution: ExecutionService,
  ) {}

  /** @throws AppError for what no person at the inbox could let through */
  admit(
    principal: Principal,
    wanted: Pick<WantedCall, 'serverId' | 'tool' | 'arguments'>,
    admission: Admission,
  ): Soon<AdmittedCall> {
    const { serverId } = wanted;
    return whenHere(this.access.requireLately(principal, serverId, 'use'), () =>
      whenHere(this.upstreams.describe(serverId), (server) => {
        if (admission.asked) admission.asked.serverName = server.name;
        return whenHere(this.tools.findTool(serverId, wanted.tool), (tool) => {
          if (!tool) throw toolNotFound();
          return this.judge(principal, server, tool, wanted.arguments, admission);
        });
      }),
    );
  }

  private judge(
    principal: Principal,
    server: McpServer,
    tool: ListedTool,
    args: Record<string, unknown>,
    { toSend, asked, asIs, rule }: Admission,
  ): Soon<AdmittedCall> {
    if (asked) {
      asked.pin = tool.pin;
      asked.inputSchema = tool.inputSchema;
    }
    this.grants.require(principal, tool);
    if (tool.quarantined) throw toolQuarantined(tool);
    if (rule !== undefined) return { server, tool, verdict: { decision: 'run', rule } };
    const call = toQuestion(principal, server, tool, args);
    if (!asIs) this.checkArguments(tool, args);
    const decided = toSend ? this.approvals.decideToSend(call) : this.approvals.decide(call);
    return whenHere(decided, (verdict) => {
      if (verdict.decision === 'refuse') throw callIsRefused(verdict.code, verdict.message);
      if (asIs && verdict.decision === 'ask') this.checkArguments(tool, args);
      return { server, tool, verdict };
    });
  }

  /** An admitted call was not sent. */
  async giveBack({ verdict }: AdmittedCall): Promise<void> {
    await this.approvals.giveBack(verdict);
  }

  private checkArguments(tool: ListedTool, args: Record<string, unknown>): void {
    const issues = this.execution.validate(tool, args);
    if (issues.length > 0) throw argumentsAreInvalid(issues);
  }
}

const toQuestion = (
  { organizationId, userId }: Principal,
  server: McpServer,
  tool: ListedTool,
  args: Record<string, unknown>,
): CallToDecide => ({
  organizationId,
  userId,
  sessionId: null,
  serverId: server.id,
  accountVersion: server.accountVersion,
  policy: effectivePolicy(tool, server),
  tool: tool.name,
  pin: tool.pin,
  toolState: tool.state,
  readOnly: tool.readOnly,
  arguments: args,
});
