import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { type ApprovalId, newId, type ServerId, type UserId } from '../../platform/ids.js';
import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import type { PinnedTool, ToolSnapshot } from './tool-definition.js';
import {
  isQuarantined,
  type ToolRecord,
  type ToolStanding,
  type ToolState,
  type ToolVersion,
  type VersionStatus,
} from './tool-state.js';

/** What one look at a server changes of what is known of a tool. */
export interface StateChange {
  name: string;
  pin: string;
  definition: PinnedTool;
  state: ToolState;
  renamedFrom: string | null;
  /** The rule that approved it. */
  rule: string | undefined;
}

const RECORD = `id, server_id as "serverId", name, state, pin, present, renamed_from as "renamedFrom",
  approval_policy as "approvalPolicy", approval_id as "approvalId"`;

/** A definition that comes back is still decided as it was. */
const KEEPS = 'tool_versions.status = excluded.status';

/** How many definitions are kept of one tool on which nobody decided: a server may show a new one each minute. */
const MOST_UNDECIDED = 20;
/** The same for tools that are gone. */
const MOST_GONE = 500;

/** What is kept of tools; each change is made by whoever holds the row of their server. */
@Injectable()
export class ToolStatesRepository {
  constructor(private readonly database: Database) {}

  async list(serverId: ServerId): Promise<ToolRecord[]> {
    return this.database.sql<ToolRecord>(`select ${RECORD} from tool_states where server_id = $1`, [serverId]);
  }

  /** Of those that are offered now, by name. */
  async listStandings(serverId: ServerId): Promise<Map<string, ToolStanding>> {
    const rows = await this.database.sql<Omit<ToolStanding, 'quarantined'> & { name: string }>(
      `select name, state, pin, approval_policy as "approvalPolicy" from tool_states where server_id = $1 and present`,
      [serverId],
      'tool-standings',
    );
    return new Map(rows.map(({ name, ...rest }) => [name, { ...rest, quarantined: isQuarantined(rest.state) }]));
  }

  async find(serverId: ServerId, name: string): Promise<ToolRecord | undefined> {
    const [found] = await this.database.sql<ToolRecord>(
      `select ${RECORD} from tool_states where server_id = $1 and name = $2`,
      [serverId, name],
    );
    return found;
  }

  async findById(id: string): Promise<ToolRecord | undefined> {
    const [found] = await this.database.sql<ToolRecord>(`select ${RECORD} from tool_states where id = $1`, [id]);
    return found;
  }

  /** The status of those of these definitions that were seen before, by name. */
  async statusesOf(serverId: ServerId, snapshots: readonly ToolSnapshot[]): Promise<Map<string, VersionStatus>> {
    const rows = await this.database.sql<{ tool: string; status: VersionStatus }>(
      `select tool, status from tool_versions
       join unnest($2::text[], $3::text[]) as given (name, hash) on tool = given.name and pin = given.hash
       where server_id = $1`,
      [serverId, snapshots.map(({ definition }) => definition.name), snapshots.map(({ pin }) => pin)],
    );
    return new Map(rows.map(({ tool, status }) => [tool, status]));
  }

  /** The last definition of each of these tools. */
  async definitionsOf(serverId: ServerId, names: readonly string[]): Promise<PinnedTool[]> {
    const rows = await this.database.sql<{ definition: PinnedTool }>(
      `select v.definition from tool_states s
       join tool_versions v on v.server_id = s.server_id and v.tool = s.name and v.pin = s.pin
       where s.server_id = $1 and s.name = any($2)`,
      [serverId, [...names]],
    );
    return rows.map(({ definition }) => definition);
  }

  /** Takes over what was seen: the states, and a version of each definition that is new. */
  async see(serverId: ServerId, changes: readonly StateChange[], now: Date): Promise<void> {
    await this.database.sql(
      `insert into tool_states (id, server_id, name, state, pin, renamed_from, changed_at)
       select id, $1, name, state, pin, renamed_from, $7::timestamptz
       from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
         as given (id, name, state, pin, renamed_from)
       on conflict (server_id, name) do update set state = excluded.state, pin = excluded.pin, present = true,
         renamed_from = coalesce(excluded.renamed_from, tool_states.renamed_from), changed_at = excluded.changed_at`,
      [
        serverId,
        changes.map(() => newId('tool', now.getTime())),
        changes.map(({ name }) => name),
        changes.map(({ state }) => state),
        changes.map(({ pin }) => pin),
        changes.map(({ renamedFrom }) => renamedFrom),
        now,
      ],
    );
    await this.database.sql(
      `insert into tool_versions (server_id, tool, number, pin, definition, status, first_seen_at, decided_at, reason)
       select $1, name, 1 + coalesce((select max(number) from tool_versions v where v.server_id = $1 and v.tool = name), 0),
         pin, definition, state, $7::timestamptz, case when rule is null then null else $7::timestamptz end, rule
       from unnest($2::text[], $3::text[], $4::json[], $5::text[], $6::text[])
         as given (name, pin, definition, state, rule)
       on conflict (server_id, tool, pin) do update set status = excluded.status,
         decided_at = case when ${KEEPS} then tool_versions.decided_at else excluded.decided_at end,
         decided_by = case when ${KEEPS} then tool_versions.decided_by end,
         decided_by_name = case when ${KEEPS} then tool_versions.decided_by_name end,
         reason = case when ${KEEPS} then tool_versions.reason else excluded.reason end`,
      [
        serverId,
        changes.map(({ name }) => name),
        changes.map(({ pin }) => pin),
        changes.map(({ definition }) => JSON.stringify(definition)),
        changes.map(({ state }) => state),
        changes.map(({ rule }) => rule ?? null),
        now,
      ],
    );
  }

  /** Those of the names that were there until now. */
  async markGone(serverId: ServerId, present: readonly string[]): Promise<ToolRecord[]> {
    return this.database.sql<ToolRecord>(
      `update tool_states set present = false where server_id = $1 and present and name <> all($2) returning ${RECORD}`,
      [serverId, [...present]],
    );
  }

  async decide(
    { serverId, name, pin }: Pick<ToolRecord, 'serverId' | 'name' | 'pin'>,
    decision: {
      state: ToolState;
      version: VersionStatus;
      by?: { id: UserId; name: string };
      reason?: string;
      at: Date;
    },
  ): Promise<void> {
    await this.database.sql('update tool_states set state = $3, changed_at = $4 where server_id = $1 and name = $2', [
      serverId,
      name,
      decision.state,
      decision.at,
    ]);
    await this.database.sql(
      `update tool_versions set status = $4, decided_at = $5, decided_by = $6, decided_by_name = $7, reason = $8
       where server_id = $1 and tool = $2 and pin = $3`,
      [
        serverId,
        name,
        pin,
        decision.version,
        decision.at,
        decision.by?.id ?? null,
        decision.by?.name ?? null,
        decision.reason ?? null,
      ],
    );
  }

  async setPolicy(serverId: ServerId, name: string, policy: ApprovalPolicy | null): Promise<void> {
    await this.database.sql('update tool_states set approval_policy = $3 where server_id = $1 and name = $2', [
      serverId,
      name,
      policy,
    ]);
  }

  async setApproval(serverId: ServerId, name: string, approvalId: ApprovalId | null): Promise<void> {
    await this.database.sql('update tool_states set approval_id = $3 where server_id = $1 and name = $2', [
      serverId,
      name,
      approvalId,
    ]);
  }

  /** Another account or address: nothing that was decided counts there. */
  async voidAll(serverId: ServerId): Promise<void> {
    await this.database.sql(`update tool_versions set status = 'void' where server_id = $1`, [serverId]);
    await this.database.sql(
      `update tool_states set present = false, renamed_from = null, approval_policy = null, approval_id = null
       where server_id = $1`,
      [serverId],
    );
  }

  /** Newest first. */
  async listVersions(serverId: ServerId, name: string): Promise<ToolVersion[]> {
    const rows = await this.database.sql<
      Omit<ToolVersion, 'decidedBy'> & { decidedById: UserId | null; decidedByName: string | null }
    >(
      `select number, pin, status, first_seen_at as "firstSeenAt", decided_at as "decidedAt", reason,
         decided_by as "decidedById", decided_by_name as "decidedByName"
       from tool_versions where server_id = $1 and tool = $2 order by number desc`,
      [serverId, name],
    );
    return rows.map(({ decidedById, decidedByName, ...rest }) => ({
      ...rest,
      decidedBy: decidedByName === null ? null : { userId: decidedById, username: decidedByName },
    }));
  }

  async findDefinition(serverId: ServerId, name: string, pin: string): Promise<PinnedTool | undefined> {
    const [found] = await this.database.sql<{ definition: PinnedTool }>(
      'select definition from tool_versions where server_id = $1 and tool = $2 and pin = $3',
      [serverId, name, pin],
    );
    return found?.definition;
  }

  /** The definitions that are approved and offered now, by name. */
  async listApprovedPins(serverId: ServerId): Promise<string[]> {
    const rows = await this.database.sql<{ pin: string }>(
      `select pin from tool_states where server_id = $1 and present and state = 'approved' order by name`,
      [serverId],
    );
    return rows.map(({ pin }) => pin);
  }

  /** Lets go of what nobody decided on and of which there is too much. */
  async trim(serverId: ServerId): Promise<void> {
    await this.database.sql(
      `delete from tool_versions v using (
         select tool, number, row_number() over (partition by tool order by number desc) as place
         from tool_versions where server_id = $1 and status not in ('approved', 'rejected', 'revoked')
       ) old, tool_states s
       where v.server_id = $1 and v.tool = old.tool and v.number = old.number and old.place > $2
         and s.server_id = $1 and s.name = v.tool and s.pin <> v.pin`,
      [serverId, MOST_UNDECIDED],
    );
    await this.database.sql(
      `delete from tool_states where id in (
         select id from tool_states s
         where server_id = $1 and not present and least_role is null and not by_name and not exists (
           select from tool_versions v where v.server_id = $1 and v.tool = s.name
             and v.status in ('approved', 'rejected', 'revoked'))
         order by changed_at desc offset $2)`,
      [serverId, MOST_GONE],
    );
  }
}
