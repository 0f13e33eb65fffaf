import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId, type OrganizationId, type UserId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { AccountsRepository } from './accounts.repository.js';
import type { EmailAddress } from './email-address.js';
import { organizationCreated } from './organization-created.job.js';
import { type Account, type User, usernameFrom, withSuffix } from './user.js';

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
      const created = await this.create(email);
      if (created) return created;
      const user = await this.accounts.findByEmail(email);
      if (!user) throw new Error('The account went away.');
      return { user, organizationId: await this.homeOf(user), isNew: false };
    });
  }

  private async create(email: EmailAddress): Promise<Account | undefined> {
    const now = this.clock.now();
    const plain = usernameFrom(email);
    const username = (await this.accounts.hasUsername(plain)) ? withSuffix(plain) : plain;
    const user = {
      id: newId('user', now.getTime()),
      email,
      username,
      firstName: null,
      lastName: null,
      instanceAdministrator: false,
      lastLoginAt: null,
      lastOrganizationId: null,
      createdAt: now,
      updatedAt: now,
    };
    // Waits for another first sign-in of this address to end, so that only one of them makes the organization.
    if (!(await this.accounts.addUser(user))) return undefined;

    const organizationId = await this.createOrganization(user.id, username, now);
    return { user, organizationId, isNew: true };
  }

  /** Where they were last; who was removed everywhere gets an organization of their own again. */
  private async homeOf({ id, username }: User): Promise<OrganizationId> {
    return (await this.accounts.findHomeOf(id)) ?? (await this.createOrganization(id, username, this.clock.now()));
  }

  private async createOrganization(userId: UserId, name: string, now: Date) {
    const organizationId = newId('org', now.getTime());
    await this.accounts.addOrganization(
      { id: organizationId, name, plan: null, createdAt: now },
      { organizationId, userId, role: 'owner', createdAt: now },
    );
    await this.jobs.enqueue(organizationCreated, { organizationId });
    return organizationId;
  }
}
