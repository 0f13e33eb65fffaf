import { buildIndex, joinIndexes, search, type ToolIndex } from '@app/tool-search';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { mayCallTool } from '../registry/tool-callers.js';
import { SeenServers } from './seen-servers.service.js';
import { offerAll, type OfferedTool, type SeenServer } from './toolset-offer.js';

export interface FoundTool {
  offered: OfferedTool;
  score: number;
}

interface SearchOptions {
  limit: number;
  accepts?: (tool: OfferedTool) => boolean;
}

/** A list of tools, read once. */
interface Part {
  index: ToolIndex;
  byKey: ReadonlyMap<string, OfferedTool>;
}

export const MOST_FOUND = 100;

/** Finds tools by words. What was read is kept as long as somebody holds the list that it was read from. */
@Injectable()
export class ToolSearch {
  private readonly parts = new WeakMap<readonly OfferedTool[], Part>();
  private readonly offers = new WeakMap<SeenServer['tools'], { of: string; tools: readonly OfferedTool[] }>();

  constructor(
    private readonly access: ServerAccess,
    private readonly servers: SeenServers,
  ) {}

  /** Among all that the caller may call now. */
  async find(principal: Principal, query: string, limit: number): Promise<FoundTool[]> {
    const levels = await this.access.listLevels(principal);
    const servers = await this.servers.usable(principal, [...levels.keys()]);
    const accepts = ({ tool }: OfferedTool) => !tool.quarantined && mayCallTool(principal, 'use', tool);
    const lists = servers.map((server) => this.offerOf(server));
    return this.findIn(lists, query, { limit, accepts });
  }

  /** Among tools as they are offered: in lists that stay the same, so that only what changed is read again. */
  findIn(
    lists: readonly (readonly OfferedTool[])[],
    query: string,
    { limit, accepts = () => true }: SearchOptions,
  ): FoundTool[] {
    const parts = lists.map((tools) => this.partOf(tools));
    const at = (key: string, part: number) => parts[part]?.byKey.get(key);
    const found = search(joinIndexes(parts.map(({ index }) => index)), query, {
      limit: Math.min(limit, MOST_FOUND),
      accepts: (key, part) => {
        const tool = at(key, part);
        return tool !== undefined && accepts(tool);
      },
    });
    return found.flatMap(({ key, score, part }) => {
      const offered = at(key, part);
      return offered ? [{ offered, score }] : [];
    });
  }

  private partOf(tools: readonly OfferedTool[]): Part {
    const known = this.parts.get(tools);
    if (known) return known;
    const byKey = new Map(tools.map((tool) => [keyOf(tool), tool]));
    const part = { index: buildIndex([...byKey].map(([key, tool]) => toSearchable(key, tool))), byKey };
    this.parts.set(tools, part);
    return part;
  }

  private offerOf(server: SeenServer): readonly OfferedTool[] {
    const known = this.offers.get(server.tools);
    if (known?.of === server.name) return known.tools;
    const tools = offerAll(server);
    this.offers.set(server.tools, { of: server.name, tools });
    return tools;
  }
}

const keyOf = ({ serverId, tool }: OfferedTool) => `${serverId} ${tool.name}`;

const toSearchable = (key: string, { name, title, description, serverName, tool }: OfferedTool) => ({
  key,
  name,
  title,
  description,
  inputSchema: tool.inputSchema,
  server: serverName,
});
