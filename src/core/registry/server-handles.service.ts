import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId, ServerId } from '../../platform/ids.js';
import { type Soon, whenHere } from '@app/soon';
import { assignHandles } from './handles.js';
import { HintedCache } from './hinted-cache.js';
import { serversTopic } from './server-hints.js';
import { ServersRepository } from './servers.repository.js';

export interface Handles {
  of: ReadonlyMap<ServerId, string>;
  ids: ReadonlyMap<string, ServerId>;
}

const MOST_ORGANIZATIONS = 1_000;
/** A change that this process did not hear of counts after this long. */
const MAX_AGE_MS = 4_000;

/** What the servers of an organization are called in addresses and in the names of their tools. */
@Injectable()
export class ServerHandles implements OnModuleDestroy {
  private readonly known: HintedCache<Handles>;

  constructor(
    private readonly servers: ServersRepository,
    hints: Hints,
  ) {
    this.known = new HintedCache(hints, {
      topic: (organizationId) => serversTopic(organizationId as OrganizationId),
      size: MOST_ORGANIZATIONS,
      maxAgeMs: MAX_AGE_MS,
    });
  }

  onModuleDestroy(): void {
    this.known.close();
  }

  /** Of all servers, whoever may see them. */
  list(organizationId: OrganizationId): Soon<Handles> {
    return this.known.get(organizationId, async () => {
      const of = assignHandles(await this.servers.listNames(organizationId));
      return { of, ids: new Map([...of].map(([id, handle]) => [handle, id])) };
    });
  }

  /** @param named a handle or an id; whether the server is visible is to be asked afterwards */
  find(organizationId: OrganizationId, named: string): Soon<ServerId | undefined> {
    return whenHere(this.list(organizationId), ({ of, ids }) =>
      of.has(named as ServerId) ? (named as ServerId) : ids.get(named),
    );
  }
}
