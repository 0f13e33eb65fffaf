import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, UserId } from '../../platform/ids.js';
import type { PageRequest } from '../../platform/page.js';
import type { EmailAddress } from './email-address.js';
import type { OrganizationOfMember, OrganizationUse } from './organization.js';
import { OrganizationEntity } from './organization.entity.js';
import type { PlanName } from './organization-plan.js';

const OF_MEMBER = `
  select organizations.id, organizations.name, memberships.role, organizations.created_at as "createdAt",
    (select count(*)::int from memberships others where others.organization_id = organizations.id) as "membersCount"
  from memberships join organizations on organizations.id = memberships.organization_id
  where memberships.user_id = $1`;

export interface StoredOrganization {
  id: OrganizationId;
  name: string;
  plan: string | null;
  createdAt: Date;
  usersCount: number;
  servicesCount: number;
}

@Injectable()
export class OrganizationsRepository {
  constructor(private readonly database: Database) {}

  async find(id: OrganizationId): Promise<OrganizationEntity | undefined> {
    return (await this.database.entities.findOneBy(OrganizationEntity, { id })) ?? undefined;
  }

  /** Until the transaction ends nobody else changes who belongs to it, or what its plan counts. */
  async lock(id: OrganizationId): Promise<OrganizationEntity | undefined> {
    const rows = await this.database.sql<OrganizationEntity>(
      'select id, name, plan, created_at as "createdAt" from organizations where id = $1 for no key update',
      [id],
    );
    return rows[0];
  }

  /** Those that the user belongs to, the first joined first. */
  async listOf(userId: UserId, limit: number): Promise<OrganizationOfMember[]> {
    return this.database.sql<OrganizationOfMember>(
      `${OF_MEMBER} order by memberships.created_at, memberships.organization_id limit $2`,
      [userId, limit],
    );
  }

  /** Of the whole instance, the oldest first. */
  async listAll({ page, size }: PageRequest): Promise<{ items: StoredOrganization[]; total: number }> {
    const items = await this.database.sql<StoredOrganization>(
      `select id, name, plan, created_at as "createdAt",
         (select count(*)::int from memberships where organization_id = organizations.id) as "usersCount",
         (select count(*)::int from servers where organization_id = organizations.id and not demo) as "servicesCount"
       from organizations order by created_at, id limit $1 offset $2`,
      [size, (page - 1) * size],
    );
    return { items, total: await this.database.entities.count(OrganizationEntity) };
  }

  /** Until the transaction ends the user stays a member. */
  async lockOf(userId: UserId, id: OrganizationId): Promise<OrganizationOfMember | undefined> {
    const rows = await this.database.sql<OrganizationOfMember>(
      `${OF_MEMBER} and memberships.organization_id = $2 for key share of memberships`,
      [userId, id],
    );
    return rows[0];
  }

  async rename(id: OrganizationId, name: string): Promise<void> {
    await this.database.entities.update(OrganizationEntity, { id }, { name });
  }

  /** @param plan null: the one that the settings name */
  async setPlan(id: OrganizationId, plan: PlanName | null): Promise<void> {
    await this.database.entities.update(OrganizationEntity, { id }, { plan });
  }

  /**
   * What its plan counts. The servers are another context's, but plans are of this one, and so one place knows what counts.
   * @param besides an address whose invitation is not counted
   */
  async count(id: OrganizationId, now: Date, besides: EmailAddress | '' = ''): Promise<OrganizationUse> {
    const [use] = await this.database.sql<OrganizationUse>(
      `select
         (select count(*)::int from memberships where organization_id = $1) as users,
         (select count(*)::int from invitations
          where organization_id = $1 and ended_at is null and expires_at > $2 and email <> $3) as invitations,
         (select count(*)::int from servers where organization_id = $1 and not demo) as services,
         (select coalesce(sum(requests), 0)::float8 from organization_days
          where organization_id = $1 and day = ($2::timestamptz at time zone 'UTC')::date) as "requestsToday"`,
      [id, now, besides],
    );
    return use ?? { users: 0, invitations: 0, services: 0, requestsToday: 0 };
  }
}
