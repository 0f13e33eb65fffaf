import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Id, OrganizationId, UserId } from '../../platform/ids.js';
import { ApiKeyEntity } from './api-key.entity.js';
import type { ApiKey, EndOfKey } from './api-key.js';
import type { Presentation } from './presentation.js';
import type { Principal, Role, Scope } from './principal.js';
import type { ReachedTool } from './reach.js';

/** Whom a key speaks for, now. */
export interface KeyState {
  credentialId: Id<'key'>;
  userId: UserId;
  username: string;
  organizationId: OrganizationId;
  role: Role;
  scopes: Scope[];
  tools: ReachedTool[] | null;
  presentation: Presentation | null;
  instanceAdministrator: boolean;
  expiresAt: Date | null;
}

type Row = Omit<ApiKey, 'organization'> & { organizationId: OrganizationId; organizationName: string };

/** Expired ones among them, so that their owner sees why something stopped. */
const LISTED_AT_MOST = 2 * 100;

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  async add(key: ApiKeyEntity): Promise<void> {
    await this.database.entities.insert(ApiKeyEntity, key);
  }

  /** Undefined when it was revoked or its owner is no member any more. @param id where both halves of a pair were given */
  async findState(hash: string, id: string | null): Promise<KeyState | undefined> {
    const [state] = await this.database.sql<KeyState>(
      `select keys.id as "credentialId", keys.user_id as "userId", users.username,
         keys.organization_id as "organizationId", memberships.role, keys.scopes,
         keys.tools, keys.presentation,
         users.instance_administrator as "instanceAdministrator", keys.expires_at as "expiresAt"
       from api_keys keys
       join users on users.id = keys.user_id
       join memberships on memberships.user_id = keys.user_id and memberships.organization_id = keys.organization_id
       where keys.hash = $1 and keys.revoked_at is null and ($2::text is null or keys.id = $2)`,
      [hash, id],
    );
    return state;
  }

  /** One's own in all organizations, newest first. */
  async listOwn({ userId }: Principal): Promise<ApiKey[]> {
    const rows = await this.database.sql<Row>(
      `select keys.id, keys.name, keys.hint, keys.scopes, keys.tools, keys.presentation,
         keys.created_at as "createdAt",
         keys.expires_at as "expiresAt", keys.last_used_at as "lastUsedAt", keys.last_used_ip as "lastUsedIp",
         organizations.id as "organizationId", organizations.name as "organizationName"
       from api_keys keys
       join organizations on organizations.id = keys.organization_id
       join memberships on memberships.user_id = keys.user_id and memberships.organization_id = keys.organization_id
       where keys.user_id = $1 and keys.revoked_at is null
       order by keys.created_at desc, keys.id desc
       limit ${LISTED_AT_MOST}`,
      [userId],
    );
    return rows.map(({ organizationId, organizationName, ...key }) => ({
      ...key,
      organization: { id: organizationId, name: organizationName },
    }));
  }

  /** Until the transaction ends nobody else makes keys of this user. */
  async lockOwner({ userId }: Principal): Promise<void> {
    await this.database.sql('select from users where id = $1 for no key update', [userId]);
  }

  /** The role that the user keeps until the transaction ends; undefined: they are no member any more. */
  async lockRole({ userId, organizationId }: Principal): Promise<Role | undefined> {
    const [membership] = await this.database.sql<{ role: Role }>(
      'select role from memberships where user_id = $1 and organization_id = $2 for share',
      [userId, organizationId],
    );
    return membership?.role;
  }

  async countLive({ userId }: Principal, now: Date): Promise<number> {
    const [row] = await this.database.sql<{ count: number }>(
      `select count(*)::int as count from api_keys
       where user_id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`,
      [userId, now],
    );
    return row?.count ?? 0;
  }

  /** Until the transaction ends nobody else's, and its owner stays a member. */
  async lockOwn({ userId }: Principal, id: string): Promise<ApiKeyEntity | undefined> {
    // The membership first, as whoever removes a member does it.
    const member = await this.database.sql(
      `select from api_keys keys
       join memberships on memberships.user_id = keys.user_id and memberships.organization_id = keys.organization_id
       where keys.id = $1 and keys.user_id = $2 for share of memberships`,
      [id, userId],
    );
    if (member.length === 0) return undefined;
    const key = await this.database.entities
      .createQueryBuilder(ApiKeyEntity, 'key')
      .setLock('pessimistic_write')
      .where('key.id = :id and key.userId = :userId and key.revokedAt is null', { id, userId })
      .getOne();
    return key ?? undefined;
  }

  async expire(id: Id<'key'>, at: Date): Promise<void> {
    await this.database.entities.update(ApiKeyEntity, { id }, { expiresAt: at });
  }

  async revoke(id: Id<'key'>, because: EndOfKey, now: Date): Promise<void> {
    await this.database.entities.update(ApiKeyEntity, { id }, { revokedAt: now, revokedBecause: because });
  }
}
