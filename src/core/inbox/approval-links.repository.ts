import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ApprovalId, OrganizationId, UserId } from '../../platform/ids.js';
import type { Role } from '../identity/principal.js';

export interface ApprovalLink {
  tokenHash: string;
  approvalId: ApprovalId;
  userId: UserId;
  expiresAt: Date;
}

/** For whom a link acts, as they are now in the organization of the request. */
export interface LinkOwner {
  approvalId: ApprovalId;
  userId: UserId;
  username: string;
  organizationId: OrganizationId;
  role: Role;
}

@Injectable()
export class ApprovalLinksRepository {
  constructor(private readonly database: Database) {}

  async add(links: readonly ApprovalLink[], now: Date): Promise<void> {
    await this.database.sql(
      `insert into approval_links (token_hash, approval_id, user_id, created_at, expires_at)
       select hash, approval, person, $5, until from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
         as given (hash, approval, person, until)`,
      [
        links.map(({ tokenHash }) => tokenHash),
        links.map(({ approvalId }) => approvalId),
        links.map(({ userId }) => userId),
        links.map(({ expiresAt }) => expiresAt),
        now,
      ],
    );
  }

  /** Unused, in time, and of somebody who is a member still, since before the link was made. */
  async findOwner(tokenHash: string, now: Date): Promise<LinkOwner | undefined> {
    const [owner] = await this.database.sql<LinkOwner>(
      `select l.approval_id as "approvalId", u.id as "userId", u.username, r.organization_id as "organizationId", m.role
       from approval_links l
       join approval_requests r on r.id = l.approval_id
       join users u on u.id = l.user_id
       join memberships m on m.user_id = u.id and m.organization_id = r.organization_id and m.created_at <= l.created_at
       where l.token_hash = $1 and l.used_at is null and l.expires_at > $2`,
      [tokenHash, now],
    );
    return owner;
  }

  /** In one statement: of many at once one gets it. */
  async use(tokenHash: string, now: Date): Promise<boolean> {
    const rows = await this.database.sql(
      'update approval_links set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2 returning 1',
      [tokenHash, now],
    );
    return rows.length > 0;
  }
}
