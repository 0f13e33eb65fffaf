import { Injectable } from '@nestjs/common';
import type { ServerId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from './access.js';
import { type Dependent, ServerDependentsRepository } from './server-dependents.repository.js';
import { ToolsService } from './tools.service.js';
import { type ChangeCondition, type NewServer, type ServerChange, ServersService } from './servers.service.js';

/** A server with what hangs on it. */
export type RegisteredServer = VisibleServer & {
  /** SHA-256 of the definitions that count as approved. */
  approvedPins: readonly string[];
  dependents: readonly Dependent[];
};

/** Servers as programs that register them see them. */
@Injectable()
export class RegisteredServersService {
  constructor(
    private readonly servers: ServersService,
    private readonly tools: ToolsService,
    private readonly dependents: ServerDependentsRepository,
  ) {}

  /** @throws as `ServersService` */
  async create(principal: Principal, input: NewServer): Promise<RegisteredServer> {
    return { ...(await this.servers.create(principal, input)), approvedPins: [], dependents: [] };
  }

  async list(principal: Principal, page: PageRequest): Promise<Page<RegisteredServer>> {
    const found = await this.servers.list(principal, page);
    return { ...found, items: await this.describe(principal, found.items) };
  }

  /** @throws 404 */
  async get(principal: Principal, id: ServerId): Promise<RegisteredServer> {
    return this.describeOne(principal, await this.servers.get(principal, id));
  }

  /** @throws as `ServersService` */
  async update(
    principal: Principal,
    id: ServerId,
    change: ServerChange,
    condition: ChangeCondition,
  ): Promise<RegisteredServer> {
    return this.describeOne(principal, await this.servers.update(principal, id, change, condition));
  }

  /** @throws as `ServersService` */
  async remove(principal: Principal, id: ServerId, condition: ChangeCondition): Promise<void> {
    await this.servers.remove(principal, id, condition);
  }

  private async describeOne(principal: Principal, server: VisibleServer): Promise<RegisteredServer> {
    const dependents = await this.dependents.listOf(principal, [server.id]);
    return this.withPins(server, dependents.get(server.id) ?? []);
  }

  private async describe(principal: Principal, servers: readonly VisibleServer[]): Promise<RegisteredServer[]> {
    const dependents = await this.dependents.listOf(
      principal,
      servers.map(({ id }) => id),
    );
    return Promise.all(servers.map((server) => this.withPins(server, dependents.get(server.id) ?? [])));
  }

  private async withPins(server: VisibleServer, dependents: readonly Dependent[]): Promise<RegisteredServer> {
    return { ...server, approvedPins: await this.tools.listApprovedPins(server.id), dependents };
  }
}
