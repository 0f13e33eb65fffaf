import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import type { SessionId } from '../../platform/ids.js';
import { deleteInBatches, oldBefore, Sweep } from '../../platform/jobs/sweep.js';
import { CONFIG } from '../../platform/tokens.js';

interface OldLog {
  id: SessionId;
  /** Where its log is to begin. */
  cut: string;
}

const PAGE = 200;

/**
 * Events after RETENTION_EVENTS_DAYS, whole turns at a time: a log begins with a person's message, and the last turn
 * always stays. What is open, and what the model reads, is in other tables.
 */
@Injectable()
export class OldEvents extends Sweep {
  readonly what = 'events';

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    const before = oldBefore(this.clock.now(), this.config.retention.eventsDays);
    let removed = 0;
    for (let after = ''; before && !signal.aborted;) {
      const ids = await this.database.sql<{ id: string }>(
        'select id from sessions where id > $1 order by id limit $2',
        [after, PAGE],
      );
      for (const log of await this.findOld(ids, before)) removed += await this.trim(log, signal);
      const last = ids.at(-1);
      if (!last || ids.length < PAGE) break;
      after = last.id;
    }
    return removed;
  }

  /** Those that begin before their cut: the newest message of a person that is old, or where an earlier run was cut off. */
  private async findOld(ids: readonly { id: string }[], before: Date): Promise<OldLog[]> {
    return this.database.sql<OldLog>(
      `select s.id, greatest(s.first_seq, coalesce(message.seq, 0)) as cut
       from sessions s
       cross join lateral (
         select seq, ts from session_events where session_id = s.id order by seq limit 1) oldest
       left join lateral (
         select seq from session_events
         where session_id = s.id and ts < $2 and type = 'chat_message' and payload->>'sender' = 'USER'
         order by seq desc limit 1) message on true
       where s.id = any($1) and oldest.ts < $2 and oldest.seq < greatest(s.first_seq, coalesce(message.seq, 0))`,
      [ids.map(({ id }) => id), before],
    );
  }

  /** First it is told where the log begins, then the rows go: nobody finds a gap that was not told. */
  private async trim({ id, cut }: OldLog, signal: AbortSignal): Promise<number> {
    await this.database.sql(
      `with old as (
         select count(*) as events, min(e.ts) as first_ts, max(e.ts) as last_ts
         from session_events e join sessions s on s.id = e.session_id
         where e.session_id = $1 and e.seq >= s.first_seq and e.seq < $2
       ), moved as (
         update sessions set first_seq = $2 where id = $1 and first_seq < $2 returning id
       )
       insert into trimmed_logs (session_id, events, first_ts, last_ts, trimmed_at)
       select moved.id, events, first_ts, last_ts, $3 from moved, old
       on conflict (session_id) do update
         set events = trimmed_logs.events + excluded.events, last_ts = excluded.last_ts, trimmed_at = excluded.trimmed_at`,
      [id, cut, this.clock.now()],
    );
    return deleteInBatches(
      this.database,
      signal,
      `delete from session_events where session_id = $2 and seq in (
         select seq from session_events where session_id = $2 and seq < $3 order by seq limit $1)`,
      [id, cut],
    );
  }
}
