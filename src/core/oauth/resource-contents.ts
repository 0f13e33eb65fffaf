import { Injectable } from '@nestjs/common';
import type { ServerId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import { hasLevel } from '../registry/access.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ServerHandles } from '../registry/server-handles.service.js';
import { mayBeOffered } from '../registry/tool-callers.js';
import type { ListedTool } from '../registry/tool-state.js';
import { ToolsService } from '../registry/tools.service.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { Toolsets } from '../toolsets/toolset-views.service.js';
import type { AskedContents, AskedServer } from './authorization-request.js';
import type { ResourcePlace } from './resources.js';

const LISTED_SERVERS = 50;
const LISTED_TOOLS = 100;

const NOT_THERE: AskedContents = { isThere: false, title: null, servers: [], serverCount: 0 };

/** What a client would reach, as the gateway would serve it to the person who is asked. */
@Injectable()
export class ResourceContents {
  constructor(
    private readonly access: ServerAccess,
    private readonly handles: ServerHandles,
    private readonly upstreams: UpstreamsService,
    private readonly tools: ToolsService,
    private readonly toolsets: Toolsets,
  ) {}

  async describe(principal: Principal, place: ResourcePlace): Promise<AskedContents> {
    if (place.kind === 'all') return this.describeAll(principal);
    return place.kind === 'server'
      ? this.describeServer(principal, place.name)
      : this.describeToolset(principal, place.name);
  }

  private async describeAll(principal: Principal): Promise<AskedContents> {
    const levels = await this.access.listLevels(principal);
    const { of } = await this.handles.list(principal.organizationId);
    const usable = [...levels].filter(([, level]) => hasLevel(level, 'use')).map(([id]) => id);
    const handle = (id: ServerId) => of.get(id) ?? id;
    const first = usable.sort((a, b) => handle(a).localeCompare(handle(b))).slice(0, LISTED_SERVERS);
    const servers = await Promise.all(first.map((id) => this.toAsked(principal, id)));
    return { isThere: true, title: null, servers, serverCount: usable.length };
  }

  private async describeServer(principal: Principal, named: string): Promise<AskedContents> {
    const id = await this.handles.find(principal.organizationId, named);
    if (id === undefined || !(await this.access.mayDo(principal, id, 'use'))) return NOT_THERE;
    const server = await this.toAsked(principal, id);
    return { isThere: true, title: server.name, servers: [server], serverCount: 1 };
  }

  private async describeToolset(principal: Principal, handle: string): Promise<AskedContents> {
    const view = await this.toolsets.find(principal, handle);
    if (!view) return NOT_THERE;
    const names = new Map(view.tools.map(({ serverId, serverName }) => [serverId, serverName]));
    const servers = [...names].slice(0, LISTED_SERVERS).map(([id, name]) => {
      const tools = view.tools.filter(({ serverId }) => serverId === id);
      return { id, name, toolCount: tools.length, tools: namesOf(tools.map(({ tool }) => tool)) };
    });
    return { isThere: true, title: view.name, servers, serverCount: names.size };
  }

  /** Of one that was never seen nothing is asked now: a person waits. */
  private async toAsked(principal: Principal, id: ServerId): Promise<AskedServer> {
    const { name, toolCount } = await this.upstreams.describe(id);
    const seen = await this.tools.listSeenTools(id);
    const offered = seen.filter((tool) => !tool.quarantined && mayBeOffered(principal, tool));
    // What is told of the server may be older than its tools.
    const isKnown = toolCount !== null || seen.length > 0;
    return { id, name, toolCount: isKnown ? offered.length : null, tools: namesOf(offered) };
  }
}

/** What its server calls a tool is what it is, whatever a toolset calls it. */
const namesOf = (tools: readonly ListedTool[]) => tools.slice(0, LISTED_TOOLS).map(({ name }) => name);
