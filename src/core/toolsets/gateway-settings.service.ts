import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId } from '../../platform/ids.js';
import type { Soon } from '@app/soon';
import { Activity } from '../activity/activity.service.js';
import type { Presentation } from '../identity/presentation.js';
import type { Principal } from '../identity/principal.js';
import { HintedCache } from '../registry/hinted-cache.js';
import { GatewaySettingsRepository } from './gateway-settings.repository.js';
import { hintToolsetsChanged, toolsetsTopic } from './toolsets-topic.js';

const MOST_ORGANIZATIONS = 1_000;
const MAX_AGE_MS = 4_000;

/** How the clients of an organization are shown tools where no toolset and no key says it. */
@Injectable()
export class GatewaySettings implements OnModuleDestroy {
  private readonly known: HintedCache<Presentation>;

  constructor(
    private readonly database: Database,
    private readonly settings: GatewaySettingsRepository,
    private readonly activity: Activity,
    private readonly hints: Hints,
  ) {
    this.known = new HintedCache(hints, {
      topic: (id) => toolsetsTopic(id as OrganizationId),
      size: MOST_ORGANIZATIONS,
      maxAgeMs: MAX_AGE_MS,
    });
  }

  onModuleDestroy(): void {
    this.known.close();
  }

  /** For all servers at once, and for one: what the client's key says, else the organization. */
  presentationFor({ presentation, organizationId }: Principal): Soon<Presentation> {
    return presentation ?? this.known.get(organizationId, () => this.read(organizationId));
  }

  async get({ organizationId }: Principal): Promise<{ presentation: Presentation }> {
    return { presentation: await this.read(organizationId) };
  }

  async change({ organizationId }: Principal, presentation: Presentation): Promise<{ presentation: Presentation }> {
    await this.database.transaction(async () => {
      await this.settings.save(organizationId, presentation);
      const subject = { kind: 'organization', id: organizationId, name: 'gateway' };
      await this.activity.record({ organizationId, action: 'gateway.changed', subject, details: { presentation } });
      this.database.afterCommit(() => hintToolsetsChanged(this.hints, organizationId));
    });
    return { presentation };
  }

  private async read(organizationId: OrganizationId): Promise<Presentation> {
    return (await this.settings.find(organizationId)) ?? 'definitions';
  }
}
