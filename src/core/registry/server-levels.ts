import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { FreshCache } from '../../platform/hints/fresh-cache.js';
import { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId, ServerId, UserId } from '../../platform/ids.js';
import type { Soon } from '@app/soon';
import { IDENTITY_CHANGED } from '../identity/identity-changes.js';
import type { AccessLevel, ServerUse } from './access.js';
import { serverTopic } from './server.js';
import { ServerAccessRepository } from './server-access.repository.js';

const MOST = 10_000;
const MAX_AGE_MS = 4_000;

/** Who may do what with a server, as read a moment ago. */
@Injectable()
export class ServerLevels implements OnModuleDestroy {
  private readonly known: FreshCache<AccessLevel | undefined>;
  private readonly unsubscribe: () => void;

  constructor(levels: ServerAccessRepository, hints: Hints) {
    this.known = new FreshCache(hints, {
      topic: (key) => serverTopic(useOf(key).serverId),
      load: (key) => levels.findLevel(useOf(key)),
      size: MOST,
      maxAgeMs: MAX_AGE_MS,
    });
    this.unsubscribe = hints.subscribe(IDENTITY_CHANGED, () => this.known.clear());
  }

  onModuleDestroy(): void {
    this.unsubscribe();
    this.known.close();
  }

  find({ serverId, organizationId, userId }: ServerUse): Soon<AccessLevel | undefined> {
    return this.known.get(`${serverId} ${organizationId} ${userId}`);
  }
}

function useOf(key: string): ServerUse {
  const [serverId = '', organizationId = '', userId = ''] = key.split(' ');
  return {
    serverId: serverId as ServerId,
    organizationId: organizationId as OrganizationId,
    userId: userId as UserId,
  };
}
