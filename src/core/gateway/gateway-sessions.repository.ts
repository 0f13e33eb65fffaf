import { CODES, ProtocolError, type SessionRecord, type SessionStore } from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { isKeptAsJson } from '../../platform/database/kept-text.js';

/** Of one owner: who opens more ends their oldest. */
const SESSIONS_AT_MOST = 500;

/** Sessions of clients, for all processes. */
@Injectable()
export class GatewaySessionsRepository implements SessionStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async create(session: SessionRecord): Promise<void> {
    const now = this.clock.now();
    await this.database.sql(
      `with older as (
         select id from gateway_sessions where owner = $2 order by last_used_at desc offset $5
       ), ended as (
         delete from gateway_sessions where id in (select id from older)
       )
       insert into gateway_sessions (id, owner, session, created_at, last_used_at) values ($1, $2, $3, $4, $4)`,
      [session.id, session.key, toJson(session), now, SESSIONS_AT_MOST - 1],
    );
  }

  async find(id: string): Promise<SessionRecord | undefined> {
    const [found] = await this.database.sql<{ session: SessionRecord }>(
      'select session from gateway_sessions where id = $1',
      [id],
      'gateway-session',
    );
    return found?.session;
  }

  async change(id: string, change: Partial<Pick<SessionRecord, 'logLevel' | 'resources'>>): Promise<void> {
    await this.database.sql('update gateway_sessions set session = session || $2 where id = $1', [id, toJson(change)]);
  }

  async touch(id: string, lastUsedAt: number): Promise<void> {
    await this.database.sql('update gateway_sessions set last_used_at = $2 where id = $1', [id, new Date(lastUsedAt)]);
  }

  async remove(id: string): Promise<boolean> {
    const removed = await this.database.sql('delete from gateway_sessions where id = $1 returning 1', [id]);
    return removed.length > 0;
  }
}

/** @throws ProtocolError for what its client said with characters that are none */
function toJson(said: Partial<SessionRecord>): string {
  if (isKeptAsJson(said)) return JSON.stringify(said);
  throw new ProtocolError(CODES.invalidParams, 'Parameters hold U+0000, or half of a character.');
}
