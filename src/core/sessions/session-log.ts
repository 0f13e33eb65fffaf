import {
  type DurableEvent,
  type DurableFrame,
  type PassingEvent,
  PROTOCOL_VERSION,
  type RemovedEvents,
} from '@app/session-protocol';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId, type SessionId } from '../../platform/ids.js';
import { oldBefore } from '../../platform/jobs/sweep.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { CONFIG } from '../../platform/tokens.js';
import { RecentFrames } from './recent-frames.js';
import { sessionNotFound } from './sessions.errors.js';

interface EventRow {
  seq: string;
  id: string;
  type: string;
  payload: unknown;
  ts: Date;
}

/** What is read at once to be sent must not fill the memory when events are large. */
const PAGE_BYTES = 1024 * 1024;
/** A hint may be lost. */
const LOOK_AGAIN_MS = 2_000;
/**
 * While no hints come at all. Not over another carrier meanwhile: that would put every delta on the database in the
 * hour in which it stands alone.
 */
const LOOK_UNHINTED_MS = 500;

/** Small events travel with the hint that tells of them: who follows elsewhere need not read the table for each. */
const TOLD_BYTES = 4_096;
const TOLD_FRAMES = 8;

interface AppendedHint {
  kind: 'appended';
  lastSeq: number;
  frames?: DurableFrame[];
  sizes?: number[];
}

export type SessionHint = AppendedHint | { kind: 'passing'; event: PassingEvent };

/** The append-only, gapless event log of each session. */
@Injectable()
export class SessionLog {
  private readonly recentFrames = new RecentFrames();
  private readonly appended;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly hints: Hints,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.appended = metrics.counter({ name: 'app_events_appended_total', help: 'Events added to sessions here.' });
  }

  /**
   * In the transaction of the change that the events tell. The session's row is the counter and the lock:
   * appends to one session are one after another, so `seq` has no gap and the order of commits is the order of numbers.
   */
  async append(sessionId: SessionId, events: readonly DurableEvent[]): Promise<void> {
    if (events.length === 0) return;
    const ts = this.clock.now();
    const ids = events.map(() => newId('evt', ts.getTime()));
    const payloads = events.map((event) => JSON.stringify(event.payload));
    const [row] = await this.database.sql<{ first: string }>(
      `with bumped as (
         update sessions set last_seq = last_seq + $2, updated_at = $6 where id = $1 returning last_seq - $2 as base
       ), added as (
         insert into session_events (session_id, seq, id, type, payload, ts)
         select $1, bumped.base + e.place, e.id, e.type, e.payload, $6
         from bumped, unnest($3::text[], $4::text[], $5::json[]) with ordinality as e (id, type, payload, place)
       )
       select base + 1 as first from bumped`,
      [sessionId, events.length, ids, events.map((event) => event.type), payloads, ts.toISOString()],
      'append_events',
    );
    if (!row) throw new Error('An event was appended to a session that does not exist.');
    const first = Number(row.first);
    const frames = events.map((event, place) =>
      toFrame(sessionId, first + place, ids[place] ?? '', event.type, event.payload, ts),
    );
    this.database.afterCommit(() => {
      this.appended.inc(frames.length);
      const sizes = payloads.map((payload) => payload.length);
      this.recentFrames.add(sessionId, frames, sizes);
      const hint: AppendedHint = { kind: 'appended', lastSeq: first + frames.length - 1 };
      const isSmall = frames.length <= TOLD_FRAMES && sizes.reduce((sum, size) => sum + size) <= TOLD_BYTES;
      this.hint(sessionId, this.hints.areForListeners && isSmall ? { ...hint, frames, sizes } : hint);
    });
  }

  /** Events after `after` that are in memory still: the same objects for all who ask. Undefined: ask `read`. */
  recent(sessionId: SessionId, after: number, limit: number): readonly DurableFrame[] | undefined {
    const frames = this.recentFrames.after(sessionId, after, limit);
    return frames?.[0] && this.mayBeTrimmed(frames[0]) ? undefined : frames;
  }

  /** Events after `after`, oldest first, at most `limit`, and but for the first at most a mebibyte of payloads. */
  async read(sessionId: SessionId, after: number, limit: number): Promise<readonly DurableFrame[]> {
    const cached = this.recent(sessionId, after, limit);
    if (cached) return cached;
    const rows = await this.database.sql<EventRow>(
      `select seq, id, type, payload, ts from (
         select *, sum(octet_length(payload::text)) over (order by seq) - octet_length(payload::text) as before from (
           select * from session_events where session_id = $1 and seq > $2 order by seq limit $3
         ) as page
       ) as measured where before < $4 order by seq`,
      [sessionId, after, limit, PAGE_BYTES],
      'read_events',
    );
    return rows.map(({ seq, id, type, payload, ts }) => toFrame(sessionId, Number(seq), id, type, payload, ts));
  }

  /** Where the log begins, and what there was before. */
  async beginning(sessionId: SessionId): Promise<{ firstSeq: number; removed?: RemovedEvents }> {
    const [row] = await this.database.sql<{ first_seq: string; events: string | null; first_ts: Date; last_ts: Date }>(
      `select s.first_seq, t.events, t.first_ts, t.last_ts
       from sessions s left join trimmed_logs t on t.session_id = s.id where s.id = $1`,
      [sessionId],
    );
    if (!row) throw sessionNotFound();
    const firstSeq = Number(row.first_seq);
    if (row.events === null) return { firstSeq };
    const removed = { events: Number(row.events), from: row.first_ts.toISOString(), to: row.last_ts.toISOString() };
    return { firstSeq, removed };
  }

  /** The last numbers of many sessions, for those who may have missed a hint. */
  async lastSeqs(sessionIds: readonly SessionId[]): Promise<Map<SessionId, number>> {
    const rows = await this.database.sql<{ id: SessionId; last_seq: string }>(
      'select id, last_seq from sessions where id = any($1)',
      [[...sessionIds]],
    );
    return new Map(rows.map((row) => [row.id, Number(row.last_seq)]));
  }

  /** Tells who listens now; never stored. */
  pass(sessionId: SessionId, event: PassingEvent): void {
    this.hint(sessionId, { kind: 'passing', event });
  }

  listen(sessionId: SessionId, listener: (hint: SessionHint) => void): () => void {
    return this.hints.subscribe(topicOf(sessionId), (data) => {
      const hint = data as SessionHint;
      if (hint.kind === 'appended' && hint.frames && hint.sizes) {
        this.recentFrames.hear(sessionId, hint.frames, hint.sizes);
      }
      listener(hint);
    });
  }

  /** How long whoever follows a session may go without a look at its numbers. */
  get lookAgainMs(): number {
    return this.hints.areCarried ? LOOK_AGAIN_MS : LOOK_UNHINTED_MS;
  }

  private mayBeTrimmed({ ts }: DurableFrame): boolean {
    const { eventsDays } = this.config.retention;
    return eventsDays > 0 && Date.parse(ts) < (oldBefore(this.clock.now(), eventsDays)?.getTime() ?? 0);
  }

  private hint(sessionId: SessionId, hint: SessionHint): void {
    this.hints.publish(topicOf(sessionId), hint);
  }
}

const topicOf = (sessionId: SessionId) => `session:${sessionId}`;

function toFrame(
  sessionId: SessionId,
  seq: number,
  id: string,
  type: string,
  payload: unknown,
  ts: Date,
): DurableFrame {
  const frame = { v: PROTOCOL_VERSION, id, seq, ts: ts.toISOString(), session_id: sessionId, type, payload };
  return frame as DurableFrame;
}
