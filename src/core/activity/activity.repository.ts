import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import type { PageRequest } from '../../platform/page.js';
import type {
  ActivityAction,
  ActivityDetails,
  ActivityEntry,
  ActivityFilter,
  ActivityOutcome,
  ActivityStats,
} from './activity.js';

interface StoredActivity extends ActivityEntry {
  organizationId: OrganizationId;
  credentialId: string | null;
}

interface Row {
  id: string;
  at: Date;
  action: ActivityAction;
  outcome: ActivityOutcome;
  actor_id: string | null;
  actor_name: string | null;
  via: string | null;
  subject_kind: string | null;
  subject_id: string | null;
  subject_name: string | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
  details: ActivityDetails | null;
}

/** Of a line in the order in which lines became visible. */
export interface ActivityPlace {
  /** The number of the transaction that wrote it. */
  writtenBy: string;
  id: string;
}

const COLUMNS = `id, at, action, outcome, actor_id, actor_name, via, subject_kind, subject_id, subject_name, ip,
  user_agent, request_id, details`;

/** No transaction that began before is still open, or only one that somebody forgot. */
const IS_SETTLED = `(written_by < pg_snapshot_xmin(pg_current_snapshot()) or recorded_at < now() - interval '1 minute')`;

const MATCHES = `organization_id = $1
  and ($2::text is null or action = $2)
  and ($3::text is null or actor_id = $3)
  and ($4::timestamptz is null or at >= $4)
  and ($5::timestamptz is null or at < $5)
  and ($6::text is null or outcome = $6)
  and ($7::text is null or action ilike $7 or actor_name ilike $7 or subject_name ilike $7 or user_agent ilike $7
    or subject_id = $8 or id = $8 or request_id = $8 or ip = $8)`;

const MOST_ACTIONS = 20;
const MOST_ACTORS = 10;

@Injectable()
export class ActivityRepository {
  constructor(private readonly database: Database) {}

  /** Writes no second line of one id. */
  async add(entry: StoredActivity): Promise<void> {
    const { actor, subject } = entry;
    await this.database.sql(
      `insert into activity (id, organization_id, at, action, outcome, actor_id, actor_name, credential_id, via,
         subject_kind, subject_id, subject_name, ip, user_agent, request_id, details)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       on conflict (id) do nothing`,
      [
        entry.id,
        entry.organizationId,
        entry.at,
        entry.action,
        entry.outcome,
        actor?.id ?? null,
        actor?.name ?? null,
        entry.credentialId,
        entry.via,
        subject?.kind ?? null,
        subject?.id ?? null,
        subject?.name ?? null,
        entry.ip,
        entry.userAgent,
        entry.requestId,
        entry.details === null ? null : JSON.stringify(entry.details),
      ],
    );
  }

  /** Newest first; one more than the page has, where there is one. */
  async list(organizationId: OrganizationId, filter: ActivityFilter, page: PageRequest): Promise<ActivityEntry[]> {
    const rows = await this.database.sql<Row>(
      `select ${COLUMNS} from activity where ${MATCHES} order by at desc, id desc limit $9 offset $10`,
      [...valuesOf(organizationId, filter), page.size + 1, (page.page - 1) * page.size],
    );
    return rows.map(toEntry);
  }

  async count(organizationId: OrganizationId, filter: ActivityFilter): Promise<number> {
    const [row] = await this.database.sql<{ total: number }>(
      `select count(*)::int as total from activity where ${MATCHES}`,
      valuesOf(organizationId, filter),
    );
    return row?.total ?? 0;
  }

  /** Where to go on after a line; without one behind all that there are. */
  async findPlace(organizationId: OrganizationId, after: string | undefined): Promise<ActivityPlace> {
    const [place] = await this.database.sql<{ writtenBy: string; id: string }>(
      `select written_by::text as "writtenBy", id from activity
       where organization_id = $1 and (id = $2 or ${IS_SETTLED})
       order by id = $2 desc, activity.written_by desc, id desc limit 1`,
      [organizationId, after ?? ''],
    );
    return place ?? { writtenBy: '0', id: '' };
  }

  async listAfter(
    organizationId: OrganizationId,
    { writtenBy, id }: ActivityPlace,
    limit: number,
  ): Promise<{ entry: ActivityEntry; place: ActivityPlace }[]> {
    const rows = await this.database.sql<Row & { written_by: string }>(
      `select ${COLUMNS}, written_by::text as written_by from activity
       where organization_id = $1 and (written_by, id) > ($2::xid8, $3) and ${IS_SETTLED}
       order by activity.written_by, id limit $4`,
      [organizationId, writtenBy, id, limit],
      'activity-after',
    );
    return rows.map((row) => ({ entry: toEntry(row), place: { writtenBy: row.written_by, id: row.id } }));
  }

  /** What another cluster numbered comes before all that is written here. */
  async adopt(): Promise<void> {
    await this.database.sql(
      `update activity set written_by = '3' where written_by >= pg_snapshot_xmax(pg_current_snapshot())`,
    );
  }

  /** @param from a day begins at midnight, UTC */
  async stats(organizationId: OrganizationId, from: Date): Promise<ActivityStats> {
    const values = [organizationId, from];
    const since = 'from activity where organization_id = $1 and at >= $2';
    const [days, actions, actors] = await Promise.all([
      this.database.sql<ActivityStats['days'][number]>(
        `select to_char(at at time zone 'utc', 'YYYY-MM-DD') as date,
           count(*) filter (where outcome = 'succeeded')::int as succeeded,
           count(*) filter (where outcome = 'failed')::int as failed
         ${since} group by 1 order by 1`,
        values,
      ),
      this.database.sql<ActivityStats['actions'][number]>(
        `select action, count(*)::int as count ${since} group by 1 order by 2 desc, 1 limit ${MOST_ACTIONS}`,
        values,
      ),
      this.database.sql<ActivityStats['actors'][number]>(
        `select actor_id as id, max(actor_name) as name, count(*)::int as count ${since} and actor_id is not null
         group by 1 order by 3 desc, 1 limit ${MOST_ACTORS}`,
        values,
      ),
    ]);
    return { days, actions, actors };
  }
}

const valuesOf = (organizationId: OrganizationId, filter: ActivityFilter) => [
  organizationId,
  filter.action ?? null,
  filter.actorId ?? null,
  filter.from ?? null,
  filter.to ?? null,
  filter.outcome ?? null,
  filter.search === undefined ? null : `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`,
  filter.search ?? null,
];

const toEntry = (row: Row): ActivityEntry => ({
  id: row.id,
  at: row.at,
  action: row.action,
  outcome: row.outcome,
  actor: row.actor_id === null ? null : { id: row.actor_id, name: row.actor_name ?? '' },
  subject:
    row.subject_kind === null
      ? null
      : { kind: row.subject_kind, id: row.subject_id ?? '', name: row.subject_name ?? '' },
  via: row.via,
  ip: row.ip,
  userAgent: row.user_agent,
  requestId: row.request_id,
  details: row.details,
});
