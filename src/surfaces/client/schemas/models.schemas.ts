import { z } from 'zod';
import type { OfferedModel } from '../../../core/agent/language-models.port.js';
import type { Rest } from '../../../core/agent/model-choice.js';
import { type Budget, type DayUsage, MICRO } from '../../../core/usage/usage.js';

const dollars = z.number().meta({ description: 'US dollars.' });

export const ModelView = z
  .object({
    id: z.string().meta({ description: 'For `model` of a session.' }),
    name: z.string(),
    provider: z.enum(['gemini', 'openai', 'anthropic', 'offline']),
    context_tokens: z.int().meta({ description: 'What it reads at most, its answer included.' }),
    tools: z.boolean().meta({ description: 'Whether it can propose calls of tools.' }),
    price: z
      .object({ input: dollars, output: dollars })
      .nullable()
      .meta({ description: 'Per million tokens; null where it is not known.' }),
    default: z.boolean(),
    available: z.boolean(),
    unavailable_reason: z.string().nullable(),
    unavailable_until: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Model' });

export const ModelListView = z
  .object({
    models: z.array(ModelView),
    fallback: z.array(z.string()).meta({ description: 'Ids of those that answer when another cannot, in order.' }),
  })
  .meta({ id: 'ModelList' });

export const toModelView = (
  model: OfferedModel,
  { isDefault, rest }: { isDefault: boolean; rest: Rest | undefined },
): z.infer<typeof ModelView> => ({
  id: model.id,
  name: model.name,
  provider: model.provider,
  context_tokens: model.contextTokens,
  tools: true,
  price: model.price ?? null,
  default: isDefault,
  available: rest === undefined,
  unavailable_reason: rest?.why ?? null,
  unavailable_until: rest?.until.toISOString() ?? null,
});

const UsageSums = {
  replies: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cost_usd: dollars,
};

export const UsageView = z
  .object({
    today: z.object({ day: z.iso.date(), ...UsageSums }),
    days: z
      .array(z.object({ day: z.iso.date(), model: z.string(), ...UsageSums }))
      .meta({ description: 'By day (UTC), newest first, and model; days without use are absent.' }),
    budgets: z.array(
      z.object({
        scope: z.enum(['organization', 'instance', 'session']),
        unit: z.enum(['tokens', 'usd']),
        limit: z.number(),
        used: z.number(),
        reserved: z.number().meta({ description: 'For replies under way.' }),
        resets_at: z.iso.datetime().nullable(),
      }),
    ),
  })
  .meta({ id: 'Usage' });

export const UsageQuery = z.strictObject({
  days: z
    .string()
    .regex(/^\d{1,2}$/, 'must be 1 to 90')
    .transform(Number)
    .pipe(z.int().min(1).max(90))
    .default(30),
});

type Sums = Pick<DayUsage, 'replies' | 'inputTokens' | 'outputTokens' | 'microDollars'>;

const toSums = ({ replies, inputTokens, outputTokens, microDollars }: Sums) => ({
  replies,
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  cost_usd: microDollars / MICRO,
});

export function toUsageView(
  { days, budgets }: { days: readonly DayUsage[]; budgets: readonly Budget[] },
  today: string,
): z.infer<typeof UsageView> {
  const ofToday = days.filter(({ day }) => day === today);
  const sum = (field: keyof Sums) => ofToday.reduce((total, entry) => total + entry[field], 0);
  const sums = {
    replies: sum('replies'),
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    microDollars: sum('microDollars'),
  };
  return {
    today: { day: today, ...toSums(sums) },
    days: days.map((entry) => ({ day: entry.day, model: entry.model, ...toSums(entry) })),
    budgets: budgets.map(({ resetsAt, ...budget }) => ({ ...budget, resets_at: resetsAt?.toISOString() ?? null })),
  };
}
