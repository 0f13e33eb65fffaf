import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import type { ServerId, UserId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import { type Soon, whenHere } from '@app/soon';
import { Activity } from '../activity/activity.service.js';
import type { Principal } from '../identity/principal.js';
import {
  type AccessLevel,
  hasLevel,
  type ServerAccessChange,
  type ServerAccessList,
  type ServerCount,
  type ServerUse,
  type VisibleServer,
} from './access.js';
import { granteesAreNoMembers, granteesRepeat, serverAccessTooLow, serverNotFound } from './registry.errors.js';
import { type McpServer } from './server.js';
import { ServerLevels } from './server-levels.js';
import { ServerAccessRepository } from './server-access.repository.js';
import { ServersRepository } from './servers.repository.js';
import { hintServerChanged } from './server-hints.js';

/** Who may see, use and manage a server. */
@Injectable()
export class ServerAccess {
  constructor(
    private readonly database: Database,
    private readonly servers: ServersRepository,
    private readonly levels: ServerAccessRepository,
    private readonly lately: ServerLevels,
    private readonly activity: Activity,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** @throws 404 to whom it is not visible, 403 to whom it is, with too low a level */
  async require(
    principal: Pick<Principal, 'userId' | 'organizationId'>,
    serverId: ServerId,
    least: AccessLevel,
  ): Promise<AccessLevel> {
    const { userId, organizationId } = principal;
    const level = await this.levels.findLevel({ userId, organizationId, serverId });
    if (!level) throw serverNotFound();
    if (!hasLevel(level, least)) throw serverAccessTooLow(least);
    return level;
  }

  /** As `require`, by what was read at most a few seconds ago: for calls, of which there are many. */
  requireLately(principal: Principal, serverId: ServerId, least: AccessLevel): Soon<AccessLevel> {
    return whenHere(this.findLately(principal, serverId), (level) => {
      if (!level) throw serverNotFound();
      if (!hasLevel(level, least)) throw serverAccessTooLow(least);
      return level;
    });
  }

  /** What the caller may do with a server, as read at most a few seconds ago; undefined: it is not there for them. */
  findLately({ userId, organizationId }: Principal, serverId: ServerId): Soon<AccessLevel | undefined> {
    return this.lately.find({ userId, organizationId, serverId });
  }

  /** @throws as `require` */
  async get(principal: Principal, id: ServerId, least: AccessLevel): Promise<VisibleServer> {
    const level = await this.require(principal, id, least);
    return withLevel(await this.servers.findForJob(id), level);
  }

  /** Held until the transaction ends. @throws as `require` */
  async lock(
    principal: Pick<Principal, 'userId' | 'organizationId'>,
    id: ServerId,
    least: AccessLevel,
  ): Promise<VisibleServer> {
    const server = await this.servers.lock(id);
    return withLevel(server, await this.require(principal, id, least));
  }

  /** How many of those that the caller sees are in which state, and with how many tools. */
  async countByStatus(principal: Principal): Promise<ServerCount[]> {
    return this.levels.countByStatus(principal);
  }

  async list(principal: Principal, page: PageRequest): Promise<Page<VisibleServer>> {
    const found = await this.levels.listVisible(principal, page);
    const shown = found.slice(0, page.size);
    const servers = new Map((await this.servers.findAll(shown.map(({ id }) => id))).map((one) => [one.id, one]));
    const items = shown.flatMap(({ id, level }) => {
      const server = servers.get(id);
      return server ? [{ ...server, level }] : [];
    });
    return { items, ...(found.length > page.size && { next: page.page + 1 }) };
  }

  async count(principal: Principal): Promise<number> {
    return this.levels.countVisible(principal);
  }

  /** All servers that are visible to the caller, and what they may do with each. */
  async listLevels(caller: Pick<Principal, 'userId' | 'organizationId'>): Promise<ReadonlyMap<ServerId, AccessLevel>> {
    const found = await this.levels.listLevels(caller);
    return new Map(found.map(({ id, level }) => [id, level]));
  }

  /** Everybody of its organization to whom a server is visible, and what they may do with it; for telling them. */
  async listLevelsAt(serverId: ServerId): Promise<ReadonlyMap<UserId, AccessLevel>> {
    const found = await this.levels.listLevelsAt(serverId);
    return new Map(found.map(({ id, level }) => [id, level]));
  }

  /** For what goes on without its user: whether they still may. */
  async mayUse(use: ServerUse): Promise<boolean> {
    return this.mayDo(use, use.serverId, 'use');
  }

  async mayDo(
    { userId, organizationId }: Pick<Principal, 'userId' | 'organizationId'>,
    serverId: ServerId,
    least: AccessLevel,
  ): Promise<boolean> {
    const level = await this.levels.findLevel({ userId, organizationId, serverId });
    return level !== undefined && hasLevel(level, least);
  }

  /** Those for whom the server is not there, or not any more: for what stays open longer than a request. */
  async listHidden<Use extends ServerUse>(uses: readonly Use[]): Promise<ReadonlySet<Use>> {
    const places = uses.length > 0 ? await this.levels.listHidden(uses) : [];
    return new Set(places.flatMap((place) => uses[place] ?? []));
  }

  /** Who has been granted what. @throws 404 */
  async read(principal: Principal, id: ServerId): Promise<ServerAccessList> {
    const { access, level } = await this.get(principal, id, 'see');
    const grants = await this.levels.listGrants(id);
    const managed = hasLevel(level, 'manage');
    return { access, level, grants: grants.filter(({ userId }) => managed || userId === principal.userId) };
  }

  /** @throws 400 for somebody who is no member, 403, 404 */
  async change(principal: Principal, id: ServerId, change: ServerAccessChange): Promise<ServerAccessList> {
    const { access, grants } = change;
    if (grants && new Set(grants.map(({ userId }) => userId)).size < grants.length) throw granteesRepeat();
    return this.database.transaction(async () => {
      const { name, organizationId } = await this.lock(principal, id, 'manage');
      const now = this.clock.now();
      if (access) await this.servers.update(id, { access, updatedAt: now });
      if (grants) {
        const granted = await this.levels.replaceGrants(id, grants, { by: principal.userId, at: now });
        if (granted < grants.length) throw granteesAreNoMembers();
      }
      await this.activity.record({
        organizationId,
        action: 'server.access_changed',
        subject: { kind: 'server', id, name },
        details: {
          ...(access && { access }),
          ...(grants && { grants: grants.map(({ userId, level }) => `${userId}: ${level}`) }),
        },
      });
      this.database.afterCommit(() => hintServerChanged(this.hints, { id, organizationId }));
      return this.read(principal, id);
    });
  }
}

function withLevel(server: McpServer | undefined, level: AccessLevel): VisibleServer {
  if (!server) throw serverNotFound();
  return { ...server, level };
}
