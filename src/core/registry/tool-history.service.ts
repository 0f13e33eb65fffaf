import { diffTools, type ToolDiff } from '@app/tool-diff';
import { Injectable } from '@nestjs/common';
import type { ServerId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import type { PinnedTool } from './tool-definition.js';
import { isQuarantined, type ToolRecord, type ToolVersion } from './tool-state.js';
import { ToolStatesRepository } from './tool-states.repository.js';
import { type DescribedTool, ToolsService } from './tools.service.js';

/** What changed from one definition to another; both by their pins. */
export interface DefinitionDiff extends ToolDiff {
  from: string;
  to: string;
}

export interface ToolHistoryOf {
  tool: DescribedTool;
  /** As the server gave it. */
  definition: PinnedTool;
  /** Newest first. */
  versions: ToolVersion[];
  /** Since what was trusted last; null where the present definition is trusted, or there was none before. */
  diff: DefinitionDiff | null;
}

/** The definitions that tools had, and what became of them. */
@Injectable()
export class ToolHistory {
  constructor(
    private readonly states: ToolStatesRepository,
    private readonly tools: ToolsService,
  ) {}

  /** @throws 404, 502 for a server that never answered */
  async get(principal: Principal, serverId: ServerId, name: string): Promise<ToolHistoryOf> {
    const tool = await this.tools.describeTool(principal, serverId, name);
    const versions = await this.states.listVersions(serverId, name);
    const explained = await this.explain(serverId, name, tool.pin);
    const { inputSchema, outputSchema, annotations, title, description } = tool;
    const known = { name, title, description, inputSchema, ...(outputSchema && { outputSchema }), annotations };
    return {
      tool,
      versions,
      definition: explained?.definition ?? known,
      diff: isQuarantined(tool.state) ? (explained?.diff ?? null) : null,
    };
  }

  /** A definition that somebody is asked about, for whoever was let in before. Undefined when it is not kept any more. */
  async explain(
    serverId: ServerId,
    name: string,
    pin: string,
  ): Promise<{ definition: PinnedTool; diff: DefinitionDiff | null } | undefined> {
    const definition = await this.states.findDefinition(serverId, name, pin);
    if (!definition) return undefined;
    const base = await this.findBase(serverId, name, pin);
    if (!base) return { definition, diff: null };
    const known = await this.states.list(serverId);
    const diff = diffTools(base.definition, definition, namesBeside(known, name));
    return { definition, diff: { from: base.pin, to: pin, ...diff } };
  }

  /** Of two definitions of one tool. */
  async compare(
    tool: Pick<ToolRecord, 'serverId' | 'name'>,
    from: ToolVersion,
    to: ToolVersion,
  ): Promise<DefinitionDiff | undefined> {
    const before = await this.states.findDefinition(tool.serverId, tool.name, from.pin);
    const after = await this.states.findDefinition(tool.serverId, tool.name, to.pin);
    if (!before || !after) return undefined;
    const known = await this.states.list(tool.serverId);
    return { from: from.pin, to: to.pin, ...diffTools(before, after, namesBeside(known, tool.name)) };
  }

  /** What was trusted last: approved, else there from the first; under its old name where it was renamed. */
  private async findBase(
    serverId: ServerId,
    name: string,
    pin: string,
  ): Promise<{ pin: string; definition: PinnedTool } | undefined> {
    const versions = (await this.states.listVersions(serverId, name)).filter((one) => one.pin !== pin);
    const base =
      versions.find(({ status }) => status === 'approved') ??
      versions.find(({ status }) => status === 'first_seen' || status === 'revoked');
    if (base) {
      const definition = await this.states.findDefinition(serverId, name, base.pin);
      return definition && { pin: base.pin, definition };
    }
    const record = await this.states.find(serverId, name);
    const renamed = record?.renamedFrom ? await this.states.find(serverId, record.renamedFrom) : undefined;
    const definition = renamed && (await this.states.findDefinition(serverId, renamed.name, renamed.pin));
    return definition && { pin: renamed.pin, definition };
  }
}

const namesBeside = (tools: readonly ToolRecord[], name: string): string[] =>
  tools.flatMap((tool) => (tool.present && tool.name !== name ? [tool.name] : []));
