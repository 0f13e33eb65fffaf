import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Soon } from '@app/soon';
import type { Database } from '../database/database.js';
import { untilStored } from '../database/until-stored.js';
import { AppError, type FieldIssue } from '../errors/app-error.js';
import { keyIsReused, outcomeUnknown, stillRunning } from './idempotency.errors.js';

/** Which request is the same one: of whom, at which address, under which key of theirs. */
export interface RequestKey {
  organizationId: string;
  userId: string;
  endpoint: string;
  key: string;
}

/** What is given again: an answer, or a refusal that is final. */
export type KeptAnswer =
  | { status: number; body: unknown }
  | {
      refusal: Pick<AppError, 'kind' | 'code' | 'message' | 'details' | 'retryAfterSeconds'> & { issues: FieldIssue[] };
    };

interface Row {
  body_hash: string;
  state: 'begun' | 'acting' | 'answered';
  claim: string;
  alive_until: Date;
  /** The thing of ours that the request has become, which outlives its process. */
  stands_for: string | null;
  answer: KeptAnswer | null;
  created_at: Date;
}

interface Running {
  claim: string;
  standsFor: string | null;
}

const KEPT_MS = 24 * 60 * 60_000;
/** A process that is silent for so long has died. */
const ALIVE_MS = 10_000;
const BEAT_MS = 3_000;

/**
 * The same key and the same body are one request, for a day. `begun` may be begun again when its process died; from
 * `acting` on it may have had its effect, unless it became a thing that stands for it: then it is taken up there.
 */
export class Idempotency {
  private readonly current = new AsyncLocalStorage<Running>();
  private readonly running = new Set<string>();
  private beat: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * @param acts whether `work` may have its effect from its beginning, or from where it says so (`act`)
   * @throws 409 while it runs or when its outcome is unknown, 422 for another body; what `work` throws
   */
  async once(
    request: RequestKey,
    bodyHash: string,
    acts: 'at once' | 'when it says so',
    work: (began: 'now' | 'before') => Promise<{ status: number; body: unknown }>,
  ): Promise<{ status: number; body: unknown }> {
    const claim = randomUUID();
    const before = await this.database.transaction(() => this.begin(request, bodyHash, acts, claim));
    if ('answer' in before) return give(before.answer);
    const { standsFor } = before;
    this.follow(claim);
    try {
      const answer = await this.current.run({ claim, standsFor }, () => work(standsFor === null ? 'now' : 'before'));
      await this.keep(claim, answer);
      return answer;
    } catch (error) {
      if (error instanceof AppError && error.settled) await this.keep(claim, { refusal: toRefusal(error) });
      // It was refused before anything happened, so the key is as good as new; what we did not foresee may have happened.
      else if (error instanceof AppError && error.kind !== 'internal') await this.forget(claim);
      throw error;
    } finally {
      this.running.delete(claim);
    }
  }

  /** What the running request has become before its process died: there it goes on. */
  get standsFor(): string | null {
    return this.current.getStore()?.standsFor ?? null;
  }

  /**
   * From here on the running request may have its effect. Nothing where it came without a key.
   * @param standsFor the id of what it becomes, in the transaction that makes it
   * @throws 409 when it is no longer ours
   */
  act(standsFor: string | null = null): Soon<void> {
    const running = this.current.getStore();
    if (running !== undefined) return this.mark(running, standsFor);
  }

  private async mark({ claim }: Running, standsFor: string | null): Promise<void> {
    const rows = await this.database.sql(
      `update idempotency_keys set state = 'acting', stands_for = $2 where claim = $1 and state <> 'answered' returning 1`,
      [claim, standsFor],
    );
    if (rows.length === 0) throw stillRunning();
  }

  private async begin(
    { organizationId, userId, endpoint, key }: RequestKey,
    bodyHash: string,
    acts: 'at once' | 'when it says so',
    claim: string,
  ): Promise<{ answer: KeptAnswer } | Pick<Running, 'standsFor'>> {
    const now = this.clock.now();
    const aliveUntil = new Date(now.getTime() + ALIVE_MS);
    const state = acts === 'at once' ? 'acting' : 'begun';
    const place = [organizationId, userId, endpoint, key];
    const made = await this.database.sql(
      `insert into idempotency_keys (organization_id, user_id, endpoint, key, body_hash, state, claim, alive_until, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning 1`,
      [...place, bodyHash, state, claim, aliveUntil, now],
    );
    if (made.length > 0) return { standsFor: null };
    const [row] = await this.database.sql<Row>(
      `select body_hash, state, claim, alive_until, stands_for, answer, created_at from idempotency_keys
       where organization_id = $1 and user_id = $2 and endpoint = $3 and key = $4 for update`,
      place,
    );
    if (!row) throw stillRunning();
    const isOld = now.getTime() - row.created_at.getTime() > KEPT_MS;
    if (!isOld) {
      if (row.body_hash !== bodyHash) throw keyIsReused();
      if (row.answer) return { answer: row.answer };
      if (row.alive_until > now) throw stillRunning();
      if (row.state === 'acting' && row.stands_for === null) throw outcomeUnknown();
    }
    const standsFor = isOld ? null : row.stands_for;
    await this.database.sql(
      `update idempotency_keys set body_hash = $2, state = $3, claim = $4, alive_until = $5, answer = null, created_at = $6,
         stands_for = $7
       where claim = $1`,
      [row.claim, bodyHash, standsFor === null ? state : 'acting', claim, aliveUntil, now, standsFor],
    );
    return { standsFor };
  }

  /** It happened: the answer is kept in hand until the database takes it. */
  private async keep(claim: string, answer: KeptAnswer): Promise<void> {
    await untilStored(() =>
      this.database.sql(`update idempotency_keys set state = 'answered', answer = $2 where claim = $1`, [
        claim,
        JSON.stringify(answer),
      ]),
    );
  }

  private async forget(claim: string): Promise<void> {
    // What stays is begun again once its time is over.
    await this.database.sql('delete from idempotency_keys where claim = $1', [claim]).catch(() => undefined);
  }

  /** Says, as long as the request runs, that it does. */
  private follow(claim: string): void {
    this.running.add(claim);
    this.beat ??= setInterval(() => void this.tellAlive(), BEAT_MS).unref();
  }

  private async tellAlive(): Promise<void> {
    if (this.running.size === 0) {
      clearInterval(this.beat);
      this.beat = undefined;
      return;
    }
    const until = new Date(this.clock.ms() + ALIVE_MS);
    // The next beat comes soon.
    await this.database
      .sql('update idempotency_keys set alive_until = $2 where claim = any($1)', [[...this.running], until])
      .catch(() => undefined);
  }
}

const toRefusal = ({ kind, code, message, details, retryAfterSeconds, issues }: AppError) => ({
  kind,
  code,
  message,
  details,
  retryAfterSeconds,
  issues: [...issues],
});

function give(kept: KeptAnswer): { status: number; body: unknown } {
  if (!('refusal' in kept)) return kept;
  const { kind, code, message, details, retryAfterSeconds, issues } = kept.refusal;
  throw new AppError(kind, code, message, {
    details,
    issues,
    settled: true,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}
