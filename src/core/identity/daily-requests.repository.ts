import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';

/** What was counted of one organization on one day (UTC). */
export interface DayCount {
  organizationId: OrganizationId;
  /** `2026-11-21` */
  day: string;
  requests: number;
}

export interface StoredDay extends DayCount {
  /** Null: the plan that the settings name. */
  plan: string | null;
}

@Injectable()
export class DailyRequestsRepository {
  constructor(private readonly database: Database) {}

  /** @returns undefined for an organization that is gone */
  async find(organizationId: OrganizationId, day: string): Promise<StoredDay | undefined> {
    const [found] = await this.database.sql<StoredDay>(
      `select organizations.id as "organizationId", $2::text as day, organizations.plan,
         coalesce(days.requests, 0)::float8 as requests
       from organizations
       left join organization_days days on days.organization_id = organizations.id and days.day = $2::date
       where organizations.id = $1`,
      [organizationId, day],
    );
    return found;
  }

  /** @returns what the days have now; without organizations that are gone */
  async add(counts: readonly DayCount[]): Promise<StoredDay[]> {
    // In one order, so that two processes do not wait for each other.
    return this.database.sql<StoredDay>(
      `with stored as (
         insert into organization_days as days (organization_id, day, requests)
         select organizations.id, given.day, given.requests
         from unnest($1::text[], $2::date[], $3::bigint[]) as given (organization_id, day, requests)
         join organizations on organizations.id = given.organization_id
         order by organizations.id, given.day
         on conflict (organization_id, day) do update set requests = days.requests + excluded.requests
         returning organization_id, day, requests)
       select organizations.id as "organizationId", stored.day::text as day, stored.requests::float8 as requests,
         organizations.plan
       from stored join organizations on organizations.id = stored.organization_id`,
      [
        counts.map(({ organizationId }) => organizationId),
        counts.map(({ day }) => day),
        counts.map(({ requests }) => requests),
      ],
    );
  }
}
