import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/errors/app-error.js';
import type { ServerId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import { ServerHandles } from '../registry/server-handles.service.js';
import { ServersService } from '../registry/servers.service.js';
import { ToolsService } from '../registry/tools.service.js';
import type { AskedContents, AskedServer } from './authorization-request.js';
import type { ResourcePlace } from './resources.js';

const LISTED_SERVERS = 50;
const LISTED_TOOLS = 100;

const NOT_THERE: AskedContents = { isThere: false, servers: [], serverCount: 0 };

interface ServerFacts {
  id: ServerId;
  name: string;
  toolCount: number | null;
}

/** What a client would reach, as the person sees it who is asked. */
@Injectable()
export class ResourceContents {
  constructor(
    private readonly servers: ServersService,
    private readonly handles: ServerHandles,
    private readonly tools: ToolsService,
  ) {}

  async describe(principal: Principal, place: ResourcePlace): Promise<AskedContents> {
    if (place.kind === 'server') return this.describeOne(principal, place.name);
    const { items, total } = await this.servers.listCounted(principal, { page: 1, size: LISTED_SERVERS });
    return { isThere: true, servers: await Promise.all(items.map((item) => this.toAsked(item))), serverCount: total };
  }

  private async describeOne(principal: Principal, name: string): Promise<AskedContents> {
    try {
      const id = await this.handles.find(principal.organizationId, name);
      if (id === undefined) return NOT_THERE;
      const server = await this.servers.get(principal, id);
      return { isThere: true, servers: [await this.toAsked(server)], serverCount: 1 };
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'not_found') throw error;
      return NOT_THERE;
    }
  }

  /** Of one that was never seen nothing is asked now: a person waits. */
  private async toAsked({ id, name, toolCount }: ServerFacts): Promise<AskedServer> {
    const listed = toolCount === null ? [] : await this.tools.listTools(id);
    return { id, name, toolCount, tools: listed.slice(0, LISTED_TOOLS).map((tool) => tool.name) };
  }
}
