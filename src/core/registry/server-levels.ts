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

  find(use: ServerUse): Soon<AccessLevel | undefined> {
    return this.known.get(keyOf(use));
  }
}

/** By server: a key that is put together anew has to be hashed anew wherever it is looked up. */
const lastKeys = new Map<ServerId, { organizationId: OrganizationId; userId: UserId; key: string }>();
const MOST_KEYS = 1_000;

function keyOf({ serverId, organizationId, userId }: ServerUse): string {
  const last = lastKeys.get(serverId);
  if (last?.userId === userId && last.organizationId === organizationId) return last.key;
  const key = `${serverId} ${organizationId} ${userId}`;
  if (lastKeys.size >= MOST_KEYS) lastKeys.clear();
  lastKeys.set(serverId, { organizationId, userId, key });
  return key;
}

function useOf(key: string): ServerUse {
  const [serverId = '', organizationId = '', userId = ''] = key.split(' ');
  return {
    serverId: serverId as ServerId,
    organizationId: organizationId as OrganizationId,
    userId: userId as UserId,
  };
}
