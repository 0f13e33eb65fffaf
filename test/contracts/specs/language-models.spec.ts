import { z } from 'zod';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client } from '../support/client.js';

const count = z.int().nonnegative();
const dollars = z.number().nonnegative();
const sums = { replies: count, input_tokens: count, output_tokens: count, cost_usd: dollars };

const ModelList = z.strictObject({
  models: z.array(
    z.strictObject({
      id: z.string().min(1),
      name: z.string().min(1),
      provider: z.enum(['gemini', 'openai', 'anthropic', 'offline']),
      context_tokens: z.int().positive(),
      tools: z.boolean(),
      price: z.strictObject({ input: dollars, output: dollars }).nullable(),
      default: z.boolean(),
      available: z.boolean(),
      unavailable_reason: z.string().nullable(),
      unavailable_until: z.iso.datetime().nullable(),
    }),
  ),
  fallback: z.array(z.string()),
});

const Usage = z.strictObject({
  today: z.strictObject({ day: z.iso.date(), ...sums }),
  days: z.array(z.strictObject({ day: z.iso.date(), model: z.string(), ...sums })),
  budgets: z.array(
    z.strictObject({
      scope: z.enum(['organization', 'instance']),
      unit: z.enum(['tokens', 'usd']),
      limit: z.number().positive(),
      used: z.number().nonnegative(),
      reserved: z.number().nonnegative(),
      resets_at: z.iso.datetime(),
    }),
  ),
});

const Session = z.looseObject({ id: z.string(), title: z.string(), model: z.string() });

describe('Language models and usage', () => {
  let app: TestApp;
  let client: Client;
  let token: string;
  const list = (as?: string) => client.call('GET', '/models', { token: as });

  beforeAll(async () => {
    app = await startTestApp({
      LLM_MODELS:
        'openai:gpt-5.4-mini,anthropic:claude-sonnet-5-5?id=sonnet&in=3&out=15,openai@http://127.0.0.1:9/v1:own',
      OPENAI_API_KEY: 'a-secret-key',
      ANTHROPIC_API_KEY: 'another-secret-key',
      LLM_FALLBACK: 'sonnet',
      BUDGET_ORGANIZATION_USD: '5',
      BUDGET_DAY_TOKENS: '1000000',
    });
    client = new Client(app.url);
    token = (await client.signIn()).access_token;
  });
  afterAll(() => app.stop());

  test('GET /models answers what is on offer, without keys and addresses', async () => {
    const answer = await client.expect(200, ModelList, list(token));
    expect(answer.models.map(({ id }) => id)).toEqual(['openai:gpt-5.4-mini', 'sonnet', 'openai:own', 'offline']);
    expect(answer.models.map((model) => model.default)).toEqual([true, false, false, false]);
    expect(answer.models[1]?.price).toEqual({ input: 3, output: 15 });
    expect(answer.models[2]).toMatchObject({ price: null, context_tokens: 32_768 });
    expect(answer.fallback).toEqual(['sonnet']);
    expect(JSON.stringify(answer)).not.toMatch(/secret|127\.0\.0\.1/);
  });

  test('GET /usage answers today, the days and the budgets of the day', async () => {
    const usage = await client.expect(200, Usage, client.call('GET', '/usage?days=7', { token }));
    expect(usage.today).toMatchObject({ replies: 0, cost_usd: 0 });
    expect(usage.days).toEqual([]);
    expect(usage.budgets.map(({ scope, unit, limit }) => [scope, unit, limit])).toEqual([
      ['organization', 'usd', 5],
      ['instance', 'tokens', 1_000_000],
    ]);
  });

  test('neither is told without a token, nor is usage of days that are no number from 1 to 90', async () => {
    await client.refuses(401, list());
    await client.refuses(401, client.call('GET', '/usage'));
    for (const days of ['0', '91', 'week', '-1', '']) {
      await client.refuses(400, client.call('GET', `/usage?days=${days}`, { token }));
    }
  });

  test('PATCH /sessions/{id} takes a title, a model, or both; an unknown model is refused and nothing changes', async () => {
    const servers = z.looseObject({ id: z.string() });
    const body = { name: 'One', url: 'http://127.0.0.1:9/mcp', auth_method: 'none' };
    const server = await client.expect(201, servers, client.call('POST', '/servers', { token, body }));
    const made = client.call('POST', '/sessions', { token, body: { server_id: server.id, model: 'sonnet' } });
    const session = await client.expect(201, Session, made);
    expect(session.model).toBe('sonnet');
    const change = (body: object) => client.call('PATCH', `/sessions/${session.id}`, { token, body });
    const both = await client.expect(200, Session, change({ title: 'Both', model: 'offline' }));
    expect(both).toMatchObject({ title: 'Both', model: 'offline' });
    const refused = await client.refuses(400, change({ title: 'Neither', model: 'gpt-1' }));
    expect(refused.code).toBe('MODEL_NOT_OFFERED');
    const now = await client.expect(200, Session, client.call('GET', `/sessions/${session.id}`, { token }));
    expect(now).toMatchObject({ title: 'Both', model: 'offline' });
    expect((await client.expect(200, Session, change({ model: null }))).model).toBe('openai:gpt-5.4-mini');
    await client.refuses(400, change({}));
    await client.refuses(400, change({ model: 7 }));
  });
});
