import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId, SessionId } from '../../platform/ids.js';
import type { BudgetScope, DayUsage, Estimate, Spender, Spent } from './usage.js';

interface SumRow {
  kind: 'used' | 'reserved';
  tokens: string;
  micro_dollars: string;
}

interface DayRow {
  day: string;
  model: string;
  replies: string;
  input_tokens: string;
  output_tokens: string;
  micro_dollars: string;
}

interface Counted {
  used: Estimate;
  reserved: Estimate;
}

/** One number for the locks of budgets among all advisory locks. */
const LOCK_SPACE = 20_026;

/** What a scope counts, in both tables; `$1` is the spender's id of that scope, `$2` the day. */
const COUNTED: Record<BudgetScope, { spent: string; reserved: string }> = {
  session: { spent: 'session_id = $1 and $2::date is not null', reserved: 'session_id = $1' },
  organization: { spent: 'organization_id = $1 and day = $2::date', reserved: 'organization_id = $1' },
  instance: { spent: '$1::text is not null and day = $2::date', reserved: '$1::text is not null' },
};

@Injectable()
export class UsageRepository {
  constructor(private readonly database: Database) {}

  /** Until the transaction ends, nobody else reserves from the same budgets. */
  async lock(name: string): Promise<void> {
    await this.database.sql('select pg_advisory_xact_lock($1, hashtext($2))', [LOCK_SPACE, name]);
  }

  /** What was used and what is reserved at that moment, but for the reservation of that id. */
  async sum(scope: BudgetScope, of: string, day: string, now: Date, except: string): Promise<Counted> {
    const { spent, reserved } = COUNTED[scope];
    const rows = await this.database.sql<SumRow>(
      `select 'used' as kind, coalesce(sum(input_tokens + output_tokens), 0) as tokens,
         coalesce(sum(micro_dollars), 0) as micro_dollars from model_usage where ${spent}
       union all
       select 'reserved', coalesce(sum(tokens), 0), coalesce(sum(micro_dollars), 0)
         from model_reservations where ${reserved} and expires_at > $3 and id <> $4`,
      [of, day, now.toISOString(), except],
    );
    const counted = (wanted: SumRow['kind']): Estimate => {
      const row = rows.find(({ kind }) => kind === wanted);
      return { tokens: Number(row?.tokens ?? 0), microDollars: Number(row?.micro_dollars ?? 0) };
    };
    return { used: counted('used'), reserved: counted('reserved') };
  }

  async reserve(id: string, spender: Spender, { tokens, microDollars }: Estimate, expiresAt: Date): Promise<void> {
    await this.database.sql(
      `insert into model_reservations (id, organization_id, session_id, tokens, micro_dollars, expires_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (id) do update set tokens = $4, micro_dollars = $5, expires_at = $6`,
      [id, spender.organizationId, spender.sessionId, tokens, microDollars, expiresAt.toISOString()],
    );
  }

  /** And of those that processes left behind which died. */
  async release(id: string, now: Date): Promise<void> {
    await this.database.sql('delete from model_reservations where id = $1 or expires_at < $2', [id, now.toISOString()]);
  }

  async add(spender: Spender, day: string, model: string, spent: Spent): Promise<void> {
    await this.database.sql(
      `insert into model_usage as known
         (organization_id, day, session_id, user_id, model, replies, input_tokens, output_tokens, micro_dollars)
       values ($1, $2, $3, $4, $5, 1, $6, $7, $8)
       on conflict (organization_id, day, session_id, user_id, model) do update set
         replies = known.replies + 1,
         input_tokens = known.input_tokens + excluded.input_tokens,
         output_tokens = known.output_tokens + excluded.output_tokens,
         micro_dollars = known.micro_dollars + excluded.micro_dollars`,
      [
        spender.organizationId,
        day,
        spender.sessionId,
        spender.userId,
        model,
        spent.inputTokens,
        spent.outputTokens,
        spent.microDollars,
      ],
    );
  }

  async ofSession(sessionId: SessionId): Promise<Spent> {
    const [row] = await this.database.sql<Omit<DayRow, 'day' | 'model' | 'replies'>>(
      `select coalesce(sum(input_tokens), 0) as input_tokens, coalesce(sum(output_tokens), 0) as output_tokens,
         coalesce(sum(micro_dollars), 0) as micro_dollars from model_usage where session_id = $1`,
      [sessionId],
    );
    return toSpent(row ?? { input_tokens: '0', output_tokens: '0', micro_dollars: '0' });
  }

  /** Newest day first. */
  async listDays(organizationId: OrganizationId, since: string): Promise<DayUsage[]> {
    const rows = await this.database.sql<DayRow>(
      `select to_char(day, 'YYYY-MM-DD') as day, model, sum(replies) as replies, sum(input_tokens) as input_tokens,
         sum(output_tokens) as output_tokens, sum(micro_dollars) as micro_dollars
       from model_usage where organization_id = $1 and day >= $2::date
       group by day, model order by day desc, model`,
      [organizationId, since],
    );
    return rows.map((row) => ({ day: row.day, model: row.model, replies: Number(row.replies), ...toSpent(row) }));
  }
}

const toSpent = (row: Pick<DayRow, 'input_tokens' | 'output_tokens' | 'micro_dollars'>): Spent => ({
  inputTokens: Number(row.input_tokens),
  outputTokens: Number(row.output_tokens),
  microDollars: Number(row.micro_dollars),
});
