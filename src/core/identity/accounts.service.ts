import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId, type OrganizationId, type UserId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { AccountsRepository } from './accounts.repository.js';
import type { EmailAddress } from './email-address.js';
import { organizationCreated } from './organization-created.job.js';
import { type Account, type NewAccount, type User, usernameFrom, withSuffix } from './user.js';

@Injectable()
export class AccountsService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Whoever has proved the address: their account, made now with an organization of their own if there is none. */
  async open(email: EmailAddress): Promise<Account> {
    return this.database.transaction(async () => {
      const created = await this.create({ email });
      if (created) return created;
      const user = await this.accounts.findByEmail(email);
      if (!user) throw new Error('The account went away.');
      return { user, organizationId: await this.homeOf(user), isNew: false };
    });
  }

  /** Until the transaction ends nobody else changes to how many organizations the user belongs. */
  async lock(userId: UserId): Promise<void> {
    await this.accounts.lock(userId);
  }

  /**
   * A new account, with all that was chosen for it and an organization of its own. Part of the caller's transaction.
   * @returns undefined when the address has one already
   */
  async create(chosen: NewAccount): Promise<Account | undefined> {
    const { email, firstName = null, lastName = null, passwordHash = null } = chosen;
    const now = this.clock.now();
    const username = chosen.username ?? (await this.freeUsername(email));
    const user = {
      id: chosen.id ?? newId('user', now.getTime()),
      email,
      username,
      firstName,
      lastName,
      instanceAdministrator: chosen.isInstanceAdministrator ?? false,
      lastLoginAt: null,
      lastOrganizationId: null,
      createdAt: now,
      updatedAt: now,
    };
    // Waits for another first sign-in of this address to end, so that only one of them makes the organization.
    if (!(await this.accounts.addUser({ ...user, passwordHash }))) return undefined;

    const organizationId = await this.createOrganization(user.id, chosen.organizationName ?? username, now);
    return { user, organizationId, isNew: true };
  }

  /** Where they were last; who was removed everywhere gets an organization of their own again. */
  async homeOf({ id, username }: Pick<User, 'id' | 'username'>): Promise<OrganizationId> {
    return (await this.accounts.findHomeOf(id)) ?? (await this.createOrganization(id, username, this.clock.now()));
  }

  /** Part of the caller's transaction; the user is its owner. */
  async createOrganization(userId: UserId, name: string, now: Date): Promise<OrganizationId> {
    const organizationId = newId('org', now.getTime());
    await this.accounts.addOrganization(
      { id: organizationId, name, plan: null, createdAt: now },
      { organizationId, userId, role: 'owner', createdAt: now },
    );
    await this.jobs.enqueue(organizationCreated, { organizationId });
    return organizationId;
  }

  private async freeUsername(email: EmailAddress): Promise<string> {
    const plain = usernameFrom(email);
    return (await this.accounts.hasUsername(plain)) ? withSuffix(plain) : plain;
  }
}
