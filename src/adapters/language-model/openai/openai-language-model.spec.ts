import { ask } from '../../../../test/support/gemini/model-requests.js';
import { stream } from '../../../../test/support/models/streams.js';
import { calls, deltas, status, text } from '../../../../test/support/openai/replies.js';
import { type ScriptedOpenAi, startScriptedOpenAi } from '../../../../test/support/openai/scripted-openai.js';
import { chunk, DONE, toEvent } from '../../../../test/support/openai/wire.js';
import { OpenAiLanguageModel } from './openai-language-model.js';

let server: ScriptedOpenAi;
let model: OpenAiLanguageModel;

beforeEach(async () => {
  server = await startScriptedOpenAi();
  model = new OpenAiLanguageModel({
    baseUrl: `${server.url}/v1`,
    model: 'qwen3',
    contextTokens: 8_000,
  });
});
afterEach(() => server.close());

const whole = (name: string, args: unknown) => ({ function: { name, arguments: args } });

test('a server that wants no key is sent none', async () => {
  server.script(text('Hello.'));
  await ask(model);
  const { headers, body } = await server.seen(1);
  expect(headers.authorization).toBeUndefined();
  expect(body).toMatchObject({
    model: 'qwen3',
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 2048,
  });
  expect(body.messages.map(({ role }) => role)).toEqual(['system', 'user']);
});

describe('calls of servers that imitate the service loosely', () => {
  test.each<[string, object[]]>([
    [
      'whole, without index and id',
      [{ tool_calls: [whole('report_write', '{"q":"a"}')] }, { tool_calls: [whole('report_write', '{"q":"b"}')] }],
    ],
    [
      'all in one chunk, with arguments as objects',
      [{ tool_calls: [whole('report_write', { q: 'a' }), whole('report_write', { q: 'b' })] }],
    ],
    [
      'all under index 0, told apart by id',
      [
        { tool_calls: [{ index: 0, id: 'x', ...whole('report_write', '{"q":"a"}') }] },
        { tool_calls: [{ index: 0, id: 'y', ...whole('report_write', '{"q":"b"}') }] },
      ],
    ],
    [
      'all under index 0, without ids',
      [
        { tool_calls: [{ index: 0, ...whole('report_write', '{"q":"a"}') }] },
        { tool_calls: [{ index: 0, id: '', ...whole('report_write', '{"q":"b"}') }] },
      ],
    ],
    [
      'under one id',
      [
        { tool_calls: [{ index: 0, id: 'x', ...whole('report_write', '{"q":"a"}') }] },
        { tool_calls: [{ index: 1, id: 'x', ...whole('report_write', '{"q":"b"}') }] },
      ],
    ],
    [
      'in pieces that each say the name',
      [
        { tool_calls: [{ index: 0, id: 'x', ...whole('report_write', '{"q":') }] },
        { tool_calls: [{ index: 0, ...whole('report_write', '"a"}') }] },
        { tool_calls: [{ index: 0, ...whole('report_write', '') }] },
        { tool_calls: [{ index: 1, id: 'y', ...whole('report_write', '{"q":"b"}') }] },
      ],
    ],
    [
      'in pieces without an id',
      [
        { tool_calls: [{ index: 0, ...whole('report_write', '{"q":') }] },
        { tool_calls: [{ index: 0, function: { arguments: '"a"}' } }] },
        { tool_calls: [{ index: 1, ...whole('report_write', '{"q":"b"}') }] },
      ],
    ],
  ])('%s are read, and have ids of their own', async (_what, items) => {
    server.script(deltas(items, 'stop'));
    const { reply } = await ask(model);
    expect(reply.nodes.map((node) => node.arguments)).toEqual([{ q: 'a' }, { q: 'b' }]);
    const { calls: made } = reply.providerState as { calls: { id: string }[] };
    expect(new Set(made.map(({ id }) => id)).size).toBe(2);
  });

  test('without usage are counted by their length', async () => {
    server.script(deltas([{ content: 'x'.repeat(400) }], 'stop'));
    const { reply } = await ask(model);
    expect(reply.usage.outputTokens).toBeGreaterThan(50);
    expect(reply.usage.inputTokens).toBeGreaterThan(100);
  });

  test.each([
    ['texts', { prompt_tokens: '12', completion_tokens: '3' }],
    ['fractions', { prompt_tokens: 12.5, completion_tokens: 3 }],
    ['less than nothing', { prompt_tokens: -1_000_000, completion_tokens: 3 }],
    ['the half of it', { prompt_tokens: 12 }],
  ])('with counts that are %s are counted by their length', async (_what, usage) => {
    server.script(
      stream(chunk({ content: 'x'.repeat(400) }), chunk({}, 'stop'), toEvent({ choices: [], usage }), DONE),
    );
    const { reply } = await ask(model);
    expect(Number.isInteger(reply.usage.outputTokens) && reply.usage.outputTokens > 50).toBe(true);
    expect(Number.isInteger(reply.usage.inputTokens) && reply.usage.inputTokens > 100).toBe(true);
  });

  test('with words in parts are read, without what was only thought', async () => {
    const thought = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] };
    server.script(deltas([{ content: [thought] }, { content: [{ type: 'text', text: 'Hello.' }] }], 'stop'));
    const { reply, deltas: said } = await ask(model);
    expect([reply.text, said]).toEqual(['Hello.', ['Hello.']]);
  });

  test('with broken JSON are handed back, without what would break the next request', async () => {
    server.script(calls([{ name: 'report_write', args: '{"q": tru' }]), text('In words, then.'));
    expect((await ask(model)).reply.text).toBe('In words, then.');
    const { body } = await server.seen(2);
    expect(body.messages.at(-1)?.content).toContain('not a JSON object');
    expect(body.messages.at(-2)?.tool_calls?.[0]?.function.arguments).toBe('{}');
  });
});

describe('what a server does not take is left out, for good', () => {
  test.each<[string, string, (body: object) => void]>([
    [
      'stream_options',
      'Unrecognized request argument supplied: stream_options',
      (body) => expect(body).not.toHaveProperty('stream_options'),
    ],
    [
      'max_tokens',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      (body) => expect(body).toMatchObject({ max_completion_tokens: 2048 }),
    ],
    [
      'reasoning beside functions',
      "Function tools with reasoning_effort are not supported in /v1/chat/completions. Set reasoning_effort to 'none'.",
      (body) => expect(body).toMatchObject({ reasoning_effort: 'none' }),
    ],
  ])('%s', async (_what, message, expectConceded) => {
    server.script(status(400, { message }), text('Better.'), text('Again.'));
    expect((await ask(model)).reply.text).toBe('Better.');
    expect((await ask(model)).reply.text).toBe('Again.');
    expect(server.requests).toHaveLength(3);
    for (const { body } of server.requests.slice(1)) expectConceded(body);
  });

  test('and a server that goes on refusing ends it', async () => {
    server.script(...Array.from({ length: 5 }, () => status(400, { message: 'bad stream_options' })));
    await expect(ask(model)).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
    expect(server.requests).toHaveLength(2);
  });
});
