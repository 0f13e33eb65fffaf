import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId, ServerId, ToolsetId } from '../../platform/ids.js';
import { touch } from '../../platform/recent.js';
import { type Soon, whenHere } from '@app/soon';
import type { Presentation } from '../identity/presentation.js';
import type { Principal } from '../identity/principal.js';
import { HintedCache } from '../registry/hinted-cache.js';
import { mayBeOffered } from '../registry/tool-callers.js';
import { SeenServers } from './seen-servers.service.js';
import { offerOf, type OfferedTool, type SeenServer } from './toolset-offer.js';
import { isInAudience, type Toolset } from './toolset.js';
import { toolsetsTopic } from './toolsets-topic.js';
import { ToolsetsRepository } from './toolsets.repository.js';

/** A toolset as one caller is served it. */
export interface ToolsetView {
  id: ToolsetId;
  name: string;
  handle: string;
  description: string;
  /** How this caller is shown the tools. */
  presentation: Presentation;
  /** What they may call; the same list as long as nothing changed. Without what is in quarantine. */
  tools: readonly OfferedTool[];
  /** The same by the names that clients use, and what is in quarantine too: a call of it says so. */
  byName: ReadonlyMap<string, OfferedTool>;
}

interface Kept {
  /** What the view was made of: as long as it is the same, so is the view. */
  parts: readonly unknown[];
  view: ToolsetView;
}

const MOST_TOOLSETS = 1_000;
const MOST_VIEWS = 2_000;
/** A change that this process did not hear of counts after this long. */
const MAX_AGE_MS = 4_000;

/** What the gateway serves at `/mcp/t/{handle}`. */
@Injectable()
export class Toolsets implements OnModuleDestroy {
  private readonly stored: HintedCache<Toolset | undefined>;
  private readonly views = new Map<string, Kept>();

  constructor(
    private readonly toolsets: ToolsetsRepository,
    private readonly servers: SeenServers,
    hints: Hints,
  ) {
    this.stored = new HintedCache(hints, {
      topic: (key) => toolsetsTopic(organizationOf(key)),
      size: MOST_TOOLSETS,
      maxAgeMs: MAX_AGE_MS,
    });
  }

  onModuleDestroy(): void {
    this.stored.close();
  }

  /** Undefined: there is none of this handle, or it is not meant for the caller. No query where it was asked for a moment ago. */
  find(principal: Principal, handle: string): Soon<ToolsetView | undefined> {
    const { organizationId } = principal;
    const stored = this.stored.get(`${organizationId} ${handle}`, () =>
      this.toolsets.findByHandle(organizationId, handle),
    );
    return whenHere(stored, (toolset) => {
      if (!toolset || !isInAudience(principal, toolset)) return undefined;
      const ids = [...new Set(toolset.entries.map(({ serverId }) => serverId))];
      return whenHere(this.servers.usable(principal, ids), (servers) => this.view(principal, toolset, servers));
    });
  }

  private view(principal: Principal, toolset: Toolset, servers: readonly SeenServer[]): ToolsetView {
    const { credentialId, role, reach, presentation } = principal;
    const key = `${credentialId} ${toolset.id}`;
    const parts = [toolset, role, reach, presentation, ...servers.flatMap(({ id, name, tools }) => [id, name, tools])];
    const kept = this.views.get(key);
    if (kept && isSame(kept.parts, parts)) {
      touch(this.views, key, kept, MOST_VIEWS);
      return kept.view;
    }
    const view = this.make(principal, toolset, servers);
    this.views.delete(key);
    this.views.set(key, { parts, view });
    const [oldest] = this.views.keys();
    if (this.views.size > MOST_VIEWS && oldest !== undefined) this.views.delete(oldest);
    return view;
  }

  private make(principal: Principal, toolset: Toolset, servers: readonly SeenServer[]): ToolsetView {
    const { tools } = offerOf(toolset.entries, new Map<ServerId, SeenServer>(servers.map((one) => [one.id, one])));
    const granted = tools.filter(({ tool }) => mayBeOffered(principal, tool));
    const { id, name, handle, description, presentation } = toolset;
    return {
      id,
      name,
      handle,
      description,
      presentation: principal.presentation ?? presentation,
      tools: granted.filter(({ tool }) => !tool.quarantined),
      byName: new Map(granted.map((tool) => [tool.name, tool])),
    };
  }
}

const isSame = (before: readonly unknown[], now: readonly unknown[]) =>
  before.length === now.length && before.every((part, place) => part === now[place]);

const organizationOf = (key: string) => key.slice(0, key.indexOf(' ')) as OrganizationId;
