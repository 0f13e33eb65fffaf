import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Id, OrganizationId, UserId } from '../../platform/ids.js';
import type { EmailAddress } from './email-address.js';
import type { EndOfInvitation, Invitation } from './invitation.js';

interface NewInvitation extends Pick<
  Invitation,
  'id' | 'organizationId' | 'email' | 'role' | 'createdAt' | 'expiresAt'
> {
  tokenHash: string;
  invitedBy: UserId;
}

/** What the newest mail to an address and the mails of a day say of how soon another may go. */
export interface InvitationMails {
  /** When the newest invitation to the address ends, open or not. */
  newestExpiry: Date | null;
  /** Open ones of the organization but the address's. */
  open: number;
  today: number;
}

const OPEN = `
  select invitations.id, invitations.organization_id as "organizationId", organizations.name as "organizationName",
    invitations.email, invitations.role, users.username as "invitedBy",
    users.email as "inviterEmail", invitations.created_at as "createdAt",
    invitations.expires_at as "expiresAt"
  from invitations join organizations on organizations.id = invitations.organization_id
  left join users on users.id = invitations.invited_by
  where invitations.ended_at is null`;

@Injectable()
export class InvitationsRepository {
  constructor(private readonly database: Database) {}

  async add(invitation: NewInvitation): Promise<void> {
    await this.database.sql(
      `insert into invitations (id, organization_id, email, role, token_hash, invited_by, created_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        invitation.id,
        invitation.organizationId,
        invitation.email,
        invitation.role,
        invitation.tokenHash,
        invitation.invitedBy,
        invitation.createdAt,
        invitation.expiresAt,
      ],
    );
  }

  /** Of the organization, expired ones too, newest first. */
  async list(organizationId: OrganizationId, limit: number): Promise<Invitation[]> {
    return this.database.sql<Invitation>(
      `${OPEN} and invitations.organization_id = $1 order by invitations.created_at desc, invitations.id desc limit $2`,
      [organizationId, limit],
    );
  }

  async find(organizationId: OrganizationId, id: Id<'inv'>): Promise<Invitation | undefined> {
    const rows = await this.database.sql<Invitation>(
      `${OPEN} and invitations.organization_id = $1 and invitations.id = $2`,
      [organizationId, id],
    );
    return rows[0];
  }

  /** To the address, in time, newest first. */
  async listTo(email: EmailAddress, now: Date, limit: number): Promise<Invitation[]> {
    return this.database.sql<Invitation>(
      `${OPEN} and invitations.email = $1 and invitations.expires_at > $2
       order by invitations.created_at desc, invitations.id desc limit $3`,
      [email, now, limit],
    );
  }

  /** To the address, in time or not. */
  async findTo(email: EmailAddress, id: Id<'inv'>): Promise<Invitation | undefined> {
    const rows = await this.database.sql<Invitation>(`${OPEN} and invitations.email = $1 and invitations.id = $2`, [
      email,
      id,
    ]);
    return rows[0];
  }

  async findByToken(tokenHash: string, now: Date): Promise<Invitation | undefined> {
    const rows = await this.database.sql<Invitation>(
      `${OPEN} and invitations.token_hash = $1 and invitations.expires_at > $2`,
      [tokenHash, now],
    );
    return rows[0];
  }

  async findMails(organizationId: OrganizationId, email: EmailAddress, since: Date): Promise<InvitationMails> {
    const [mails] = await this.database.sql<InvitationMails>(
      `select max(expires_at) filter (where email = $2) as "newestExpiry",
         count(*) filter (where ended_at is null and email <> $2)::int as open,
         count(*) filter (where created_at > $3)::int as today
       from invitations where organization_id = $1`,
      [organizationId, email, since],
    );
    return mails ?? { newestExpiry: null, open: 0, today: 0 };
  }

  /** Another token for it, so that the one before is good for nothing. */
  async renew(id: Id<'inv'>, { tokenHash, expiresAt }: { tokenHash: string; expiresAt: Date }): Promise<void> {
    await this.database.sql('update invitations set token_hash = $2, expires_at = $3 where id = $1', [
      id,
      tokenHash,
      expiresAt,
    ]);
  }

  /** @returns whether it was open */
  async end(id: Id<'inv'>, because: EndOfInvitation, now: Date): Promise<boolean> {
    const rows = await this.database.sql(
      'update invitations set ended_at = $3, ended_because = $2 where id = $1 and ended_at is null returning id',
      [id, because, now],
    );
    return rows.length === 1;
  }

  async replace(organizationId: OrganizationId, email: EmailAddress, now: Date): Promise<void> {
    await this.database.sql(
      `update invitations set ended_at = $3, ended_because = 'replaced'
       where organization_id = $1 and email = $2 and ended_at is null`,
      [organizationId, email, now],
    );
  }
}
