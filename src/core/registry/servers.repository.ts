import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, ServerId, ServiceId } from '../../platform/ids.js';
import { DEMO_SERVICE } from './demo-server.port.js';
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

  /** Held until the transaction ends. */
  async lock(id: ServerId): Promise<McpServer | undefined> {
    const found = await this.database.entities.findOne(ServerEntity, {
      where: { id },
      lock: { mode: 'pessimistic_write' },
    });
    return toServer(found);
  }

  /** Those that there are, in no order; whoever asks knows that they are visible. */
  async findAll(ids: readonly ServerId[]): Promise<McpServer[]> {
    return (await this.database.entities.findBy(ServerEntity, { id: In([...ids]) })) as McpServer[];
  }

  /** For jobs and calls that were judged before; whoever acts for a person asks `ServerAccess`. */
  async findForJob(id: ServerId): Promise<McpServer | undefined> {
    return toServer(await this.database.entities.findOneBy(ServerEntity, { id }));
  }

  async listNames(organizationId: OrganizationId): Promise<{ id: ServerId; name: string }[]> {
    return this.database.sql('select id, name from servers where organization_id = $1', [organizationId]);
  }

  async findDemo(organizationId: OrganizationId): Promise<McpServer | undefined> {
    return toServer(await this.database.entities.findOneBy(ServerEntity, { organizationId, demo: true }));
  }

  /** The entry that the catalogue has of it, unless an administrator removed that. */
  async findDemoService(): Promise<ServiceId | null> {
    const found = await this.database.sql<{ id: ServiceId }>(
      'select id from services where name = $1 and not removed',
      [DEMO_SERVICE],
    );
    return found[0]?.id ?? null;
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

  /**
   * Whether a listing of its tools is the latest known, which it is from then on.
   * One of the future is of a clock that was wrong, and holds nothing up.
   * @param beganAt when the server was asked for it
   */
  async takeListing(id: ServerId, beganAt: Date): Promise<boolean> {
    const taken = await this.database.sql(
      `update servers set tools_listed_at = $2
       where id = $1 and (tools_listed_at is null or tools_listed_at <= $2
         or tools_listed_at > clock_timestamp() + interval '1 minute')
       returning id`,
      [id, beganAt.toISOString()],
    );
    return taken.length > 0;
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
