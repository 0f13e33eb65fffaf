import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, ServerId, ServiceId } from '../../platform/ids.js';
import type { PageRequest } from '../../platform/page.js';
import type { CatalogueEntry, NewCatalogueEntry } from './service.js';

const COLUMNS = `id, name, title, description, version, server_json as "serverJson", source, source_url as "sourceUrl",
  enabled, edited, created_at as "createdAt", updated_at as "updatedAt"`;

export interface OwnServer {
  id: ServerId;
  name: string;
  description: string;
}

@Injectable()
export class ServicesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Ids of entries and of own servers, by title. An entry that is not offered any more is there for who has it.
   * @param filter what name, title or description have in them
   */
  async search(
    { own, used, all }: { own: readonly OwnServer[]; used: readonly ServiceId[]; all: boolean },
    filter: string,
    { page, size }: PageRequest,
  ): Promise<{ ids: (ServiceId | ServerId)[]; total: number }> {
    const rows = await this.database.sql<{ id: ServiceId | ServerId; total: number }>(
      `select id, (count(*) over ())::int as total from (
         select id, title, concat_ws(' ', name, title, description) as words from services
         where not removed and (enabled or $8 or id = any ($1::text[]))
         union all
         select * from (select id, name as title, concat_ws(' ', name, description) as words
           from unnest($2::text[], $3::text[], $4::text[]) as own (id, name, description)) as own
       ) as found
       where strpos(lower(words), lower($5)) > 0
       order by lower(title), id limit $6 offset $7`,
      [
        used,
        own.map(({ id }) => id),
        own.map(({ name }) => name),
        own.map(({ description }) => description),
        filter,
        size,
        (page - 1) * size,
        all,
      ],
    );
    if (rows.length > 0 || page === 1) return { ids: rows.map(({ id }) => id), total: rows[0]?.total ?? 0 };
    return { ids: [], total: (await this.search({ own, used, all }, filter, { page: 1, size: 1 })).total };
  }

  /** In no order. */
  async findAll(ids: readonly string[]): Promise<CatalogueEntry[]> {
    return this.database.sql<CatalogueEntry>(
      `select ${COLUMNS} from services where id = any ($1::text[]) and not removed`,
      [ids],
    );
  }

  async find(id: ServiceId): Promise<CatalogueEntry | undefined> {
    return (await this.findAll([id]))[0];
  }

  /** The organization's servers of it, oldest first. */
  async listServers(id: ServiceId, organizationId: OrganizationId): Promise<ServerId[]> {
    const found = await this.database.sql<{ id: ServerId }>(
      'select id from servers where service_id = $1 and organization_id = $2 order by created_at, id',
      [id, organizationId],
    );
    return found.map((server) => server.id);
  }

  /**
   * Adds an entry, or with `replace` takes the place of the one of this name; one that was removed comes back by either.
   * @returns undefined where there is one already
   */
  async save(
    id: ServiceId,
    entry: NewCatalogueEntry,
    { replace, at }: { replace: boolean; at: Date },
  ): Promise<CatalogueEntry | undefined> {
    const [saved] = await this.database.sql<CatalogueEntry>(
      `insert into services as known
         (id, name, title, description, version, server_json, source, source_url, edited, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, true, $9, $9)
       on conflict on constraint services_name do update set title = excluded.title,
         description = excluded.description, version = excluded.version, server_json = excluded.server_json,
         source = excluded.source, source_url = excluded.source_url, edited = true, enabled = true, removed = false,
         updated_at = excluded.updated_at
       where known.removed or $10
       returning ${COLUMNS}`,
      [
        id,
        entry.name,
        entry.title,
        entry.description,
        entry.version,
        JSON.stringify(entry.serverJson),
        entry.source,
        entry.sourceUrl,
        at.toISOString(),
        replace,
      ],
    );
    return saved;
  }

  /** What ships with the product, unless an administrator changed or removed it. */
  async saveCurated(id: ServiceId, entry: NewCatalogueEntry, at: Date): Promise<void> {
    await this.database.sql(
      `insert into services as known
         (id, name, title, description, version, server_json, source, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, 'curated', $7, $7)
       on conflict on constraint services_name do update set title = excluded.title,
         description = excluded.description, version = excluded.version, server_json = excluded.server_json,
         updated_at = excluded.updated_at
       where known.source = 'curated' and not known.edited and not known.removed
         and known.server_json::text <> excluded.server_json::text`,
      [
        id,
        entry.name,
        entry.title,
        entry.description,
        entry.version,
        JSON.stringify(entry.serverJson),
        at.toISOString(),
      ],
    );
  }

  /** Makes the demo servers, which their organizations got without asking, servers of their service. */
  async adoptDemoServers(name: string): Promise<void> {
    await this.database.sql(
      `update servers set service_id = services.id from services
       where services.name = $1 and not services.removed and servers.demo and servers.service_id is null`,
      [name],
    );
  }

  async setEnabled(id: ServiceId, enabled: boolean, at: Date): Promise<void> {
    await this.database.sql('update services set enabled = $2, updated_at = $3 where id = $1', [
      id,
      enabled,
      at.toISOString(),
    ]);
  }

  /** Servers that were made of it stay, as servers of their own. */
  async remove(id: ServiceId): Promise<boolean> {
    const removed = await this.database.sql(
      'update services set removed = true, edited = true where id = $1 and not removed returning id',
      [id],
    );
    if (removed.length > 0) await this.database.sql('update servers set service_id = null where service_id = $1', [id]);
    return removed.length > 0;
  }
}
