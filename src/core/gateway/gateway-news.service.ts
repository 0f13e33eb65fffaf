import type { Notification, SubscriptionFilter } from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import { Logger } from '../../platform/logging/logger.js';
import { serversTopic } from '../registry/server-hints.js';
import type { GatewayCaller } from './gateway-caller.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';

/** Hints come in crowds, and one look answers all. */
const PAUSE_MS = 50;

/** Tells clients that listen what is different about what they are offered. */
@Injectable()
export class GatewayNews {
  constructor(
    private readonly catalogues: GatewayCatalogues,
    private readonly hints: Hints,
    private readonly logger: Logger,
  ) {}

  /** Until the returned function is called. */
  follow(caller: GatewayCaller, filter: SubscriptionFilter, hear: (said: Notification) => void): () => void {
    if (filter.toolsListChanged !== true) return () => undefined;
    let version: string | undefined;
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    const look = async () => {
      timer = undefined;
      const now = (await this.catalogues.find(caller)).version;
      if (!ended && version !== undefined && now !== version) hear({ method: 'notifications/tools/list_changed' });
      version = now;
    };
    const lookSafely = () =>
      void look().catch((error: unknown) => this.logger.debug({ err: error }, 'a catalogue could not be read'));
    lookSafely();
    const unsubscribe = this.hints.subscribe(serversTopic(caller.principal.organizationId), () => {
      timer ??= setTimeout(lookSafely, PAUSE_MS);
    });
    return () => {
      ended = true;
      clearTimeout(timer);
      unsubscribe();
    };
  }
}
