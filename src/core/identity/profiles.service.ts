import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { AppError } from '../../platform/errors/app-error.js';
import { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId } from '../../platform/ids.js';
import { AccountsRepository } from './accounts.repository.js';
import { BriefCache } from './brief-cache.js';
import { accessTokenIsInvalid, nameIsInvalid, usernameIsInvalid } from './identity.errors.js';
import { concernedBy, IDENTITY_CHANGED } from './identity-changes.js';
import { OrganizationsRepository } from './organizations.repository.js';
import type { Principal, Role } from './principal.js';
import { cleanUsername, type ProfileChanges, type User } from './user.js';

const MAX_CACHED = 10_000;
/** A change that this process did not hear of is seen after this long. */
const FRESH_MS = 2_000;

export interface Described {
  user: User;
  organization: { id: OrganizationId; name: string };
  role: Role;
}

export interface OwnAccount extends Described {
  hasPassword: boolean;
}

/** What people see of themselves. Clients ask for it all the time, so it is kept for a moment. */
@Injectable()
export class ProfilesService implements OnModuleDestroy {
  private readonly cache: BriefCache<User>;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly accounts: AccountsRepository,
    private readonly organizations: OrganizationsRepository,
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

  /** Themselves, and where they are. */
  async describe(principal: Principal): Promise<Described> {
    const [user, organization] = await Promise.all([
      this.find(principal),
      this.organizations.find(principal.organizationId),
    ]);
    if (!organization) throw accessTokenIsInvalid();
    return { user, organization: { id: organization.id, name: organization.name }, role: principal.role };
  }

  /** As `describe`, and whether they ever chose a password. */
  async own(principal: Principal): Promise<OwnAccount> {
    const [described, hasPassword] = await Promise.all([
      this.describe(principal),
      this.accounts.hasPassword(principal.userId),
    ]);
    return { ...described, hasPassword };
  }

  /** What is absent stays as it is. */
  async change(principal: Principal, changes: ProfileChanges): Promise<User> {
    const clean = cleanChanges(changes);
    if (Object.keys(clean).length > 0) {
      await this.accounts.change(principal, clean, this.clock.now());
      this.hints.publish(IDENTITY_CHANGED, { userId: principal.userId });
    }
    return this.find(principal);
  }
}

function cleanChanges({ username, firstName, lastName }: ProfileChanges): ProfileChanges {
  return {
    ...(username !== undefined && { username: readName(username, usernameIsInvalid) }),
    ...(firstName !== undefined && { firstName: firstName && readName(firstName, () => nameIsInvalid('/first_name')) }),
    ...(lastName !== undefined && { lastName: lastName && readName(lastName, () => nameIsInvalid('/last_name')) }),
  };
}

function readName(text: string, refusal: () => AppError): string {
  const name = cleanUsername(text);
  if (name === undefined) throw refusal();
  return name;
}
