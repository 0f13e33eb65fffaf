import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { type Principal, SCOPES } from './principal.js';

/** What stands for the credential that they do not show. */
export const LOCAL_CREDENTIAL = 'local';

type Owner = Pick<Principal, 'userId' | 'username' | 'organizationId'>;

/** Who programs on this machine act as, where the instance is open to them. */
@Injectable()
export class LocalCaller {
  constructor(private readonly database: Database) {}

  /** The owner of the oldest organization, as if by a key that may read and execute; undefined where there is none yet. */
  async find(): Promise<Principal | undefined> {
    const [owner] = await this.database.sql<Owner>(
      `select users.id as "userId", users.username, memberships.organization_id as "organizationId"
       from memberships join users on users.id = memberships.user_id
         join organizations on organizations.id = memberships.organization_id
       where memberships.role = 'owner' order by organizations.created_at, organizations.id limit 1`,
    );
    if (!owner) return undefined;
    const scopes = SCOPES.filter((scope) => scope === 'mcp:read' || scope === 'mcp:execute');
    return {
      ...owner,
      role: 'owner',
      scopes,
      instanceAdministrator: false,
      via: 'api_key',
      credentialId: LOCAL_CREDENTIAL,
      expiresAt: null,
    };
  }
}
