import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, ServerId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { Principal } from '../identity/principal.js';
import { ServerEntity } from './server.entity.js';
import type { McpServer } from './server.js';

const toServer = (found: ServerEntity | null): McpServer | undefined => (found as McpServer | null) ?? undefined;

@Injectable()
export class ServersRepository {
  constructor(private readonly database: Database) {}

  async insert(server: McpServer): Promise<void> {
    await this.database.entities.insert(ServerEntity, server);
  }

  /** Does nothing where the organization has a demo server, or another one of that name. */
  async insertDemo(server: McpServer): Promise<void> {
    await this.database.entities.createQueryBuilder().insert().into(ServerEntity).values(server).orIgnore().execute();
  }

  async findVisible(principal: Principal, id: ServerId): Promise<McpServer | undefined> {
    const { organizationId } = principal;
    return toServer(await this.database.entities.findOneBy(ServerEntity, { id, organizationId }));
  }

  /** Held until the transaction ends. */
  async lockVisible(principal: Principal, id: ServerId): Promise<McpServer | undefined> {
    const { organizationId } = principal;
    const found = await this.database.entities.findOne(ServerEntity, {
      where: { id, organizationId },
      lock: { mode: 'pessimistic_write' },
    });
    return toServer(found);
  }

  /** For jobs and calls that were judged before; whoever acts for a person asks `findVisible`. */
  async findForJob(id: ServerId): Promise<McpServer | undefined> {
    return toServer(await this.database.entities.findOneBy(ServerEntity, { id }));
  }

  async listMissing(ids: readonly ServerId[]): Promise<ServerId[]> {
    const missing = await this.database.sql<{ id: ServerId }>(
      'select id from unnest($1::text[]) as given (id) where not exists (select from servers where servers.id = given.id)',
      [[...ids]],
    );
    return missing.map(({ id }) => id);
  }

  async findDemo(organizationId: OrganizationId): Promise<McpServer | undefined> {
    return toServer(await this.database.entities.findOneBy(ServerEntity, { organizationId, demo: true }));
  }

  /** Oldest first. */
  async listVisible(principal: Principal, { page, size }: PageRequest): Promise<Page<McpServer>> {
    const found = await this.database.entities.find(ServerEntity, {
      where: { organizationId: principal.organizationId },
      order: { createdAt: 'ASC', id: 'ASC' },
      skip: (page - 1) * size,
      take: size + 1,
    });
    return {
      items: found.slice(0, size) as McpServer[],
      ...(found.length > size ? { next: page + 1 } : {}),
    };
  }

  async update(id: ServerId, change: Partial<Omit<McpServer, 'id' | 'organizationId'>>): Promise<void> {
    await this.database.entities.update(ServerEntity, { id }, change);
  }

  /** Writes only while the server is still the place that `seen` describes, and then holds it until the transaction ends. */
  async updateIfSamePlace(seen: McpServer, change: Partial<McpServer>): Promise<boolean> {
    const { affected } = await this.database.entities.update(
      ServerEntity,
      {
        id: seen.id,
        accountVersion: seen.accountVersion,
        url: seen.url,
        transport: seen.transport,
        sslVerify: seen.sslVerify,
      },
      change,
    );
    return affected === 1;
  }

  async remove(id: ServerId): Promise<void> {
    await this.database.entities.delete(ServerEntity, { id });
  }

  async listDemosAt(url: string, { offline = false } = {}): Promise<ServerId[]> {
    const found = await this.database.sql<{ id: ServerId }>(
      `select id from servers where demo and url = $1 and (status <> 'online' or not $2)`,
      [url, offline],
    );
    return found.map(({ id }) => id);
  }

  /** Points demo servers to where the demo listens now; the ids of those that moved. */
  async moveDemoServers(url: string): Promise<ServerId[]> {
    const moved = await this.database.sql<{ id: ServerId }>(
      'update servers set url = $1, last_checked_at = null, failures = 0 where demo and url <> $1 returning id',
      [url],
    );
    return moved.map(({ id }) => id);
  }

  /** Servers whose check is long overdue, e.g. since its job was lost. */
  async listForgotten(before: Date, limit: number): Promise<ServerId[]> {
    const found = await this.database.sql<{ id: ServerId }>(
      `select id from servers where coalesce(last_checked_at, created_at) < $1
       order by last_checked_at nulls first, id limit $2`,
      [before.toISOString(), limit],
    );
    return found.map(({ id }) => id);
  }
}
