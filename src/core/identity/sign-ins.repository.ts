import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import type { Id, OrganizationId, UserId } from '../../platform/ids.js';
import type { SignedInState } from './accounts.repository.js';
import type { Principal } from './principal.js';
import { RefreshFamilyEntity } from './refresh-family.entity.js';

/** Whom a session cookie speaks for, now. */
export interface CookieState extends SignedInState {
  credentialId: Id<'fam'>;
  userId: UserId;
  organizationId: OrganizationId;
  lastUsedAt: Date;
}

@Injectable()
export class SignInsRepository {
  constructor(private readonly database: Database) {}

  async add(signIn: RefreshFamilyEntity): Promise<void> {
    await this.database.entities.insert(RefreshFamilyEntity, signIn);
  }

  /** That by which the caller came, until the transaction ends; undefined when it has ended. */
  async lockOwn({ userId, credentialId }: Principal): Promise<RefreshFamilyEntity | undefined> {
    const found = await this.database.entities.findOne(RefreshFamilyEntity, {
      where: { id: credentialId as Id<'fam'>, userId, revokedAt: IsNull() },
      lock: { mode: 'pessimistic_write' },
    });
    return found ?? undefined;
  }

  async findOwnerName({ userId }: RefreshFamilyEntity): Promise<string> {
    const [owner] = await this.database.sql<{ username: string }>('select username from users where id = $1', [userId]);
    return owner?.username ?? '';
  }

  async revoke(id: Id<'fam'>, because: RefreshFamilyEntity['revokedBecause'], now: Date): Promise<void> {
    await this.database.entities.update(RefreshFamilyEntity, { id }, { revokedAt: now, revokedBecause: because });
  }

  /** Undefined when it was revoked, was used before `since` for the last time, or its owner is no member any more. */
  async findByCookie(cookieHash: string, since: Date): Promise<CookieState | undefined> {
    const [state] = await this.database.sql<CookieState>(
      `select families.id as "credentialId", families.user_id as "userId", users.username,
         families.organization_id as "organizationId", memberships.role,
         users.instance_administrator as "instanceAdministrator", families.last_used_at as "lastUsedAt"
       from refresh_families families
       join users on users.id = families.user_id
       join memberships on memberships.user_id = users.id and memberships.organization_id = families.organization_id
       where families.cookie_hash = $1 and families.revoked_at is null and families.last_used_at > $2`,
      [cookieHash, since],
    );
    return state;
  }
}
