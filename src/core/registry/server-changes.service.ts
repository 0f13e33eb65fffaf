import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database, isUniqueViolation } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId, type ServerId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { ActivityAction, ActivityDetails } from '../activity/activity.js';
import { Activity } from '../activity/activity.service.js';
import { OrganizationPlansService } from '../identity/organization-plans.service.js';
import type { Principal } from '../identity/principal.js';
import { SignIns } from '../upstream-accounts/sign-ins.service.js';
import type { VisibleServer } from './access.js';
import { checkKey, checkServer } from './check-server.job.js';
import { PackageRunner } from './package-runner.port.js';
import { serverNameTaken } from './registry.errors.js';
import { type McpServer, UNCHECKED } from './server.js';
import { ServerAccess } from './server-access.service.js';
import { ServersRepository } from './servers.repository.js';
import { ToolSnapshotsRepository } from './tool-snapshots.repository.js';
import { ToolTrust } from './tool-trust.js';
import { hintServerChanged } from './server-hints.js';

/** What every new server has. */
export type NewServerBase = typeof UNCHECKED &
  Pick<
    McpServer,
    | 'id'
    | 'organizationId'
    | 'accountVersion'
    | 'clientFeatures'
    | 'demo'
    | 'createdBy'
    | 'access'
    | 'createdAt'
    | 'updatedAt'
  >;

/** When its next check is; at once unless said. */
interface Check {
  runAt?: Date;
}

/** The rows of servers coming, changing and going, with all that follows: checks, hints, activity. */
@Injectable()
export class ServerChanges {
  constructor(
    private readonly database: Database,
    private readonly servers: ServersRepository,
    private readonly access: ServerAccess,
    private readonly snapshots: ToolSnapshotsRepository,
    private readonly trust: ToolTrust,
    private readonly signIns: SignIns,
    private readonly plans: OrganizationPlansService,
    private readonly packages: PackageRunner,
    private readonly activity: Activity,
    private readonly jobs: Jobs,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** @throws 403 when the plan has no room, 409 when the name is taken */
  async add(
    principal: Principal,
    describe: (base: NewServerBase) => McpServer,
    check: Check = {},
  ): Promise<VisibleServer> {
    const now = this.clock.now();
    const { organizationId, userId } = principal;
    const server = describe({
      ...UNCHECKED,
      id: newId('mcp', now.getTime()),
      organizationId,
      accountVersion: 1,
      clientFeatures: [],
      demo: false,
      createdBy: userId,
      access: 'organization',
      createdAt: now,
      updatedAt: now,
    });
    await this.refusingTakenName(async () => {
      await this.plans.holdRoomForService(organizationId);
      await this.servers.insert(server);
      await this.jobs.enqueue(checkServer, { serverId: server.id }, { key: checkKey(server.id), ...check });
      await this.tell(server, 'server.created');
      this.database.afterCommit(() => hintServerChanged(this.hints, server));
    });
    return { ...server, level: 'manage' };
  }

  /**
   * @param fields that may be other ones afterwards; the activity names those that are
   * @throws 403, 404, 409 when the name is taken, and what `apply` throws
   */
  async change(
    principal: Principal,
    id: ServerId,
    apply: (server: McpServer) => McpServer,
    { fields, ...check }: { fields: readonly string[] } & Check,
  ): Promise<VisibleServer> {
    return this.refusingTakenName(async () => {
      const { level, ...server } = await this.access.lock(principal, id, 'manage');
      const changed = apply(server);
      const otherAccount = changed.accountVersion !== server.accountVersion;
      if (otherAccount) {
        await this.snapshots.clear(id);
        await this.trust.forget(server);
        await this.signIns.forgetOutdated(id, changed.accountVersion);
      }
      if (otherAccount || isAskedDifferently(server, changed)) {
        await this.jobs.enqueue(checkServer, { serverId: id }, { key: checkKey(id), ...check });
      }
      await this.servers.update(id, changed);
      const told = fields.filter((field) => !isSame(server, changed, field));
      if (told.length > 0) await this.tell(changed, 'server.changed', { fields: told });
      if (changed.approvalPolicy !== server.approvalPolicy) {
        const by = { id: principal.userId, name: principal.username };
        await this.trust.serverPolicyChanged(changed, { by, reason: 'the server was set to run without asking' });
      }
      this.database.afterCommit(() => hintServerChanged(this.hints, changed, { moved: true }));
      return { ...changed, level };
    });
  }

  /** @throws 403, 404, and what `check` throws */
  async remove(
    principal: Principal,
    id: ServerId,
    check: (server: McpServer) => void = () => undefined,
  ): Promise<void> {
    await this.database.transaction(async () => {
      const server = await this.access.lock(principal, id, 'manage');
      check(server);
      await this.servers.remove(id);
      await this.tell(server, 'server.deleted');
      if (server.transport === 'stdio') this.database.afterCommit(() => void this.packages.forget(id));
      this.database.afterCommit(() => hintServerChanged(this.hints, server, { moved: true }));
    });
  }

  private async tell({ id, name, organizationId }: McpServer, action: ActivityAction, details?: ActivityDetails) {
    const subject = { kind: 'server', id, name };
    await this.activity.record({ organizationId, action, subject, ...(details && { details }) });
  }

  private async refusingTakenName<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(work);
    } catch (error) {
      throw isUniqueViolation(error, 'servers_name') ? serverNameTaken() : error;
    }
  }
}

/** Whether the field, where it is one of a server, stays: who sends back the whole of it changes little of that. */
const isSame = (before: McpServer, after: McpServer, field: string): boolean =>
  field in before && isSameValue(before[field as keyof McpServer], after[field as keyof McpServer]);

/** Of values as they are stored. */
export const isSameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const isAskedDifferently = (before: McpServer, after: McpServer): boolean =>
  before.transport !== after.transport ||
  before.sslVerify !== after.sslVerify ||
  before.timeout !== after.timeout ||
  !isSameValue(before.clientFeatures, after.clientFeatures) ||
  !isSameValue(before.requestHeaders, after.requestHeaders);
