import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, UserId } from '../../platform/ids.js';
import type { EmailAddress } from './email-address.js';
import { MembershipEntity } from './membership.entity.js';
import { OrganizationEntity } from './organization.entity.js';
import type { Principal, Role } from './principal.js';
import { UserEntity } from './user.entity.js';

/** What a token's claims are checked against. */
export interface SignedInState {
  username: string;
  role: Role;
}

/** Whose it is, and what it ends with. */
type SignIn = Pick<Principal, 'userId' | 'organizationId' | 'familyId'>;

@Injectable()
export class AccountsRepository {
  constructor(private readonly database: Database) {}

  /** @returns whether the row is new; false when the address has its account already */
  async addUser(user: UserEntity): Promise<boolean> {
    const rows = await this.database.sql(
      `insert into users (id, email, username, created_at, updated_at) values ($1, $2, $3, $4, $5)
       on conflict (email) do nothing returning id`,
      [user.id, user.email, user.username, user.createdAt, user.updatedAt],
    );
    return rows.length === 1;
  }

  async findByEmail(email: EmailAddress): Promise<UserEntity | undefined> {
    return (await this.database.entities.findOneBy(UserEntity, { email })) ?? undefined;
  }

  async hasUsername(username: string): Promise<boolean> {
    return this.database.entities.existsBy(UserEntity, { username });
  }

  async addOrganization(organization: OrganizationEntity, membership: MembershipEntity): Promise<void> {
    await this.database.entities.insert(OrganizationEntity, organization);
    await this.database.entities.insert(MembershipEntity, membership);
  }

  /** The organization of the user's first membership: their own. */
  async findHomeOf(userId: UserId): Promise<OrganizationId | undefined> {
    const membership = await this.database.entities.findOne(MembershipEntity, {
      where: { userId },
      order: { createdAt: 'asc', organizationId: 'asc' },
    });
    return membership?.organizationId;
  }

  /** People see themselves; nobody else is visible yet. */
  async findVisible({ userId }: Principal): Promise<UserEntity | undefined> {
    return (await this.database.entities.findOneBy(UserEntity, { id: userId })) ?? undefined;
  }

  async rename({ userId }: Principal, username: string, now: Date): Promise<void> {
    await this.database.entities.update(UserEntity, { id: userId }, { username, updatedAt: now });
  }

  /** @returns undefined when the family was revoked, or the user is no member any more */
  async findSignedIn(userId: string, organizationId: string, familyId: string): Promise<SignedInState | undefined> {
    const rows = await this.database.sql<SignedInState>(
      `select users.username, memberships.role
       from refresh_families families
       join users on users.id = families.user_id
       join memberships on memberships.user_id = users.id and memberships.organization_id = families.organization_id
       where families.id = $3 and families.user_id = $1 and families.organization_id = $2
         and families.revoked_at is null`,
      [userId, organizationId, familyId],
    );
    return rows[0];
  }

  /** Those of the families whose sign-in has ended, as `findSignedIn` would say of each. */
  async listEnded(signIns: readonly SignIn[]): Promise<string[]> {
    const rows = await this.database.sql<{ id: string }>(
      `select given.family_id as id
       from unnest($1::text[], $2::text[], $3::text[]) as given (user_id, organization_id, family_id)
       where not exists (
         select from refresh_families families
         join memberships on memberships.user_id = families.user_id
           and memberships.organization_id = families.organization_id
         where families.id = given.family_id and families.user_id = given.user_id
           and families.organization_id = given.organization_id and families.revoked_at is null)`,
      [
        signIns.map(({ userId }) => userId),
        signIns.map(({ organizationId }) => organizationId),
        signIns.map(({ familyId }) => familyId),
      ],
    );
    return rows.map(({ id }) => id);
  }
}
