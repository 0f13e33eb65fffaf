import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ActivityEntry, ActivityStats } from '../activity/activity.js';
import { Activity } from '../activity/activity.service.js';
import { ApprovalRequests } from '../approvals/approval-requests.service.js';
import { type CallFigures, RequestFigures, type ToolFigures } from '../execution/request-figures.js';
import { OrganizationsService } from '../identity/organizations.service.js';
import { isAtLeast, may } from '../identity/permissions.js';
import type { Principal } from '../identity/principal.js';
import type { ServerCount } from '../registry/access.js';
import { ServerAccess } from '../registry/server-access.service.js';

const TOP_TOOLS = 10;
const RECENT = 10;
const A_DAY_MS = 86_400_000;

export interface Dashboard {
  servers: ServerCount[];
  pendingApprovals: number;
  /** Since midnight, UTC. */
  today: CallFigures;
  lastDay: CallFigures;
  topTools: ToolFigures[];
  users: number;
  /** Empty for those who may not read the activity. */
  recentActivity: ActivityEntry[];
}

/** What an organization has and does, in numbers: of what the caller sees. */
@Injectable()
export class DashboardService {
  constructor(
    private readonly servers: ServerAccess,
    private readonly approvals: ApprovalRequests,
    private readonly figures: RequestFigures,
    private readonly organizations: OrganizationsService,
    private readonly activity: Activity,
    private readonly clock: Clock,
  ) {}

  async get(principal: Principal): Promise<Dashboard> {
    const { organizationId, userId } = principal;
    const now = this.clock.now();
    const dayAgo = new Date(now.getTime() - A_DAY_MS);
    const asked = isAtLeast(principal.role, 'admin') ? undefined : userId;
    const [servers, pendingApprovals, today, lastDay, topTools, organization, recent] = await Promise.all([
      this.servers.countByStatus(principal),
      this.approvals.countPending(organizationId, asked),
      this.figures.since(principal, new Date(now.toISOString().slice(0, 10))),
      this.figures.since(principal, dayAgo),
      this.figures.topTools(principal, dayAgo, TOP_TOOLS),
      this.organizations.get(principal),
      may(principal, 'activity.read') ? this.recent(principal, RECENT) : [],
    ]);
    const users = organization.use.users;
    return { servers, pendingApprovals, today, lastDay, topTools, users, recentActivity: recent };
  }

  async recent({ organizationId }: Principal, limit: number): Promise<ActivityEntry[]> {
    return (await this.activity.list(organizationId, {}, { page: 1, size: limit })).items;
  }

  /** Of the last days, with how calls went beside. */
  async stats(principal: Principal, days: number): Promise<ActivityStats & { calls: ActivityStats['days'] }> {
    const [stats, calls] = await Promise.all([
      this.activity.stats(principal.organizationId, days),
      this.figures.perDay(principal, days),
    ]);
    return { ...stats, calls };
  }
}
