import type { Notification, SubscriptionFilter } from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import type { ServerId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import { type OfferHint, offersTopic, serversTopic } from '../registry/server-hints.js';
import type { Catalogue } from './catalogue.js';
import { exposeUri } from './exposed-uris.js';
import type { GatewayCaller } from './gateway-caller.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';
import { ResourceSubscriptions } from './resource-subscriptions.service.js';

type Hear = (said: Notification) => void;

/** Hints come in crowds, and one look answers all. */
const PAUSE_MS = 50;
/** Hints may be lost. */
const LOOK_MS = 30_000;

/** Tells clients that listen what is different about what they are offered. */
@Injectable()
export class GatewayNews {
  constructor(
    private readonly catalogues: GatewayCatalogues,
    private readonly subscriptions: ResourceSubscriptions,
    private readonly hints: Hints,
    private readonly logger: Logger,
  ) {}

  /** Until the returned function is called. */
  follow(caller: GatewayCaller, filter: SubscriptionFilter, hear: Hear): () => void {
    const resources = this.subscriptions.open(caller, filter.resourceSubscriptions ?? []);
    const servers = new Map<ServerId, () => void>();
    let version: string | undefined;
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    const look = async () => {
      const catalogue = await this.catalogues.find(caller);
      if (ended) return;
      const isNews = version !== undefined && version !== catalogue.version;
      version = catalogue.version;
      if (isNews && filter.toolsListChanged) hear({ method: 'notifications/tools/list_changed' });
      this.followServers(caller, catalogue, servers, filter, hear);
    };
    const lookSafely = () => {
      clearTimeout(timer);
      timer = undefined;
      look()
        .catch((error: unknown) => this.logger.debug({ err: error }, 'a catalogue could not be read'))
        .finally(() => {
          if (!ended) timer ??= setTimeout(lookSafely, LOOK_MS).unref();
        });
    };
    lookSafely();
    const unsubscribe = this.hints.subscribe(serversTopic(caller.principal.organizationId), () => {
      clearTimeout(timer);
      timer = setTimeout(lookSafely, PAUSE_MS);
    });
    return () => {
      ended = true;
      clearTimeout(timer);
      unsubscribe();
      for (const stop of servers.values()) stop();
      resources.close();
    };
  }

  private followServers(
    caller: GatewayCaller,
    catalogue: Catalogue,
    followed: Map<ServerId, () => void>,
    filter: SubscriptionFilter,
    hear: Hear,
  ): void {
    const handles = new Map(catalogue.servers.map(({ id, handle }) => [id, handle]));
    for (const [id, stop] of followed) {
      if (handles.has(id)) continue;
      stop();
      followed.delete(id);
    }
    const wanted = new Set(filter.resourceSubscriptions);
    for (const [id, handle] of handles) {
      if (followed.has(id)) continue;
      const stop = this.hints.subscribe(offersTopic(id), (data) => {
        const said = data as OfferHint;
        if (said === null) return;
        if ('updated' in said) {
          const uri = caller.place.kind === 'server' ? said.updated : exposeUri(handle, said.updated);
          if (wanted.has(uri)) hear({ method: 'notifications/resources/updated', params: { uri } });
        } else if (said.changed === 'prompts' && filter.promptsListChanged) {
          hear({ method: 'notifications/prompts/list_changed' });
        } else if (said.changed === 'resources' && filter.resourcesListChanged) {
          hear({ method: 'notifications/resources/list_changed' });
        }
      });
      followed.set(id, stop);
    }
  }
}
