import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';

/** Who relies on a server: a session on it, or a key that called it. */
export interface Dependent {
  id: string;
  kind: 'session' | 'api_key';
  /** null for what belongs to somebody else: only its owner reads what it is called. */
  name: string | null;
}

interface Row extends Dependent {
  serverId: ServerId;
}

export const MOST_DEPENDENTS = 20;
/** Of the organization, newest first: keys that called before are not found. */
const CALLS_LOOKED_AT = 2_000;

@Injectable()
export class ServerDependentsRepository {
  constructor(private readonly database: Database) {}

  /** The latest of each server first. */
  async listOf(
    { organizationId, userId }: Principal,
    serverIds: readonly ServerId[],
  ): Promise<ReadonlyMap<ServerId, Dependent[]>> {
    const rows = await this.database.sql<Row>(
      `with calls as (
         select server_id, credential_id, started_at from request_log
         where organization_id = $1 order by started_at desc, id desc limit ${CALLS_LOOKED_AT}
       ), used as (
         select server_id, credential_id as id, 'api_key' as kind, max(started_at) as at from calls
         where server_id = any($3) and starts_with(credential_id, 'key_') group by server_id, credential_id
       ), held as (
         select server_id, id, 'session' as kind, updated_at as at,
           row_number() over (partition by server_id order by updated_at desc) as place
         from sessions where organization_id = $1 and server_id = any($3)
       ), found as (
         select used.server_id, used.id, used.kind, used.at,
           case when keys.user_id = $2 then keys.name end as name
         from used join api_keys keys on keys.id = used.id and keys.revoked_at is null
         union all
         select held.server_id, held.id, held.kind, held.at, case when sessions.user_id = $2 then sessions.title end
         from held join sessions on sessions.id = held.id where held.place <= ${MOST_DEPENDENTS}
       ), placed as (
         select *, row_number() over (partition by server_id order by at desc, id) as place from found
       )
       select server_id as "serverId", id, kind, name from placed where place <= ${MOST_DEPENDENTS} order by place`,
      [organizationId, userId, serverIds],
    );
    const found = new Map<ServerId, Dependent[]>();
    for (const { serverId, ...dependent } of rows) found.set(serverId, [...(found.get(serverId) ?? []), dependent]);
    return found;
  }
}
