import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { accessTokenIsInvalid } from './identity.errors.js';
import { MembersRepository } from './members.repository.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { type Action, authorize } from './permissions.js';
import type { Principal } from './principal.js';

/** Orders all changes of who belongs to an organization, so that each is judged by what the one before it left. */
@Injectable()
export class LockedOrganization {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly members: MembersRepository,
  ) {}

  /**
   * One transaction, in which the organization of the principal is theirs alone.
   * @param work is given the principal with the role that they have now
   * @throws 401 when they are no member any more, 403 when they may not do this any more
   */
  async as<T>(principal: Principal, action: Action, work: (actor: Principal) => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      await this.organizations.lock(principal.organizationId);
      const self = await this.members.find(principal.organizationId, principal.userId);
      if (!self) throw accessTokenIsInvalid();
      const actor = { ...principal, role: self.role };
      authorize(actor, action);
      return work(actor);
    });
  }
}
