import { Injectable } from '@nestjs/common';
import type { ServerId } from '../../platform/ids.js';
import type { PageRequest } from '../../platform/page.js';
import type { Principal } from '../identity/principal.js';
import { toolNotFound, versionNotFound } from './registry.errors.js';
import { ServerAccess } from './server-access.service.js';
import { ToolDecisions } from './tool-decisions.service.js';
import { type DefinitionDiff, ToolHistory } from './tool-history.service.js';
import { type KeptTool, TOOL_STATES, type ToolState, type ToolVersion } from './tool-state.js';
import { ToolDirectoryRepository } from './tool-directory.repository.js';
import { ToolStatesRepository } from './tool-states.repository.js';
import type { PinnedTool } from './tool-definition.js';

export interface CountedTools {
  items: KeptTool[];
  total: number;
}

const MOST_SERVERS = 10_000;

/** Tools by their own ids, across the servers that somebody sees. */
@Injectable()
export class ToolDirectory {
  constructor(
    private readonly directory: ToolDirectoryRepository,
    private readonly states: ToolStatesRepository,
    private readonly access: ServerAccess,
    private readonly history: ToolHistory,
    private readonly decisions: ToolDecisions,
  ) {}

  async listInState(principal: Principal, states: readonly ToolState[], page: PageRequest): Promise<CountedTools> {
    const { items } = await this.access.list(principal, { page: 1, size: MOST_SERVERS });
    return this.directory.list(
      items.map(({ id }) => id),
      states,
      page,
    );
  }

  /** @throws 404 */
  async listOfServer(principal: Principal, serverId: ServerId, page: PageRequest): Promise<CountedTools> {
    await this.access.require(principal, serverId, 'see');
    return this.directory.list([serverId], TOOL_STATES, page);
  }

  /** @throws 404 */
  async get(principal: Principal, id: string): Promise<KeptTool> {
    const tool = await this.directory.find(id);
    const { userId, organizationId } = principal;
    const hidden = tool && (await this.access.listHidden([{ userId, organizationId, serverId: tool.serverId }]));
    if (!tool || hidden?.size !== 0) throw toolNotFound();
    return tool;
  }

  /** Decides on the definition that the tool has now. @throws 403, 404 */
  async decide(principal: Principal, id: string, action: 'approve' | 'reject', comment?: string): Promise<KeptTool> {
    const { serverId, name, pin } = await this.get(principal, id);
    if (action === 'approve') await this.decisions.approve(principal, serverId, [{ name, pin }], comment);
    else await this.decisions.reject(principal, serverId, { name, pin }, comment);
    return this.get(principal, id);
  }

  /** @throws 403, 404, 409 TOOL_NOT_APPROVED */
  async revoke(principal: Principal, id: string, comment?: string): Promise<KeptTool> {
    const { serverId, name } = await this.get(principal, id);
    await this.decisions.revoke(principal, serverId, name, comment);
    return this.get(principal, id);
  }

  /** Newest first. @throws 404 */
  async listVersions(principal: Principal, id: string): Promise<ToolVersion[]> {
    const { serverId, name } = await this.get(principal, id);
    return this.states.listVersions(serverId, name);
  }

  /** @throws 404 */
  async getVersion(
    principal: Principal,
    id: string,
    number: number,
  ): Promise<{ version: ToolVersion; definition: PinnedTool }> {
    const { serverId, name } = await this.get(principal, id);
    const version = await this.findVersion(serverId, name, number);
    const definition = await this.states.findDefinition(serverId, name, version.pin);
    if (!definition) throw versionNotFound();
    return { version, definition };
  }

  /** @throws 404 */
  async compare(
    principal: Principal,
    id: string,
    { from, to }: { from: number; to: number },
  ): Promise<{ from: ToolVersion; to: ToolVersion; diff: DefinitionDiff }> {
    const tool = await this.get(principal, id);
    const before = await this.findVersion(tool.serverId, tool.name, from);
    const after = await this.findVersion(tool.serverId, tool.name, to);
    const diff = await this.history.compare(tool, before, after);
    if (!diff) throw versionNotFound();
    return { from: before, to: after, diff };
  }

  private async findVersion(serverId: ServerId, name: string, number: number): Promise<ToolVersion> {
    const found = (await this.states.listVersions(serverId, name)).find((version) => version.number === number);
    if (!found) throw versionNotFound();
    return found;
  }
}
