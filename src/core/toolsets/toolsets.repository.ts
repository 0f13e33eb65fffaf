import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, ToolsetId } from '../../platform/ids.js';
import type { Toolset } from './toolset.js';

const COLUMNS = `id, organization_id as "organizationId", name, handle, description, presentation, entries, audience,
  created_by as "createdBy", created_at as "createdAt", updated_by as "updatedBy", updated_at as "updatedAt"`;

@Injectable()
export class ToolsetsRepository {
  constructor(private readonly database: Database) {}

  /** So that two who add or rename at once see each other. Held until the transaction ends. */
  async lockOrganization(id: OrganizationId): Promise<void> {
    await this.database.sql('select from organizations where id = $1 for no key update', [id]);
  }

  /** By name. */
  async list(organizationId: OrganizationId): Promise<Toolset[]> {
    return this.database.sql<Toolset>(
      `select ${COLUMNS} from toolsets where organization_id = $1 order by lower(name), id`,
      [organizationId],
    );
  }

  async find(organizationId: OrganizationId, id: ToolsetId): Promise<Toolset | undefined> {
    const [found] = await this.database.sql<Toolset>(
      `select ${COLUMNS} from toolsets where organization_id = $1 and id = $2`,
      [organizationId, id],
    );
    return found;
  }

  async findByHandle(organizationId: OrganizationId, handle: string): Promise<Toolset | undefined> {
    const [found] = await this.database.sql<Toolset>(
      `select ${COLUMNS} from toolsets where organization_id = $1 and handle = $2`,
      [organizationId, handle],
      'toolset-by-handle',
    );
    return found;
  }

  async save(toolset: Toolset): Promise<void> {
    await this.database.sql(
      `insert into toolsets (id, organization_id, name, handle, description, presentation, entries, audience,
         created_by, created_at, updated_by, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       on conflict (id) do update set name = excluded.name, handle = excluded.handle,
         description = excluded.description, presentation = excluded.presentation, entries = excluded.entries,
         audience = excluded.audience, updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
      [
        toolset.id,
        toolset.organizationId,
        toolset.name,
        toolset.handle,
        toolset.description,
        toolset.presentation,
        JSON.stringify(toolset.entries),
        toolset.audience && JSON.stringify(toolset.audience),
        toolset.createdBy,
        toolset.createdAt,
        toolset.updatedBy,
        toolset.updatedAt,
      ],
    );
  }

  async remove(id: ToolsetId): Promise<void> {
    await this.database.sql('delete from toolsets where id = $1', [id]);
  }
}
