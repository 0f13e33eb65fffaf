import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { type Id, newId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { CONFIG, ORIGIN, type Origin } from '../../platform/tokens.js';
import { Activity } from '../activity/activity.service.js';
import { canonicalEmail, type EmailAddress } from './email-address.js';
import { emailIsMalformed } from './identity.errors.js';
import { expiryOf, type Invitation, mailedAt, MAX_INVITATIONS } from './invitation.js';
import { MAX_INVITATIONS_A_DAY, type SentInvitation } from './invitation.js';
import { invitationIsCoolingDown, invitationNotFound, isMemberAlready } from './invitation.errors.js';
import { tooManyInvitations, tooManyInvitationsToday } from './invitation.errors.js';
import { InvitationsRepository } from './invitations.repository.js';
import { LockedOrganization } from './locked-organization.js';
import { hashLinkToken, newLinkToken } from './mail-link.js';
import { checkRoleToGive } from './member.js';
import { MembersRepository } from './members.repository.js';
import { OrganizationPlansService } from './organization-plans.service.js';
import type { Principal, Role } from './principal.js';
import { invitationPlace, sendInvitation } from './send-invitation.job.js';

const DAY_MS = 86_400_000;

/** Invitations to the caller's organization, as those see it who send them. */
@Injectable()
export class InvitationsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(ORIGIN) private readonly origin: Origin,
    private readonly organization: LockedOrganization,
    private readonly invitations: InvitationsRepository,
    private readonly members: MembersRepository,
    private readonly plans: OrganizationPlansService,
    private readonly activity: Activity,
    private readonly jobs: Jobs,
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** Open ones, expired or not, newest first. */
  async list({ organizationId }: Principal): Promise<SentInvitation[]> {
    const found = await this.invitations.list(organizationId, MAX_INVITATIONS);
    return found.map((invitation) => this.seen(invitation));
  }

  /**
   * Has it mailed; one to the same address before it is good for nothing any more.
   * @throws 400 malformed address, 403 role above one's own or no room in the plan, 409 a member already, 429 too soon
   */
  async invite(principal: Principal, { email: text, role }: { email: string; role: Role }): Promise<SentInvitation> {
    const email = canonicalEmail(text);
    if (!email) throw emailIsMalformed();
    return this.organization.as(principal, 'members.manage', async (actor) => {
      checkRoleToGive(actor, role);
      const { organizationId, userId } = actor;
      if (await this.members.hasAddress(organizationId, email)) throw isMemberAlready();
      await this.plans.holdRoomForInvitation(organizationId, email);
      const now = this.clock.now();
      await this.checkPace(actor, email, now);

      const id = newId('inv', now.getTime());
      const token = newLinkToken();
      await this.invitations.replace(organizationId, email, now);
      const tokens = { tokenHash: hashLinkToken(token), expiresAt: expiryOf(now) };
      await this.invitations.add({ id, organizationId, email, role, invitedBy: userId, createdAt: now, ...tokens });
      await this.mail(id, token);
      await this.activity.record({
        organizationId,
        action: 'member.invited',
        subject: subjectOf({ id, email }),
        details: { role },
      });
      return this.get(actor, id);
    });
  }

  /** Mails it once more, with a new link. @throws 403, 404, 429 */
  async resend(principal: Principal, id: Id<'inv'>): Promise<SentInvitation> {
    return this.organization.as(principal, 'members.manage', async (actor) => {
      const invitation = await this.get(actor, id);
      checkRoleToGive(actor, invitation.role);
      await this.plans.holdRoomForInvitation(actor.organizationId, invitation.email);
      const now = this.clock.now();
      this.checkCooldown(invitation, now);
      const token = newLinkToken();
      await this.invitations.renew(id, { tokenHash: hashLinkToken(token), expiresAt: expiryOf(now) });
      await this.mail(id, token);
      return this.get(actor, id);
    });
  }

  /** Takes it back. @throws 404 */
  async revoke(principal: Principal, id: Id<'inv'>): Promise<void> {
    await this.organization.as(principal, 'members.manage', async (actor) => {
      const invitation = await this.get(actor, id);
      await this.invitations.end(id, 'revoked', this.clock.now());
      const { organizationId } = actor;
      await this.activity.record({ organizationId, action: 'invitation.revoked', subject: subjectOf(invitation) });
    });
  }

  private async get({ organizationId }: Principal, id: Id<'inv'>): Promise<SentInvitation> {
    const invitation = await this.invitations.find(organizationId, id);
    if (!invitation) throw invitationNotFound();
    return this.seen(invitation);
  }

  private seen(invitation: Invitation): SentInvitation {
    return { ...invitation, expired: invitation.expiresAt <= this.clock.now() };
  }

  /** Strangers get these mails: not many at once to one, nor to many. */
  private async checkPace({ organizationId }: Principal, email: EmailAddress, now: Date): Promise<void> {
    const since = new Date(now.getTime() - DAY_MS);
    const mails = await this.invitations.findMails(organizationId, email, since);
    if (mails.newestExpiry) this.checkCooldown({ expiresAt: mails.newestExpiry }, now);
    if (mails.open >= MAX_INVITATIONS) throw tooManyInvitations();
    if (mails.today >= MAX_INVITATIONS_A_DAY) throw tooManyInvitationsToday(DAY_MS / 1_000);
  }

  private checkCooldown(last: Pick<Invitation, 'expiresAt'>, now: Date): void {
    const since = (now.getTime() - mailedAt(last).getTime()) / 1_000;
    const wait = Math.ceil(this.config.oneTimeCodes.cooldownSeconds - since);
    if (wait > 0) throw invitationIsCoolingDown(wait);
  }

  private async mail(id: Id<'inv'>, token: string): Promise<void> {
    const sealedToken = this.secrets.seal(token, invitationPlace(id));
    await this.jobs.enqueue(sendInvitation, { invitationId: id, origin: this.origin.url, sealedToken });
  }
}

const subjectOf = ({ id, email }: Pick<Invitation, 'id' | 'email'>) => ({ kind: 'invitation', id, name: email });
