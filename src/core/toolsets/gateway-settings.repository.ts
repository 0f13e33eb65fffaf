import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import type { Presentation } from '../identity/presentation.js';

@Injectable()
export class GatewaySettingsRepository {
  constructor(private readonly database: Database) {}

  async find(organizationId: OrganizationId): Promise<Presentation | undefined> {
    const [found] = await this.database.sql<{ presentation: Presentation }>(
      'select presentation from gateway_settings where organization_id = $1',
      [organizationId],
    );
    return found?.presentation;
  }

  async save(organizationId: OrganizationId, presentation: Presentation): Promise<void> {
    await this.database.sql(
      `insert into gateway_settings (organization_id, presentation) values ($1, $2)
       on conflict (organization_id) do update set presentation = excluded.presentation`,
      [organizationId, presentation],
    );
  }
}
