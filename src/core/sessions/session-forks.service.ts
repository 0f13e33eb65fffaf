import type { DurableFrame } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId, type SessionId } from '../../platform/ids.js';
import { MAX_TITLE_LENGTH, type Session } from './session.js';
import { SessionLog } from './session-log.js';
import { eventNotFound, messageNotFound } from './sessions.errors.js';
import { SessionsRepository } from './sessions.repository.js';

/** An event of a session, or a message in it; nothing is its end. */
export interface ForkPoint {
  afterSeq?: number | undefined;
  messageId?: string | undefined;
}

const PAGE = 500;
const MARK = ' (fork)';

/** Makes a session that begins with events of another one. In the caller's transaction, with the source locked. */
@Injectable()
export class SessionForks {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly log: SessionLog,
    private readonly clock: Clock,
  ) {}

  /** @throws EVENT_NOT_FOUND, MESSAGE_NOT_FOUND */
  async find(source: Session, { afterSeq, messageId }: ForkPoint): Promise<number> {
    const { id, firstSeq, lastSeq } = source;
    if (messageId !== undefined) {
      const [found] = await this.database.sql<{ seq: string }>(
        `select seq from session_events
         where session_id = $1 and seq >= $2 and type = 'chat_message' and payload->>'message_id' = $3 limit 1`,
        [id, firstSeq, messageId],
      );
      if (!found) throw messageNotFound(firstSeq);
      return Number(found.seq);
    }
    if (afterSeq === undefined) return lastSeq;
    if (afterSeq < firstSeq || afterSeq > lastSeq) throw eventNotFound(firstSeq, lastSeq);
    return afterSeq;
  }

  /** The number of the event by which a turn ended, that one or a later one. */
  async findEnd(source: Session, seq: number, turnId: string): Promise<number | undefined> {
    const [found] = await this.database.sql<{ seq: string }>(
      `select seq from session_events
       where session_id = $1 and seq >= $2 and type = 'turn_finished' and payload->>'turn_id' = $3
       order by seq limit 1`,
      [source.id, seq, turnId],
    );
    return found && Number(found.seq);
  }

  /** Pages of its events up to a number. */
  async *read(source: Session, lastSeq: number): AsyncIterable<readonly DurableFrame[]> {
    for (let after = source.firstSeq - 1; after < lastSeq;) {
      const page = await this.log.read(source.id, after, Math.min(PAGE, lastSeq - after));
      const reached = page.at(-1)?.seq;
      if (reached === undefined) return;
      yield page;
      after = reached;
    }
  }

  /** Empty yet. Its numbers begin where those of the source do, so that what was trimmed there is told here too. */
  async open(source: Session, forkedAtSeq: number): Promise<Session> {
    const now = this.clock.now();
    const title = source.title.endsWith(MARK) ? source.title.slice(0, -MARK.length) : source.title;
    const fork: Session = {
      ...source,
      id: newId('session', now.getTime()),
      title: title.slice(0, MAX_TITLE_LENGTH - MARK.length) + MARK,
      lastSeq: source.firstSeq - 1,
      contextTokens: 0,
      forkedFrom: source.id,
      forkedAtSeq,
      createdAt: now,
      updatedAt: now,
    };
    await this.sessions.insert(fork);
    await this.database.sql(
      `insert into trimmed_logs (session_id, events, first_ts, last_ts, trimmed_at)
       select $2, events, first_ts, last_ts, trimmed_at from trimmed_logs where session_id = $1`,
      [source.id, fork.id],
    );
    return fork;
  }

  /** Numbered anew after what it has, at the times at which they happened. */
  async add(fork: SessionId, frames: readonly DurableFrame[]): Promise<void> {
    if (frames.length === 0) return;
    await this.database.sql(
      `with bumped as (
         update sessions set last_seq = last_seq + $2 where id = $1 returning last_seq - $2 as base
       )
       insert into session_events (session_id, seq, id, type, payload, ts)
       select $1, bumped.base + e.place, e.id, e.type, e.payload, e.ts
       from bumped, unnest($3::text[], $4::text[], $5::json[], $6::timestamptz[])
         with ordinality as e (id, type, payload, ts, place)`,
      [
        fork,
        frames.length,
        frames.map(({ ts }) => newId('evt', Date.parse(ts))),
        frames.map(({ type }) => type),
        frames.map(({ payload }) => JSON.stringify(payload)),
        frames.map(({ ts }) => ts),
      ],
    );
  }

  /** Titles of sessions that one was forked from, of those that are there still. */
  async titlesOf(ids: readonly SessionId[]): Promise<Map<SessionId, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.sql<{ id: SessionId; title: string }>(
      'select id, title from sessions where id = any($1)',
      [[...ids]],
    );
    return new Map(rows.map(({ id, title }) => [id, title]));
  }
}
