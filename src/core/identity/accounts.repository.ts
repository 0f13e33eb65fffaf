import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, UserId } from '../../platform/ids.js';
import type { EmailAddress } from './email-address.js';
import { MembershipEntity } from './membership.entity.js';
import { OrganizationEntity } from './organization.entity.js';
import type { Principal, Role } from './principal.js';
import { UserEntity } from './user.entity.js';
import type { ProfileChanges } from './user.js';

/** What a token's claims are checked against. */
export interface SignedInState {
  username: string;
  role: Role;
  instanceAdministrator: boolean;
}

@Injectable()
export class AccountsRepository {
  constructor(private readonly database: Database) {}

  /** @returns whether the row is new; false when the address has its account already */
  async addUser(user: UserEntity): Promise<boolean> {
    const rows = await this.database.sql(
      `insert into users (id, email, username, first_name, last_name, password_hash, password_changed_at,
         instance_administrator, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, case when $6::text is null then null else $8::timestamptz end, $7, $8, $9)
       on conflict (email) do nothing returning id`,
      [
        user.id,
        user.email,
        user.username,
        user.firstName,
        user.lastName,
        user.passwordHash ?? null,
        user.instanceAdministrator,
        user.createdAt,
        user.updatedAt,
      ],
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

  /** Until the transaction ends nobody else changes to how many organizations the user belongs. */
  async lock(userId: UserId): Promise<void> {
    await this.database.sql('select id from users where id = $1 for no key update', [userId]);
  }

  /**
   * The organization where the user was last; else the first that they belong to: their own. Until the transaction ends they
   * stay a member of it.
   */
  async findHomeOf(userId: UserId): Promise<OrganizationId | undefined> {
    const [home] = await this.database.sql<{ id: OrganizationId }>(
      `select memberships.organization_id as id
       from memberships join users on users.id = memberships.user_id
       where memberships.user_id = $1
       order by memberships.organization_id is not distinct from users.last_organization_id desc,
         memberships.created_at, memberships.organization_id
       limit 1
       for key share of memberships`,
      [userId],
    );
    return home?.id;
  }

  /** People see themselves; nobody else is visible yet. */
  async findVisible({ userId }: Pick<Principal, 'userId'>): Promise<UserEntity | undefined> {
    return (await this.database.entities.findOneBy(UserEntity, { id: userId })) ?? undefined;
  }

  async hasPassword(userId: UserId): Promise<boolean> {
    return this.database.entities.existsBy(UserEntity, { id: userId, passwordHash: Not(IsNull()) });
  }

  async change({ userId }: Principal, changes: ProfileChanges, now: Date): Promise<void> {
    await this.database.entities.update(UserEntity, { id: userId }, { ...changes, updatedAt: now });
  }

  async recordSignIn(userId: UserId, now: Date): Promise<void> {
    await this.database.sql('update users set last_login_at = $2 where id = $1', [userId, now]);
  }

  /** @returns undefined when the family was revoked, or the user is no member any more */
  async findSignedIn(userId: string, organizationId: string, familyId: string): Promise<SignedInState | undefined> {
    const rows = await this.database.sql<SignedInState>(
      `select users.username, memberships.role, users.instance_administrator as "instanceAdministrator"
       from refresh_families families
       join users on users.id = families.user_id
       join memberships on memberships.user_id = users.id and memberships.organization_id = families.organization_id
       where families.id = $3 and families.user_id = $1 and families.organization_id = $2
         and families.revoked_at is null`,
      [userId, organizationId, familyId],
    );
    return rows[0];
  }

  /** The places in the list of those who are no more what they were: their credential ended, or they lost or changed a role. */
  async findOutdated(principals: readonly Principal[], now: Date): Promise<number[]> {
    const rows = await this.database.sql<{ place: string }>(
      `select given.place - 1 as place
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[]) with ordinality
         as given (credential_id, user_id, organization_id, role, instance_administrator, place)
       where not exists (
         select from memberships
         join users on users.id = memberships.user_id
         where memberships.user_id = given.user_id and memberships.organization_id = given.organization_id
           and memberships.role = given.role and users.instance_administrator = given.instance_administrator
           and (
             exists (select from refresh_families families
                     where families.id = given.credential_id and families.user_id = given.user_id
                       and families.organization_id = given.organization_id and families.revoked_at is null)
             or exists (select from api_keys keys
                        where keys.id = given.credential_id and keys.user_id = given.user_id
                          and keys.organization_id = given.organization_id and keys.revoked_at is null
                          and (keys.expires_at is null or keys.expires_at > $6))
             or exists (select from client_grants grants
                        where grants.id = given.credential_id and grants.user_id = given.user_id
                          and grants.organization_id = given.organization_id and grants.revoked_at is null)))`,
      [
        principals.map(({ credentialId }) => credentialId),
        principals.map(({ userId }) => userId),
        principals.map(({ organizationId }) => organizationId),
        principals.map(({ role }) => role),
        principals.map(({ instanceAdministrator }) => instanceAdministrator),
        now,
      ],
    );
    return rows.map(({ place }) => Number(place));
  }
}
