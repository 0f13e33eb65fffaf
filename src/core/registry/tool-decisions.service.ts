import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId } from '../../platform/ids.js';
import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from './access.js';
import { nothingToRevoke, toolChanged, toolNotFound } from './registry.errors.js';
import { ServerAccess } from './server-access.service.js';
import type { ToolRecord } from './tool-state.js';
import { type Decider, ToolNews } from './tool-news.js';
import { ToolStatesRepository } from './tool-states.repository.js';
import { type DescribedTool, ToolsService } from './tools.service.js';
import { ToolTrust } from './tool-trust.js';

/** Which tool, and the definition that whoever decides had before their eyes. */
export interface ToolDecisionOn {
  name: string;
  pin: string;
}

/** Somebody who decides, now or when a job comes to it. */
type Person = Pick<Principal, 'userId' | 'username' | 'organizationId'>;

/** What a person decides about the tools of a server that they manage. */
@Injectable()
export class ToolDecisions {
  constructor(
    private readonly database: Database,
    private readonly access: ServerAccess,
    private readonly states: ToolStatesRepository,
    private readonly trust: ToolTrust,
    private readonly news: ToolNews,
    private readonly tools: ToolsService,
  ) {}

  /** All of them or none. @throws 403, 404, 409 TOOL_CHANGED for a definition that is not the present one */
  async approve(
    principal: Principal,
    serverId: ServerId,
    tools: readonly ToolDecisionOn[],
    reason?: string,
  ): Promise<DescribedTool[]> {
    await this.decide(principal, serverId, async (server) => {
      for (const on of tools) {
        const tool = await this.find(serverId, on);
        if (tool.state !== 'approved') await this.trust.approve(server, tool, deciderOf(principal, reason));
      }
    });
    const names = new Set(tools.map(({ name }) => name));
    return (await this.tools.describe(principal, serverId)).tools.filter(({ name }) => names.has(name));
  }

  /** @throws as `approve` */
  async approveOne(
    principal: Principal,
    serverId: ServerId,
    on: ToolDecisionOn,
    reason?: string,
  ): Promise<DescribedTool> {
    await this.approve(principal, serverId, [on], reason);
    return this.tools.describeTool(principal, serverId, on.name);
  }

  /** Every definition that the server offers now and that nobody rejected. */
  async approveCurrent(principal: Person, serverId: ServerId, reason?: string): Promise<void> {
    await this.decide(principal, serverId, async (server) => {
      for (const tool of await this.states.list(serverId)) {
        if (!tool.present || tool.state === 'approved' || tool.state === 'rejected') continue;
        await this.trust.approve(server, tool, deciderOf(principal, reason));
      }
    });
  }

  /** @throws as `approve` */
  async reject(principal: Principal, serverId: ServerId, on: ToolDecisionOn, reason?: string): Promise<DescribedTool> {
    await this.decide(principal, serverId, async (server) => {
      const tool = await this.find(serverId, on);
      if (tool.state !== 'rejected') await this.trust.reject(server, tool, deciderOf(principal, reason));
    });
    return this.tools.describeTool(principal, serverId, on.name);
  }

  /** @throws 403, 404, 409 TOOL_NOT_APPROVED */
  async revoke(principal: Principal, serverId: ServerId, name: string, reason?: string): Promise<DescribedTool> {
    await this.decide(principal, serverId, async (server) => {
      const tool = await this.find(serverId, { name });
      if (tool.state !== 'approved') throw nothingToRevoke();
      await this.trust.revoke(server, tool, deciderOf(principal, reason));
    });
    return this.tools.describeTool(principal, serverId, name);
  }

  /** @param policy null: that of the server */
  async setPolicy(
    principal: Principal,
    serverId: ServerId,
    name: string,
    policy: ApprovalPolicy | null,
  ): Promise<DescribedTool> {
    await this.decide(principal, serverId, async (server) => {
      const tool = await this.find(serverId, { name });
      if (tool.approvalPolicy === policy) return;
      await this.states.setPolicy(serverId, name, policy);
      const changed = { ...tool, approvalPolicy: policy };
      await this.news.policyChanged(server, changed, policy);
      await this.trust.applyPolicy(server, [changed], deciderOf(principal, 'the tool was set to run without asking'));
    });
    return this.tools.describeTool(principal, serverId, name);
  }

  private async decide(
    principal: Person,
    serverId: ServerId,
    work: (server: VisibleServer) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async () => work(await this.access.lock(principal, serverId, 'manage')));
  }

  private async find(serverId: ServerId, { name, pin }: { name: string; pin?: string }): Promise<ToolRecord> {
    const tool = await this.states.find(serverId, name);
    if (!tool?.present) throw toolNotFound();
    if (pin !== undefined && pin !== tool.pin) throw toolChanged(tool.pin);
    return tool;
  }
}

const deciderOf = ({ userId, username }: Person, reason: string | undefined): Decider => ({
  by: { id: userId, name: username },
  ...(reason !== undefined && { reason }),
});
