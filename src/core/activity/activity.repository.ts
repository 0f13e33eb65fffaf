import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { ActivityAction, ActivityDetails, ActivityEntry, ActivityFilter, ActivityOutcome } from './activity.js';

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

  /** Newest first. */
  async list(
    organizationId: OrganizationId,
    { action, actorId, from, to }: ActivityFilter,
    { page, size }: PageRequest,
  ): Promise<Page<ActivityEntry>> {
    const rows = await this.database.sql<Row>(
      `select id, at, action, outcome, actor_id, actor_name, via, subject_kind, subject_id, subject_name, ip, user_agent,
         request_id, details
       from activity
       where organization_id = $1
         and ($2::text is null or action = $2)
         and ($3::text is null or actor_id = $3)
         and ($4::timestamptz is null or at >= $4)
         and ($5::timestamptz is null or at < $5)
       order by at desc, id desc limit $6 offset $7`,
      [organizationId, action ?? null, actorId ?? null, from ?? null, to ?? null, size + 1, (page - 1) * size],
    );
    return { items: rows.slice(0, size).map(toEntry), ...(rows.length > size && { next: page + 1 }) };
  }
}

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
