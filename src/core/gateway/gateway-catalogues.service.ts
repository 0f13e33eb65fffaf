import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId, ServerId } from '../../platform/ids.js';
import type { Soon } from '../../platform/soon.js';
import { IDENTITY_CHANGED } from '../identity/identity-changes.js';
import { hasLevel } from '../registry/access.js';
import { HintedCache } from '../registry/hinted-cache.js';
import { serverNotFound } from '../registry/registry.errors.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ServerHandles } from '../registry/server-handles.service.js';
import { serversTopic } from '../registry/server-hints.js';
import type { ListedTool } from '../registry/tool-state.js';
import { ToolsService } from '../registry/tools.service.js';
import { buildCatalogue, type Catalogue, type OfferingServer } from './catalogue.js';
import { type GatewayCaller, keyOf } from './gateway-caller.js';

const MOST = 2_000;
/** A change that this process did not hear of counts after this long. */
const MAX_AGE_MS = 4_000;

/** What each caller finds at each place, as it was a moment ago. */
@Injectable()
export class GatewayCatalogues implements OnModuleDestroy {
  private readonly known: HintedCache<Catalogue>;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly access: ServerAccess,
    private readonly handles: ServerHandles,
    private readonly tools: ToolsService,
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
    return this.known.get(keyOf(caller), () => this.load(caller));
  }

  private async load({ principal, place }: GatewayCaller): Promise<Catalogue> {
    const handles = await this.handles.list(principal.organizationId);
    if (place.kind === 'all') {
      const levels = await this.access.listLevels(principal);
      const usable = [...levels].filter(([, level]) => hasLevel(level, 'use')).map(([id]) => id);
      const offers = usable.sort().map((id) => this.offerOf(id, handles.of, this.tools.listSeenTools(id)));
      return buildCatalogue(await Promise.all(offers), { named: true });
    }
    const id = await this.handles.find(principal.organizationId, place.named);
    if (place.kind === 'toolset' || id === undefined) throw serverNotFound();
    await this.access.requireLately(principal, id, 'use');
    return buildCatalogue([await this.offerOf(id, handles.of, this.tools.listTools(id))], { named: false });
  }

  private async offerOf(
    id: ServerId,
    handles: ReadonlyMap<ServerId, string>,
    tools: Promise<ListedTool[]>,
  ): Promise<OfferingServer> {
    return { id, handle: handles.get(id) ?? id, tools: (await tools).filter(({ quarantined }) => !quarantined) };
  }
}
