import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Hints } from '../../platform/hints/hints.js';
import { AccountsRepository } from './accounts.repository.js';
import { BriefCache } from './brief-cache.js';
import { accessTokenIsInvalid, usernameIsInvalid } from './identity.errors.js';
import { concernedBy, IDENTITY_CHANGED } from './identity-changes.js';
import type { Principal } from './principal.js';
import { cleanUsername, type User } from './user.js';

const MAX_CACHED = 10_000;
/** A change that this process did not hear of is seen after this long. */
const FRESH_MS = 2_000;

/** What people see of themselves. Clients ask for it all the time, so it is kept for a moment. */
@Injectable()
export class ProfilesService implements OnModuleDestroy {
  private readonly cache: BriefCache<User>;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly accounts: AccountsRepository,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {
    this.cache = new BriefCache(clock, { size: MAX_CACHED, freshMs: FRESH_MS });
    this.unsubscribe = hints.subscribe(IDENTITY_CHANGED, (data) => {
      const isMeant = concernedBy(data);
      this.cache.forget(({ id }) => isMeant({ userId: id }));
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  async find(principal: Principal): Promise<User> {
    return this.cache.get(principal.userId, async () => {
      const user = await this.accounts.findVisible(principal);
      if (!user) throw accessTokenIsInvalid();
      return user;
    });
  }

  /** What is absent stays as it is. */
  async change(principal: Principal, changes: { username?: string | undefined }): Promise<User> {
    if (changes.username !== undefined) {
      const username = cleanUsername(changes.username);
      if (username === undefined) throw usernameIsInvalid();
      await this.accounts.rename(principal, username, this.clock.now());
      this.hints.publish(IDENTITY_CHANGED, { userId: principal.userId });
    }
    return this.find(principal);
  }
}
