import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Id } from '../../platform/ids.js';
import { Activity } from '../activity/activity.service.js';
import { AccountsService } from './accounts.service.js';
import type { EmailAddress } from './email-address.js';
import { type Invitation, MAX_INVITATIONS } from './invitation.js';
import { invitationIsForAnother, invitationIsOver, invitationNotFound, isMemberAlready } from './invitation.errors.js';
import { InvitationsRepository } from './invitations.repository.js';
import { hashLinkToken } from './mail-link.js';
import { MembersRepository } from './members.repository.js';
import { MAX_ORGANIZATIONS, type OrganizationOfMember } from './organization.js';
import { tooManyOrganizations } from './organization.errors.js';
import { OrganizationPlansService } from './organization-plans.service.js';
import { OrganizationsRepository } from './organizations.repository.js';
import type { Principal } from './principal.js';
import { ProfilesService } from './profiles.service.js';

/** Invitations as those see them who got them: by their address, which their sign-in has proved, or by the link. */
@Injectable()
export class ReceivedInvitationsService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly profiles: ProfilesService,
    private readonly invitations: InvitationsRepository,
    private readonly organizations: OrganizationsRepository,
    private readonly members: MembersRepository,
    private readonly plans: OrganizationPlansService,
    private readonly activity: Activity,
    private readonly clock: Clock,
  ) {}

  /** To the caller's address, newest first. */
  async list(principal: Principal): Promise<Invitation[]> {
    return this.invitations.listTo(await this.addressOf(principal), this.clock.now(), MAX_INVITATIONS);
  }

  /** What a link is about, for whoever holds it; changes nothing. @throws 410 */
  async peek(token: string): Promise<Invitation> {
    const invitation = await this.invitations.findByToken(hashLinkToken(token), this.clock.now());
    if (!invitation) throw invitationIsOver();
    return invitation;
  }

  /** @throws 404 unless it is to the caller's address; then as `join` */
  async accept(principal: Principal, id: Id<'inv'>): Promise<OrganizationOfMember> {
    return this.join(principal, await this.get(principal, id));
  }

  /** @throws 403 when it is to another address, 410; then as `join` */
  async acceptByToken(principal: Principal, token: string): Promise<OrganizationOfMember> {
    const invitation = await this.peek(token);
    if (invitation.email !== (await this.addressOf(principal))) throw invitationIsForAnother();
    return this.join(principal, invitation);
  }

  /** @throws 404 unless it is to the caller's address */
  async decline(principal: Principal, id: Id<'inv'>): Promise<void> {
    const { organizationId, email } = await this.get(principal, id);
    await this.database.transaction(async () => {
      if (!(await this.invitations.end(id, 'declined', this.clock.now()))) throw invitationNotFound();
      const subject = { kind: 'invitation', id, name: email };
      await this.activity.record({ organizationId, action: 'invitation.declined', subject });
    });
  }

  /** @throws 403 when the plan has no room, 409 for a member or one organization too many, 410 when it ended meanwhile */
  private async join(
    { userId, username }: Principal,
    { id, organizationId, role }: Invitation,
  ): Promise<OrganizationOfMember> {
    return this.database.transaction(async () => {
      await this.plans.holdRoomForUser(organizationId);
      await this.accounts.lock(userId);
      if (await this.members.find(organizationId, userId)) throw isMemberAlready();
      if ((await this.members.countOrganizationsOf(userId)) >= MAX_ORGANIZATIONS) throw tooManyOrganizations();
      const now = this.clock.now();
      const current = await this.invitations.find(organizationId, id);
      if (!current || current.expiresAt <= now) throw invitationIsOver();
      if (!(await this.invitations.end(id, 'accepted', now))) throw invitationIsOver();
      await this.members.add({ organizationId, userId, role, createdAt: now });
      const subject = { kind: 'user', id: userId, name: username };
      await this.activity.record({ organizationId, action: 'member.joined', subject, details: { role } });
      const organization = await this.organizations.lockOf(userId, organizationId);
      if (!organization) throw new Error('A member without their organization.');
      return organization;
    });
  }

  private async get(principal: Principal, id: Id<'inv'>): Promise<Invitation> {
    const invitation = await this.invitations.findTo(await this.addressOf(principal), id);
    if (!invitation) throw invitationNotFound();
    return invitation;
  }

  private async addressOf(principal: Principal): Promise<EmailAddress> {
    return (await this.profiles.find(principal)).email as EmailAddress;
  }
}
