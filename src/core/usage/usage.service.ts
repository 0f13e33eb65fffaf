import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import type { SessionId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/tokens.js';
import type { Principal } from '../identity/principal.js';
import {
  type Budget,
  BUDGET_SCOPES,
  type BudgetScope,
  dayOf,
  type DayUsage,
  type Estimate,
  MICRO,
  nextDay,
  type Spender,
  type Spent,
} from './usage.js';
import { UsageRepository } from './usage.repository.js';

const DAY_MS = 86_400_000;

/** What language models cost, and the budgets that bound it. Days are of UTC. */
@Injectable()
export class UsageService {
  private readonly bounded: readonly BudgetScope[];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly usage: UsageRepository,
    private readonly clock: Clock,
  ) {
    this.bounded = BUDGET_SCOPES.filter((scope) => {
      const { tokens, dollars } = config.budgets[scope];
      return tokens > 0 || dollars > 0;
    });
  }

  /**
   * Takes what a reply may cost from all budgets, or from none. As it counts what others have reserved, replies that are
   * made at the same time overrun a budget by one of them at most.
   * @param id the same one again replaces its reservation
   * @returns the budget that is used up, or nothing
   */
  async reserve(id: string, spender: Spender, estimate: Estimate, forMs: number): Promise<Budget | undefined> {
    if (this.bounded.length === 0) return undefined;
    return this.database.transaction(async () => {
      const now = this.clock.now();
      await this.usage.lock(this.bounded.includes('instance') ? 'instance' : spender.organizationId);
      for (const budget of await this.stateOf(spender, this.bounded, id)) {
        if (budget.used + budget.reserved >= budget.limit) return budget;
      }
      await this.usage.reserve(id, spender, estimate, new Date(now.getTime() + forMs));
      return undefined;
    });
  }

  /** What it cost in the end takes the place of what was reserved. */
  async settle(id: string, spender: Spender, model: string, spent: Spent): Promise<void> {
    await this.database.transaction(async () => {
      const now = this.clock.now();
      await this.usage.release(id, now);
      await this.usage.add(spender, dayOf(now), model, spent);
    });
  }

  /** Nothing was spent. */
  async release(id: string): Promise<void> {
    if (this.bounded.length > 0) await this.usage.release(id, this.clock.now());
  }

  async ofSession(sessionId: SessionId): Promise<Spent> {
    return this.usage.ofSession(sessionId);
  }

  /** Of the caller's organization, by day and model; and the budgets that it shares. */
  async report(principal: Principal, days: number): Promise<{ days: DayUsage[]; budgets: Budget[] }> {
    const { organizationId } = principal;
    const since = dayOf(new Date(this.clock.ms() - (days - 1) * DAY_MS));
    const shared = this.bounded.filter((scope) => scope !== 'session');
    return {
      days: await this.usage.listDays(organizationId, since),
      budgets: await this.stateOf({ organizationId }, shared, ''),
    };
  }

  private async stateOf(
    { organizationId, sessionId }: Pick<Spender, 'organizationId'> & Partial<Spender>,
    scopes: readonly BudgetScope[],
    except: string,
  ): Promise<Budget[]> {
    const now = this.clock.now();
    const budgets: Budget[] = [];
    for (const scope of scopes) {
      const of = scope === 'session' ? (sessionId ?? '') : organizationId;
      const { used, reserved } = await this.usage.sum(scope, of, dayOf(now), now, except);
      const { tokens: mostTokens, dollars } = this.config.budgets[scope];
      const resets = scope === 'session' ? {} : { resetsAt: nextDay(now) };
      if (mostTokens > 0) {
        const counts = { used: used.tokens, reserved: reserved.tokens };
        budgets.push({ scope, unit: 'tokens', limit: mostTokens, ...counts, ...resets });
      }
      if (dollars > 0) {
        const counts = { used: used.microDollars / MICRO, reserved: reserved.microDollars / MICRO };
        budgets.push({ scope, unit: 'usd', limit: dollars, ...counts, ...resets });
      }
    }
    return budgets;
  }
}
