import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId, ServerId } from '../../platform/ids.js';
import type { Soon } from '@app/soon';
import type { Principal } from '../identity/principal.js';
import { IDENTITY_CHANGED } from '../identity/identity-changes.js';
import { hasLevel } from '../registry/access.js';
import { HintedCache } from '../registry/hinted-cache.js';
import { serverNotFound } from '../registry/registry.errors.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ServerHandles } from '../registry/server-handles.service.js';
import { serversTopic } from '../registry/server-hints.js';
import type { ListedTool } from '../registry/tool-state.js';
import { ToolGrants } from '../registry/tool-grants.service.js';
import { ToolsService } from '../registry/tools.service.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { GatewaySettings } from '../toolsets/gateway-settings.service.js';
import { Toolsets } from '../toolsets/toolset-views.service.js';
import type { OfferedTool } from '../toolsets/toolset-offer.js';
import { toolsetNotFound } from '../toolsets/toolsets.errors.js';
import { buildCatalogue, type Catalogue, nameTools, type OfferingServer } from './catalogue.js';
import type { GatewayCaller } from './gateway-caller.js';

const MOST = 2_000;
/** A change that this process did not hear of counts after this long. */
const MAX_AGE_MS = 4_000;

/** What each caller finds at each place, as it was a moment ago. */
@Injectable()
export class GatewayCatalogues implements OnModuleDestroy {
  private readonly known: HintedCache<Catalogue>;
  private readonly before = new Map<string, Catalogue>();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly access: ServerAccess,
    private readonly handles: ServerHandles,
    private readonly tools: ToolsService,
    private readonly upstreams: UpstreamsService,
    private readonly grants: ToolGrants,
    private readonly toolsets: Toolsets,
    private readonly settings: GatewaySettings,
    hints: Hints,
  ) {
    this.known = new HintedCache(hints, {
      topic: (key) => serversTopic(key.split(' ')[1] as OrganizationId),
      size: MOST,
      maxAgeMs: MAX_AGE_MS,
    });
    this.unsubscribe = hints.subscribe(IDENTITY_CHANGED, () => this.known.clear());
  }

  onModuleDestroy(): void {
    this.unsubscribe();
    this.known.close();
  }

  /** @throws 403, 404 where the place is not theirs */
  find(caller: GatewayCaller): Soon<Catalogue> {
    return this.known.get(caller.key, () => this.load(caller));
  }

  private async load(caller: GatewayCaller): Promise<Catalogue> {
    const built = await this.build(caller);
    const { key } = caller;
    const before = this.before.get(key);
    // The same object as long as nothing changed: what was read of it stays read.
    const kept =
      before?.version === built.version ? { ...before, servers: built.servers, withheld: built.withheld } : built;
    this.before.delete(key);
    this.before.set(key, kept);
    const [oldest] = this.before.keys();
    if (this.before.size > MOST && oldest !== undefined) this.before.delete(oldest);
    return kept;
  }

  private async build({ principal, place }: GatewayCaller): Promise<Catalogue> {
    const isOffered = (tool: ListedTool) => !tool.quarantined && this.grants.filter(principal, [tool]).length > 0;
    if (place.kind === 'toolset') {
      const view = await this.toolsets.find(principal, place.named);
      if (!view) throw toolsetNotFound();
      const { presentation } = view;
      const named = [...view.byName.values()];
      return buildCatalogue(await this.serversOf(principal, view.tools), named, { isOffered, presentation });
    }
    const servers = await (place.kind === 'all'
      ? this.listServers(principal)
      : this.findServer(principal, place.named));
    const presentation = await this.settings.presentationFor(principal);
    // Named before any is left out: the names of the others stay as they are.
    const named = nameTools(servers, { apart: place.kind === 'all' });
    return buildCatalogue(servers, named, { isOffered, presentation });
  }

  private async listServers(principal: Principal): Promise<OfferingServer[]> {
    const levels = await this.access.listLevels(principal);
    const usable = [...levels].filter(([, level]) => hasLevel(level, 'use')).map(([id]) => id);
    return Promise.all(usable.sort().map((id) => this.offerOf(principal, id, this.tools.listSeenTools(id))));
  }

  private async findServer(principal: Principal, named: string): Promise<OfferingServer[]> {
    const id = await this.handles.find(principal.organizationId, named);
    if (id === undefined) throw serverNotFound();
    await this.access.requireLately(principal, id, 'use');
    return [await this.offerOf(principal, id, this.tools.listTools(id))];
  }

  /** Those whose tools were selected: what these link to can be read. */
  private async serversOf({ organizationId }: Principal, tools: readonly OfferedTool[]): Promise<OfferingServer[]> {
    const { of } = await this.handles.list(organizationId);
    const names = new Map(tools.map(({ serverId, serverName }) => [serverId, serverName]));
    return [...names].map(([id, name]) => ({ id, name, handle: of.get(id) ?? id, tools: [] }));
  }

  private async offerOf(principal: Principal, id: ServerId, listed: Promise<ListedTool[]>): Promise<OfferingServer> {
    const { of } = await this.handles.list(principal.organizationId);
    const { name } = await this.upstreams.describe(id);
    return { id, name, handle: of.get(id) ?? id, tools: await listed };
  }
}
