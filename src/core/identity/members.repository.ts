import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, UserId } from '../../platform/ids.js';
import type { PageRequest } from '../../platform/page.js';
import type { EmailAddress } from './email-address.js';
import type { Member, MemberPage } from './member.js';
import { MembershipEntity } from './membership.entity.js';
import type { Role } from './principal.js';

const MEMBER = `
  select users.id as "userId", users.username, users.email, users.first_name as "firstName",
    users.last_name as "lastName", memberships.role, memberships.created_at as "joinedAt",
    users.created_at as "createdAt", users.last_login_at as "lastLoginAt"
  from memberships join users on users.id = memberships.user_id
  where memberships.organization_id = $1`;

/** Who belongs to an organization; each question names which. */
@Injectable()
export class MembersRepository {
  constructor(private readonly database: Database) {}

  async find(organizationId: OrganizationId, userId: UserId): Promise<Member | undefined> {
    const rows = await this.database.sql<Member>(`${MEMBER} and users.id = $2`, [organizationId, userId]);
    return rows[0];
  }

  async hasAddress(organizationId: OrganizationId, email: EmailAddress): Promise<boolean> {
    const rows = await this.database.sql(`${MEMBER} and users.email = $2`, [organizationId, email]);
    return rows.length > 0;
  }

  /** The first joined first. */
  async list(organizationId: OrganizationId, { page, size }: PageRequest): Promise<MemberPage> {
    const items = await this.database.sql<Member>(
      `${MEMBER} order by memberships.created_at, users.id limit $2 offset $3`,
      [organizationId, size, (page - 1) * size],
    );
    const total = await this.database.entities.countBy(MembershipEntity, { organizationId });
    return { items, total, ...(page * size < total && { next: page + 1 }) };
  }

  async countOwners(organizationId: OrganizationId): Promise<number> {
    return this.database.entities.countBy(MembershipEntity, { organizationId, role: 'owner' });
  }

  async countOrganizationsOf(userId: UserId): Promise<number> {
    return this.database.entities.countBy(MembershipEntity, { userId });
  }

  async add(membership: MembershipEntity): Promise<void> {
    await this.database.entities.insert(MembershipEntity, membership);
  }

  async setRole(organizationId: OrganizationId, userId: UserId, role: Role): Promise<void> {
    await this.database.entities.update(MembershipEntity, { organizationId, userId }, { role });
  }

  /** The member, and first of all: who is about to sign in here waits for the row, and finds it gone. */
  async remove(organizationId: OrganizationId, userId: UserId, now: Date): Promise<void> {
    await this.database.entities.delete(MembershipEntity, { organizationId, userId });
    await this.database.sql(
      `update api_keys set revoked_at = $3, revoked_because = 'member_removed'
       where organization_id = $1 and user_id = $2 and revoked_at is null`,
      [organizationId, userId, now],
    );
    await this.database.sql(
      `update client_grants set revoked_at = $3, revoked_because = 'member_removed'
       where organization_id = $1 and user_id = $2 and revoked_at is null`,
      [organizationId, userId, now],
    );
  }

  async endSignIns(organizationId: OrganizationId, userId: UserId, now: Date): Promise<void> {
    await this.database.sql(
      `update refresh_families set revoked_at = $3, revoked_because = 'member_removed'
       where organization_id = $1 and user_id = $2 and revoked_at is null`,
      [organizationId, userId, now],
    );
  }

  /** All that the user has open in the one organization goes on in the other. */
  async moveSignIns(userId: UserId, { from, to }: { from: OrganizationId; to: OrganizationId }): Promise<void> {
    await this.database.sql(
      `update refresh_families set organization_id = $3
       where organization_id = $2 and user_id = $1 and revoked_at is null`,
      [userId, from, to],
    );
  }

  /** @returns whether the sign-in was there to be moved */
  async moveSignIn(userId: UserId, familyId: string, to: OrganizationId): Promise<boolean> {
    const rows = await this.database.sql(
      `update refresh_families set organization_id = $3
       where id = $2 and user_id = $1 and revoked_at is null returning id`,
      [userId, familyId, to],
    );
    return rows.length === 1;
  }

  /** Where the next sign-in goes. */
  async setLastOrganization(userId: UserId, organizationId: OrganizationId): Promise<void> {
    await this.database.sql('update users set last_organization_id = $2 where id = $1', [userId, organizationId]);
  }
}
