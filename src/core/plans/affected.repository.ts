import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { PlanId, ServerId, SessionId, UserId } from '../../platform/ids.js';

/** What would notice that a tool is trusted otherwise. */
export interface AffectedThings {
  /** Open plans in which it waits. */
  plans: { planId: PlanId; sessionId: SessionId; title: string; nodes: string[] }[];
  /** Sessions on its server that were used lately. */
  sessions: { id: SessionId; title: string | null }[];
  /** Keys that called it lately. */
  keys: { id: string; name: string }[];
  /** How many permissions people chose to remember for it. */
  grants: number;
}

/** Whose things are looked at; undefined: those of all. */
interface Whose {
  serverId: ServerId;
  tool: string;
  userId?: UserId | undefined;
  since: Date;
}

const MOST = 50;
/** A tool may have been called millions of times. */
const CALLS_LOOKED_AT = 20_000;

@Injectable()
export class AffectedRepository {
  constructor(private readonly database: Database) {}

  async find({ serverId, tool, userId, since }: Whose): Promise<AffectedThings> {
    const user = userId ?? null;
    const plans = await this.database.sql<AffectedThings['plans'][number]>(
      `select p.id as "planId", p.session_id as "sessionId", p.title, array_agg(n.id order by n.ordinal) as nodes
       from plan_nodes n
       join plans p on p.id = n.plan_id and p.status = 'open'
       join sessions s on s.id = p.session_id
       where n.server_id = $1 and n.tool = $2 and n.status in ('pending', 'approved', 'blocked')
         and ($3::text is null or s.user_id = $3)
       group by p.id order by p.created_at desc limit ${MOST}`,
      [serverId, tool, user],
    );
    const sessions = await this.database.sql<AffectedThings['sessions'][number]>(
      `select id, title from sessions where server_id = $1 and updated_at >= $2 and ($3::text is null or user_id = $3)
       order by updated_at desc limit ${MOST}`,
      [serverId, since, user],
    );
    const keys = await this.database.sql<AffectedThings['keys'][number]>(
      `select distinct k.id, k.name
       from (select credential_id, user_id from request_log
             where organization_id = (select organization_id from servers where id = $1)
               and server_id = $1 and tool = $2 and started_at >= $3
             order by started_at desc, id desc limit ${CALLS_LOOKED_AT}) l
       join api_keys k on k.id = l.credential_id
       where k.revoked_at is null and ($4::text is null or l.user_id = $4)
       order by k.name limit ${MOST}`,
      [serverId, tool, since, user],
    );
    const [counted] = await this.database.sql<{ grants: number }>(
      `select count(*)::int as grants from approval_grants
       where server_id = $1 and tool = $2 and ($3::text is null or user_id = $3)`,
      [serverId, tool, user],
    );
    return { plans, sessions, keys, grants: counted?.grants ?? 0 };
  }
}
