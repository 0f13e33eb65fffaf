import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, UserId } from '../../platform/ids.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { consentTargetOf } from './redirect-target.js';
import type { ResourceScope } from './resources.js';

@Injectable()
export class ConsentsRepository {
  constructor(private readonly database: Database) {}

  /** What the person agreed to before, of this client at this resource and redirect: by organization. */
  async list(userId: UserId, request: AuthorizationRequest): Promise<ReadonlyMap<OrganizationId, ResourceScope[]>> {
    const rows = await this.database.sql<{ id: OrganizationId; scopes: ResourceScope[] }>(
      `select organization_id as id, scopes from oauth_consents
       where user_id = $1 and client_id = $2 and resource = $3 and redirect_target = $4`,
      [userId, request.clientId, request.resource, consentTargetOf(request.redirectUri)],
    );
    return new Map(rows.map(({ id, scopes }) => [id, scopes]));
  }

  async remember(userId: UserId, organizationId: OrganizationId, request: AuthorizationRequest, now: Date) {
    await this.database.sql(
      `insert into oauth_consents (user_id, organization_id, client_id, resource, redirect_target, scopes, given_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (user_id, organization_id, client_id, resource, redirect_target) do update
       set given_at = excluded.given_at,
         scopes = array(select distinct unnest(oauth_consents.scopes || excluded.scopes))`,
      [
        userId,
        organizationId,
        request.clientId,
        request.resource,
        consentTargetOf(request.redirectUri),
        request.scopes,
        now,
      ],
    );
  }

  async forget(userId: UserId, organizationId: OrganizationId, clientId: string): Promise<void> {
    await this.database.sql(
      'delete from oauth_consents where user_id = $1 and organization_id = $2 and client_id = $3',
      [userId, organizationId, clientId],
    );
  }

  async forgetAll(userId: UserId): Promise<void> {
    await this.database.sql('delete from oauth_consents where user_id = $1', [userId]);
  }
}
