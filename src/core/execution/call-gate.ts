import { Injectable } from '@nestjs/common';
import { automaticRule } from '../approvals/approval-policy.js';
import type { Principal } from '../identity/principal.js';
import { toolNotFound } from '../registry/registry.errors.js';
import type { McpServer } from '../registry/server.js';
import { ServerAccess } from '../registry/server-access.service.js';
import type { ToolDefinition } from '../registry/tool-definition.js';
import { ToolsService } from '../registry/tools.service.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { ExecutionService } from './execution.service.js';
import { argumentsAreInvalid } from './execution.errors.js';
import type { WantedCall } from './tool-call.js';

/** A call that nothing stands against but, perhaps, the word of a person. */
export interface AdmittedCall {
  server: McpServer;
  tool: ToolDefinition;
  verdict: { decision: 'run'; rule: string } | { decision: 'ask'; why: string };
}

/** What stands between somebody at a door and a tool, in its order. */
@Injectable()
export class CallGate {
  constructor(
    private readonly access: ServerAccess,
    private readonly upstreams: UpstreamsService,
    private readonly tools: ToolsService,
    private readonly execution: ExecutionService,
  ) {}

  /** @throws AppError for what no person at the inbox could let through */
  async admit(principal: Principal, wanted: WantedCall): Promise<AdmittedCall> {
    await this.access.require(principal, wanted.serverId, 'use');
    const server = await this.upstreams.describe(wanted.serverId);
    const tool = await this.tools.findTool(wanted.serverId, wanted.tool);
    if (!tool) throw toolNotFound();
    const issues = this.execution.validate(tool, wanted.arguments);
    if (issues.length > 0) throw argumentsAreInvalid(issues);
    return { server, tool, verdict: this.judge(server, tool) };
  }

  private judge({ approvalPolicy: policy }: McpServer, { readOnly }: ToolDefinition): AdmittedCall['verdict'] {
    const rule = automaticRule({ policy, readOnly, definitionApproved: false });
    return rule === undefined ? { decision: 'ask', why: 'the policy of this server asks' } : { decision: 'run', rule };
  }
}
