import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '../api/queries.js';
import type { Budget, Usage } from '../api/types.js';
import { Page } from '../app/page.js';
import { type Fact, Facts } from '../ui/facts.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { money, tokens } from './model-words.js';

const DAYS = 30;

/** What language models cost this organization, and how much of its budgets is left. */
export function UsagePage() {
  const usage = useQuery(usageQuery(DAYS));
  return (
    <Page title="Usage">
      <h1>Usage</h1>
      {usage.isPending && <Loading what="usage" />}
      {usage.isError && <ErrorNote error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.data && <Report usage={usage.data} />}
    </Page>
  );
}

function Report({ usage: { today, days, budgets } }: { usage: Usage }) {
  const facts: Fact[] = [
    ['Replies', String(today.replies)],
    ['Tokens read', tokens(today.input_tokens)],
    ['Tokens written', tokens(today.output_tokens)],
    ['Cost', money(today.cost_usd)],
  ];
  return (
    <>
      <section className="section" aria-labelledby="today">
        <h2 id="today">Today, {today.day} (UTC)</h2>
        <Facts facts={facts} />
      </section>
      <section className="section" aria-labelledby="budgets">
        <h2 id="budgets">Budgets of the day</h2>
        {budgets.length === 0 && <p className="empty">No budget is set: nothing bounds what models may cost.</p>}
        {budgets.map((budget) => (
          <BudgetLine key={`${budget.scope}-${budget.unit}`} budget={budget} />
        ))}
      </section>
      <section className="section" aria-labelledby="days">
        <h2 id="days">The last {DAYS} days</h2>
        {days.length === 0 ? (
          <p className="empty">No model has answered yet. The offline planner is free and not counted.</p>
        ) : (
          <Days days={days} />
        )}
      </section>
    </>
  );
}

/** The share of a budget from which on it is nearly gone. */
const HIGH = 0.8;
const WHOSE = { organization: 'Your organization', instance: 'This instance, all organizations' } as const;

function BudgetLine({ budget: { scope, unit, limit, used, resets_at } }: { budget: Budget }) {
  const amount = unit === 'usd' ? money : (count: number) => `${tokens(count)} tokens`;
  const name = WHOSE[scope] ?? scope;
  const level = used >= limit ? 'exhausted' : used >= limit * HIGH ? 'high' : 'low';
  return (
    <div className="budget" data-level={level}>
      <p>
        {name}: <span className="mono">{amount(used)}</span> of <span className="mono">{amount(limit)}</span>
        {level === 'exhausted' && <span className="tag tag-err">used up</span>}
        {level === 'high' && <span className="tag tag-warn">nearly used up</span>}
      </p>
      <meter
        aria-label={`${name}, ${unit}`}
        min={0}
        max={limit}
        high={limit * HIGH}
        optimum={0}
        value={Math.min(used, limit)}
      />
      {resets_at !== null && <p className="dim">Starts anew at {resets_at.slice(0, 16).replace('T', ' ')} UTC.</p>}
    </div>
  );
}

function Days({ days }: { days: Usage['days'] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">Model</th>
          <th scope="col" className="number wide-only">
            Replies
          </th>
          <th scope="col" className="number wide-only">
            Read
          </th>
          <th scope="col" className="number wide-only">
            Written
          </th>
          <th scope="col" className="number narrow-only">
            Tokens
          </th>
          <th scope="col" className="number">
            Cost
          </th>
        </tr>
      </thead>
      <tbody>
        {days.map((row) => (
          <tr key={`${row.day} ${row.model}`}>
            <td className="mono cell-day">{row.day}</td>
            <td className="mono cell-model">{row.model}</td>
            <td className="number wide-only">{row.replies}</td>
            <td className="number wide-only">{tokens(row.input_tokens)}</td>
            <td className="number wide-only">{tokens(row.output_tokens)}</td>
            <td className="number narrow-only">{tokens(row.input_tokens + row.output_tokens)}</td>
            <td className="number">{money(row.cost_usd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
