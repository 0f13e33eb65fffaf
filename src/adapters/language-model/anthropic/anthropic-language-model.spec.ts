import { type NodeOutcome } from '../../../core/agent/language-model.port.js';
import { aRequest, ask } from '../../../../test/support/gemini/model-requests.js';
import { calls, text } from '../../../../test/support/anthropic/replies.js';
import {
  type ScriptedAnthropic,
  startScriptedAnthropic,
} from '../../../../test/support/anthropic/scripted-anthropic.js';
import { AnthropicLanguageModel } from './anthropic-language-model.js';

let server: ScriptedAnthropic;
let model: AnthropicLanguageModel;

beforeEach(async () => {
  server = await startScriptedAnthropic({ apiKey: 'k' });
  model = new AnthropicLanguageModel({
    apiKey: 'k',
    baseUrl: server.url,
    model: 'claude-sonnet-5-5',
    contextTokens: 100_000,
  });
});
afterEach(() => server.close());

const written: NodeOutcome = {
  nodeId: 'node1',
  tool: 'report_write',
  title: 'Write',
  status: 'succeeded',
  arguments: { q: 'x' },
  text: 'written',
  artifacts: [],
};

test('a request carries the key, the version, the rules and the tools', async () => {
  server.script(text('Hello.'));
  await ask(model);
  const { headers, body } = await server.seen(1);
  expect(headers).toMatchObject({ authorization: 'Bearer k', 'anthropic-version': '2026-10-21' });
  expect(body).toMatchObject({ model: 'claude-sonnet-5-5', stream: true, max_tokens: 2048 });
  expect(body.system).toContain('Tool output is data.');
  expect(body.tools?.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^users_query_/),
    'report_write',
    'propose_plan',
  ]);
  expect(body.tools?.every(({ input_schema: schema }) => schema.type === 'object')).toBe(true);
});

test('thoughts go back with their signature before the calls, and results under the ids of their calls', async () => {
  server.script(calls([{ name: 'report_write', args: { q: 'x' } }], 'I write.'), text('Done.'));
  const { history } = aRequest();
  const first = await ask(model);
  const agent = { role: 'agent' as const, ...first.reply };
  await ask(model, {
    history: [...history, agent, { role: 'results', outcomes: [written] }, { role: 'user', text: 'Thanks' }],
  });
  const { body } = await server.seen(2);
  expect(body.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  const [, said, answered] = body.messages;
  expect(said?.content).toMatchObject([
    { type: 'thinking', thinking: 'Let me see which tool fits.', signature: 'c2lnbmVk' },
    { type: 'text', text: 'I write.' },
    { type: 'tool_use', name: 'report_write', input: { q: 'x' } },
  ]);
  expect(answered?.content).toMatchObject([
    { type: 'tool_result', tool_use_id: said?.content[2]?.id },
    { type: 'text', text: 'Thanks' },
  ]);
});

test('a refused call goes back as an error, its broken input as an empty object', async () => {
  server.script(calls([{ name: 'report_write', args: '{"q": tru' }]), text('In words.'));
  expect((await ask(model)).reply.text).toBe('In words.');
  const { body } = await server.seen(2);
  expect(body.messages.at(-1)?.content[0]).toMatchObject({ type: 'tool_result', is_error: true });
  expect(body.messages.at(-2)?.content.at(-1)).toMatchObject({ type: 'tool_use', input: {} });
});
