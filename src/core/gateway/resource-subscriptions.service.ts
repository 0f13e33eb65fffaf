import type { UpstreamSession } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import type { ServerId, UserId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { readExposedUri } from './exposed-uris.js';
import type { GatewayCaller } from './gateway-caller.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';

interface Subscription {
  serverId: ServerId;
  user: UserId;
  uri: string;
}

const MOST_PER_CLIENT = 100;
const WAIT_MS = 10_000;

/** What the clients of this process want to hear of resources: asked of a server once, however many want it. */
@Injectable()
export class ResourceSubscriptions {
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly catalogues: GatewayCatalogues,
    private readonly upstreams: UpstreamsService,
    private readonly logger: Logger,
  ) {}

  /** Until it is closed; a server that does not answer is not heard of. */
  open(caller: GatewayCaller, uris: readonly string[]): { close: () => void } {
    const held: Subscription[] = [];
    let closed = false;
    const start = async () => {
      for (const uri of uris.slice(0, MOST_PER_CLIENT)) {
        const subscription = await this.find(caller, uri);
        if (!subscription || closed) continue;
        held.push(subscription);
        await this.take(subscription);
      }
    };
    if (uris.length > 0) void start().catch((error: unknown) => this.tell(error));
    return {
      close: () => {
        closed = true;
        for (const subscription of held.splice(0))
          void this.giveBack(subscription).catch((error: unknown) => this.tell(error));
      },
    };
  }

  private async find(caller: GatewayCaller, uri: string): Promise<Subscription | undefined> {
    const { principal, place } = caller;
    const { servers } = await this.catalogues.find(caller);
    const named = place.kind === 'server' ? { handle: servers[0]?.handle, uri } : readExposedUri(uri);
    const server = servers.find(({ handle }) => handle === named?.handle);
    return server && named && { serverId: server.id, user: principal.userId, uri: named.uri };
  }

  private async take(subscription: Subscription): Promise<void> {
    const count = this.counts.get(keyOf(subscription)) ?? 0;
    this.counts.set(keyOf(subscription), count + 1);
    if (count === 0) await this.ask(subscription, (session) => session.subscribeResource(subscription.uri));
  }

  private async giveBack(subscription: Subscription): Promise<void> {
    const left = (this.counts.get(keyOf(subscription)) ?? 1) - 1;
    if (left > 0) return void this.counts.set(keyOf(subscription), left);
    this.counts.delete(keyOf(subscription));
    await this.ask(subscription, (session) => session.unsubscribeResource(subscription.uri));
  }

  private ask({ serverId, user }: Subscription, work: (session: UpstreamSession) => Promise<void>): Promise<void> {
    return this.upstreams.withSession(serverId, { user, timeoutMs: WAIT_MS }, work);
  }

  private tell(error: unknown): void {
    this.logger.debug({ err: error }, 'a server was not asked to tell of a resource');
  }
}

const keyOf = ({ serverId, user, uri }: Subscription) => `${serverId} ${user} ${uri}`;
