import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { periodBefore, signupsOf, trafficOf } from '../data/dataset.js';
import { COUNTRIES, Day, DAYS_SHOWN, PLANS, Signup, Traffic } from '../data/vocabulary.js';
import { analyze, Summary } from '../data/analysis.js';
import { answer, type Demo, plural, READS } from '../demo.js';

const MOST_ROWS = 1000;
const Days = z.int().min(1).max(DAYS_SHOWN).default(7).describe('How many days back; the newest is yesterday');

export function registerSignupTools(server: McpServer, demo: Demo): void {
  server.registerTool(
    'query_signups',
    {
      title: 'Query signups',
      description: 'Lists the latest user signups, newest first, optionally of one plan or country.',
      inputSchema: z.object({
        days: Days,
        limit: z.int().min(1).max(MOST_ROWS).default(MOST_ROWS).describe('At most so many rows'),
        plan: z.enum(PLANS).optional().describe('Only this plan'),
        country: z.enum(COUNTRIES).optional().describe('Only this country, ISO 3166-1 alpha-2'),
      }),
      outputSchema: z.object({
        rows: z.array(Signup).describe('Signups, newest first'),
        total: z.int().describe('How many there are, before the limit'),
        previous_total: z.int().describe('How many there were in as many days before'),
        from: Day,
        to: Day,
      }),
      annotations: READS,
    },
    async ({ days, limit, plan, country }, ctx) => {
      const wanted = (row: Signup) => (!plan || row.plan === plan) && (!country || row.country === country);
      const period = periodBefore(demo.now(), days);
      const found = signupsOf(period).filter(wanted);
      const previous = signupsOf(periodBefore(demo.now(), days, days)).filter(wanted);
      const { from, to } = period;
      await ctx.mcpReq.log('info', `read ${found.length} signups from ${from} to ${to}`, 'signups');
      demo.state.note(`query_signups ${from} ${to} ${found.length}`);
      const text = `${plural(found.length, 'signup')} from ${from} to ${to} (${previous.length} in the ${days} days before).`;
      return answer(text, {
        rows: found.slice(0, limit),
        total: found.length,
        previous_total: previous.length,
        from,
        to,
      });
    },
  );

  server.registerTool(
    'fetch_traffic',
    {
      title: 'Fetch API data',
      description: 'Fetches web traffic: visits per source and per day of the last days.',
      inputSchema: z.object({ days: Days }),
      outputSchema: Traffic,
      annotations: READS,
    },
    async ({ days }, ctx) => {
      const traffic = trafficOf(periodBefore(demo.now(), days));
      await ctx.mcpReq.log('info', `read ${traffic.total_visits} visits of ${days} days`, 'traffic');
      demo.state.note(`fetch_traffic ${traffic.from} ${traffic.to}`);
      return answer(`${traffic.total_visits} visits from ${traffic.from} to ${traffic.to}.`, traffic);
    },
  );

  server.registerTool(
    'analyze_signups',
    {
      title: 'Analyze signups',
      description:
        'Analyzes signups together with the traffic of the same days: totals, conversion, growth, highlights.',
      inputSchema: z.object({
        signups: z.array(Signup).max(MOST_ROWS).describe('Rows of query_signups'),
        traffic: Traffic.describe('Result of fetch_traffic for the same days'),
        previous_total: z.int().min(0).optional().describe('Signups of the period before, to tell the growth'),
      }),
      outputSchema: z.object({ summary: Summary }),
      annotations: READS,
    },
    async ({ signups, traffic, previous_total }) => {
      const summary = analyze(signups, traffic, previous_total);
      demo.state.note(`analyze_signups ${summary.totals.signups}`);
      return answer(summary.highlights.join('\n'), { summary });
    },
  );
}
