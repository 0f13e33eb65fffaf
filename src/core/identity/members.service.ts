import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import type { UserId } from '../../platform/ids.js';
import type { PageRequest } from '../../platform/page.js';
import { Activity } from '../activity/activity.service.js';
import type { ActivityAction, ActivityDetails } from '../activity/activity.js';
import { IDENTITY_CHANGED } from './identity-changes.js';
import { LockedOrganization } from './locked-organization.js';
import { checkOwnerStays, checkProtection, checkRoleToGive, type Member, type MemberPage } from './member.js';
import { MembersRepository } from './members.repository.js';
import { isOwnerAlready, memberNotFound } from './organization.errors.js';
import type { Principal, Role } from './principal.js';

/** Who belongs to the caller's organization, and as what. */
@Injectable()
export class MembersService {
  constructor(
    private readonly database: Database,
    private readonly organization: LockedOrganization,
    private readonly members: MembersRepository,
    private readonly activity: Activity,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  async list({ organizationId }: Principal, page: PageRequest): Promise<MemberPage> {
    return this.members.list(organizationId, page);
  }

  /** @throws 403 for a role above one's own, or an owner when one is none; 404; 409 for the last owner */
  async changeRole(principal: Principal, userId: UserId, role: Role): Promise<Member> {
    return this.organization.as(principal, 'members.manage', async (actor) => {
      const member = await this.get(actor, userId);
      checkProtection(actor, member);
      checkRoleToGive(actor, role);
      if (member.role === role) return member;
      await this.checkOwnerStays(actor, member);
      await this.setRole(actor, userId, role);
      await this.tell(actor, 'member.role_changed', member, { from: member.role, to: role });
      return { ...member, role };
    });
  }

  /** Ends their sign-ins and keys here; what they made stays. @throws 403, 404, 409 as `changeRole` */
  async remove(principal: Principal, userId: UserId): Promise<void> {
    await this.organization.as(principal, 'members.manage', async (actor) => {
      const member = await this.get(actor, userId);
      checkProtection(actor, member);
      await this.checkOwnerStays(actor, member);
      await this.dismiss(actor, userId);
      await this.members.endSignIns(actor.organizationId, userId, this.clock.now());
      await this.tell(actor, 'member.removed', member, { role: member.role });
    });
  }

  /** The member becomes an owner, and the caller an administrator. @throws 404, 409 for oneself */
  async transfer(principal: Principal, userId: UserId): Promise<Member> {
    return this.organization.as(principal, 'organization.transfer', async (actor) => {
      if (userId === actor.userId) throw isOwnerAlready();
      const member = await this.get(actor, userId);
      await this.setRole(actor, userId, 'owner');
      await this.setRole(actor, actor.userId, 'admin');
      await this.tell(actor, 'organization.transferred', member, { role: member.role });
      return { ...member, role: 'owner' };
    });
  }

  /** Part of the caller's transaction, in which the organization is locked. @throws 409 for the last owner */
  async takeLeave(actor: Principal): Promise<void> {
    await this.checkOwnerStays(actor, actor);
    await this.dismiss(actor, actor.userId);
    await this.tell(actor, 'member.left', actor, { role: actor.role });
  }

  private async tell(
    { organizationId }: Principal,
    action: ActivityAction,
    { userId, username }: Pick<Member, 'userId' | 'username'>,
    details: ActivityDetails,
  ): Promise<void> {
    const subject = { kind: 'user', id: userId, name: username };
    await this.activity.record({ organizationId, action, subject, details });
  }

  private async get({ organizationId }: Principal, userId: UserId): Promise<Member> {
    const member = await this.members.find(organizationId, userId);
    if (!member) throw memberNotFound();
    return member;
  }

  private async checkOwnerStays({ organizationId }: Principal, member: { role: Role }): Promise<void> {
    checkOwnerStays(member, await this.members.countOwners(organizationId));
  }

  private async setRole({ organizationId }: Principal, userId: UserId, role: Role): Promise<void> {
    await this.members.setRole(organizationId, userId, role);
    this.database.afterCommit(() => this.hints.publish(IDENTITY_CHANGED, { userId, organizationId }));
  }

  private async dismiss({ organizationId }: Principal, userId: UserId): Promise<void> {
    await this.members.remove(organizationId, userId, this.clock.now());
    this.database.afterCommit(() => this.hints.publish(IDENTITY_CHANGED, { userId, organizationId }));
  }
}
