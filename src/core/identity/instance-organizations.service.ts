import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import type { PageRequest } from '../../platform/page.js';
import { Activity } from '../activity/activity.service.js';
import type { OrganizationOfInstance } from './organization.js';
import { organizationNotFound } from './organization.errors.js';
import type { PlanName } from './organization-plan.js';
import { OrganizationPlansService } from './organization-plans.service.js';
import { OrganizationsRepository, type StoredOrganization } from './organizations.repository.js';
import { authorize } from './permissions.js';
import type { Principal } from './principal.js';

/** All organizations, as the administrators of the instance see them. */
@Injectable()
export class InstanceOrganizationsService {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly plans: OrganizationPlansService,
    private readonly activity: Activity,
    private readonly clock: Clock,
  ) {}

  /** The oldest first, and how many there are. */
  async list(principal: Principal, page: PageRequest): Promise<{ items: OrganizationOfInstance[]; total: number }> {
    authorize(principal, 'instance.manage');
    const { items, total } = await this.organizations.listAll(page);
    return { items: items.map((organization) => this.described(organization)), total };
  }

  /**
   * What is beyond the new plan stays; only more of it is refused.
   * @param plan null: the one that the settings name
   * @throws 404
   */
  async setPlan(principal: Principal, id: OrganizationId, plan: PlanName | null): Promise<OrganizationOfInstance> {
    authorize(principal, 'instance.manage');
    return this.database.transaction(async () => {
      const organization = await this.organizations.lock(id);
      if (!organization) throw organizationNotFound();
      await this.organizations.setPlan(id, plan);
      const subject = { kind: 'organization', id, name: organization.name };
      const details = { from: this.plans.planOf(organization.plan).id, to: this.plans.planOf(plan).id };
      await this.activity.record({ organizationId: id, action: 'plan.changed', subject, details });
      this.database.afterCommit(() => this.plans.forget(id));
      const { users, services } = await this.organizations.count(id, this.clock.now());
      return this.described({ ...organization, plan, usersCount: users, servicesCount: services });
    });
  }

  private described({ plan, ...organization }: StoredOrganization): OrganizationOfInstance {
    return { ...organization, plan: this.plans.planOf(plan), isPlanOfSettings: plan === null };
  }
}
