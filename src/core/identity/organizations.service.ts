import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import type { Id, OrganizationId } from '../../platform/ids.js';
import { Activity } from '../activity/activity.service.js';
import type { ActivityAction, ActivityDetails } from '../activity/activity.js';
import { AccessTokens } from './access-tokens.js';
import { AccountsService } from './accounts.service.js';
import { accessTokenIsInvalid } from './identity.errors.js';
import { IDENTITY_CHANGED } from './identity-changes.js';
import { LockedOrganization } from './locked-organization.js';
import { MembersRepository } from './members.repository.js';
import { MembersService } from './members.service.js';
import { cleanOrganizationName, MAX_ORGANIZATIONS } from './organization.js';
import type { OrganizationDetails, OrganizationOfMember } from './organization.js';
import { organizationNameIsInvalid, organizationNotFound, tooManyOrganizations } from './organization.errors.js';
import { OrganizationPlansService } from './organization-plans.service.js';
import { OrganizationsRepository } from './organizations.repository.js';
import type { Principal } from './principal.js';

/** Where a sign-in is now, and the access token for it: those from before end. */
export interface Switched {
  accessToken: string;
  organization: OrganizationOfMember;
}

/** The organizations that a person belongs to, and the one that they are in. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly database: Database,
    private readonly locked: LockedOrganization,
    private readonly organizations: OrganizationsRepository,
    private readonly members: MembersRepository,
    private readonly membership: MembersService,
    private readonly accounts: AccountsService,
    private readonly plans: OrganizationPlansService,
    private readonly accessTokens: AccessTokens,
    private readonly activity: Activity,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** All of the caller's, the first joined first. */
  async list({ userId }: Principal): Promise<OrganizationOfMember[]> {
    return this.organizations.listOf(userId, MAX_ORGANIZATIONS);
  }

  /** The one that the caller is in. */
  async get({ organizationId, role }: Principal): Promise<OrganizationDetails> {
    const organization = await this.organizations.find(organizationId);
    if (!organization) throw organizationNotFound();
    const { id, name, createdAt } = organization;
    const use = await this.organizations.count(id, this.clock.now());
    return { id, name, role, createdAt, plan: this.plans.planOf(organization.plan), use };
  }

  /** Makes another one, with the caller as its owner. @throws 400 for the name, 409 for one too many */
  async create({ userId }: Principal, name: string): Promise<OrganizationOfMember> {
    const clean = readName(name);
    return this.database.transaction(async () => {
      await this.accounts.lock(userId);
      if ((await this.members.countOrganizationsOf(userId)) >= MAX_ORGANIZATIONS) throw tooManyOrganizations();
      const now = this.clock.now();
      const id = await this.accounts.createOrganization(userId, clean, now);
      await this.tell('organization.created', { id, name: clean });
      return { id, name: clean, role: 'owner', membersCount: 1, createdAt: now };
    });
  }

  async rename(principal: Principal, name: string): Promise<OrganizationDetails> {
    const clean = readName(name);
    await this.locked.as(principal, 'organization.change', async ({ organizationId: id }) => {
      const before = await this.organizations.find(id);
      await this.organizations.rename(id, clean);
      await this.tell('organization.renamed', { id, name: clean }, { before: before?.name ?? null });
    });
    return this.get(principal);
  }

  /**
   * Moves the caller's sign-in; the refresh token stays.
   * @param accessSeconds how long the access token counts; unset: as the settings say
   * @throws 404 for one that they do not belong to
   */
  async switch(principal: Principal, id: OrganizationId, accessSeconds?: number): Promise<Switched> {
    const { userId, credentialId } = principal;
    return this.database.transaction(async () => {
      const organization = await this.organizations.lockOf(userId, id);
      if (!organization) throw organizationNotFound();
      if (!(await this.members.moveSignIn(userId, credentialId, id))) throw accessTokenIsInvalid();
      await this.members.setLastOrganization(userId, id);
      this.database.afterCommit(() => this.hints.publish(IDENTITY_CHANGED, { credentialId }));
      await this.tell('organization.switched', organization);
      return this.switched(principal, organization, accessSeconds);
    });
  }

  /**
   * The caller's sign-ins here go on in the organization that is their home then.
   * @throws 409 for the last owner
   */
  async leave(principal: Principal, accessSeconds?: number): Promise<Switched> {
    return this.locked.as(principal, 'memberships.manage', async (actor) => {
      const { userId, organizationId } = actor;
      await this.membership.takeLeave(actor);
      const home = await this.accounts.homeOf({ id: userId, username: actor.username });
      await this.members.moveSignIns(userId, { from: organizationId, to: home });
      await this.members.setLastOrganization(userId, home);
      const organization = await this.organizations.lockOf(userId, home);
      if (!organization) throw new Error('A home without its owner.');
      return this.switched(actor, organization, accessSeconds);
    });
  }

  private async tell(
    action: ActivityAction,
    { id, name }: Pick<OrganizationOfMember, 'id' | 'name'>,
    details: ActivityDetails = {},
  ): Promise<void> {
    await this.activity.record({ organizationId: id, action, subject: { kind: 'organization', id, name }, details });
  }

  private switched(
    { userId, credentialId }: Principal,
    organization: OrganizationOfMember,
    accessSeconds?: number,
  ): Switched {
    const claims = { userId, organizationId: organization.id, familyId: credentialId as Id<'fam'> };
    return { accessToken: this.accessTokens.issue(claims, accessSeconds), organization };
  }
}

function readName(text: string): string {
  const name = cleanOrganizationName(text);
  if (name === undefined) throw organizationNameIsInvalid();
  return name;
}
