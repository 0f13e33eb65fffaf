import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import type { OrganizationId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/tokens.js';
import type { EmailAddress } from './email-address.js';
import { planLimitIsReached } from './organization.errors.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { hasRoom, isPlanName, type OrganizationPlan, type PlanLimits, PLANS } from './organization-plan.js';

const MAX_KNOWN = 10_000;
/** A changed plan counts everywhere after this long. */
const FRESH_MS = 5_000;

interface Known {
  limits: PlanLimits;
  /** Epoch milliseconds. */
  freshUntil: number;
}

/** What the plan of an organization allows. Whoever adds what counts asks here first, in the same transaction. */
@Injectable()
export class OrganizationPlansService {
  private readonly known = new Map<OrganizationId, Known>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly organizations: OrganizationsRepository,
    private readonly clock: Clock,
  ) {}

  /** @param stored null: the plan that the settings name */
  planOf(stored: string | null): OrganizationPlan {
    return PLANS[stored !== null && isPlanName(stored) ? stored : this.config.defaultPlan];
  }

  /** May be some seconds old; what an unknown organization has is the plan of the settings. */
  async limitsOf(organizationId: OrganizationId): Promise<PlanLimits> {
    const now = this.clock.ms();
    const known = this.known.get(organizationId);
    if (known && now < known.freshUntil) return known.limits;
    const { limits } = this.planOf((await this.organizations.find(organizationId))?.plan ?? null);
    this.keep(organizationId, { limits, freshUntil: now + FRESH_MS });
    return limits;
  }

  forget(organizationId: OrganizationId): void {
    this.known.delete(organizationId);
  }

  /**
   * Until the transaction ends nobody else adds one.
   * @throws 403 PLAN_LIMIT_REACHED
   */
  async holdRoomForService(organizationId: OrganizationId): Promise<void> {
    const plan = await this.lockPlan(organizationId);
    if (plan.limits.services === null) return;
    const { services } = await this.organizations.count(organizationId, this.clock.now());
    if (!hasRoom(plan.limits.services, services)) throw planLimitIsReached('services', plan);
  }

  /** As for a service, for somebody who joins now. */
  async holdRoomForUser(organizationId: OrganizationId): Promise<void> {
    const plan = await this.lockPlan(organizationId);
    if (plan.limits.users === null) return;
    const { users } = await this.organizations.count(organizationId, this.clock.now());
    if (!hasRoom(plan.limits.users, users)) throw planLimitIsReached('users', plan);
  }

  /** As for a service, for somebody who may join later: whoever else was invited counts too. */
  async holdRoomForInvitation(organizationId: OrganizationId, email: EmailAddress): Promise<void> {
    const plan = await this.lockPlan(organizationId);
    if (plan.limits.users === null) return;
    const { users, invitations } = await this.organizations.count(organizationId, this.clock.now(), email);
    if (!hasRoom(plan.limits.users, users + invitations)) throw planLimitIsReached('users', plan);
  }

  private async lockPlan(organizationId: OrganizationId): Promise<OrganizationPlan> {
    return this.planOf((await this.organizations.lock(organizationId))?.plan ?? null);
  }

  private keep(organizationId: OrganizationId, known: Known): void {
    this.known.delete(organizationId);
    this.known.set(organizationId, known);
    const [oldest] = this.known.keys();
    if (this.known.size > MAX_KNOWN && oldest !== undefined) this.known.delete(oldest);
  }
}
