import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { ServerId } from '../../platform/ids.js';
import { type Soon, whenHere } from '@app/soon';
import type { Principal } from '../identity/principal.js';
import type { ServerUse } from './access.js';
import { callersAreNoMembers, toolNotFound, toolNotGranted } from './registry.errors.js';
import { ServerAccess } from './server-access.service.js';
import {
  type GrantedTool,
  isCaller,
  isGranted,
  mayBeOffered,
  mayCallTool,
  type ToolCallersChange,
} from './tool-callers.js';
import { ToolCallersRepository } from './tool-callers.repository.js';
import { ToolNews } from './tool-news.js';
import { ToolStatesRepository } from './tool-states.repository.js';
import { type DescribedTool, ToolsService } from './tools.service.js';

/** Who may call which tool of a server that they may use: by role or name, and by what their key is limited to. */
@Injectable()
export class ToolGrants {
  constructor(
    private readonly database: Database,
    private readonly access: ServerAccess,
    private readonly tools: ToolsService,
    private readonly states: ToolStatesRepository,
    private readonly callers: ToolCallersRepository,
    private readonly news: ToolNews,
    private readonly clock: Clock,
  ) {}

  /** By what was read at most a few seconds ago, the access to its server included; of a tool that is not there: false. */
  mayCall(principal: Principal, serverId: ServerId, tool: string): Soon<boolean> {
    return whenHere(this.access.findLately(principal, serverId), (level) => {
      if (level === undefined) return false;
      const found = this.tools.findTool(serverId, tool);
      return whenHere(found, (listed) => listed !== undefined && mayCallTool(principal, level, listed));
    });
  }

  /** Those that the caller is offered, of servers that they may use. */
  filter<Tool extends GrantedTool>(principal: Principal, tools: readonly Tool[]): Tool[] {
    return tools.filter((tool) => mayBeOffered(principal, tool));
  }

  /** @throws 403 TOOL_NOT_GRANTED */
  require(principal: Principal, tool: GrantedTool): void {
    if (!isGranted(principal, tool)) throw toolNotGranted();
  }

  /** For what goes on without its user: those that they may call now, where they may use the servers. */
  async filterFor<Tool extends GrantedTool>(
    { userId, organizationId }: Omit<ServerUse, 'serverId'>,
    tools: readonly Tool[],
  ): Promise<Tool[]> {
    if (tools.every(({ callers }) => callers === null)) return [...tools];
    const role = await this.callers.findRole(userId, organizationId);
    return role ? tools.filter((tool) => isCaller({ userId, role }, tool)) : [];
  }

  /** @throws 400 for somebody who is no member, 403, 404 */
  async change(
    principal: Principal,
    serverId: ServerId,
    name: string,
    change: ToolCallersChange,
  ): Promise<DescribedTool> {
    const { leastRole } = change;
    const users = change.users && [...new Set(change.users)];
    await this.database.transaction(async () => {
      const server = await this.access.lock(principal, serverId, 'manage');
      const tool = await this.states.find(serverId, name);
      if (!tool?.present) throw toolNotFound();
      const decision = { by: principal.userId, at: this.clock.now() };
      const named = await this.callers.replace(serverId, name, { leastRole, users }, decision);
      if (named < (users?.length ?? 0)) throw callersAreNoMembers();
      await this.news.callersChanged(server, tool, { least_role: leastRole, users });
    });
    return this.tools.describeTool(principal, serverId, name);
  }
}
