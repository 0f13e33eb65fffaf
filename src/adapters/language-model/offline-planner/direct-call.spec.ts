import { demoTools, officeTools } from '../../../../test/fixtures/model-tools.js';
import type { ModelTool } from '../../../core/agent/language-model.port.js';
import { replyTo, type Reply } from './reply.js';

let demo: ModelTool[];
beforeAll(async () => {
  demo = await demoTools();
});

function ask(text: string, tools: ModelTool[]): Reply {
  return replyTo({
    history: [{ role: 'user', text }],
    tools,
    wordsOnly: false,
    limits: { maxNodes: 20, maxOutputTokens: 1000 },
    now: new Date(0),
  });
}

test.each([
  ['/call echo {"message":"hi"}', 'echo {"message":"hi"}'],
  ['/call echo message="two words"', 'echo {"message":"two words"}'],
  ['echo message=5', 'echo {"message":"5"}'],
  ['query_signups days=3 plan=pro', 'query_signups {"days":3,"plan":"pro"}'],
  ['query-signups {"days":"3"}', 'query_signups {"days":3}'],
  ['/call demo/list_notes', 'list_notes {}'],
  ['/call write_report formats=["md"] summary={"a":1}', 'write_report {"formats":["md"],"summary":{"a":1}}'],
  ['/call write_report formats=md,pdf summary={"a":1}', 'write_report {"formats":["md","pdf"],"summary":{"a":1}}'],
  ['/call get_forecast city=Rome metric=yes', 'get_forecast {"city":"Rome","metric":true}'],
  ['/call list_notes __proto__=1', 'list_notes {"__proto__":1}'],
])('%s', (text, call) => {
  const { nodes } = ask(text, [...demo, ...officeTools()]);
  expect(nodes.map(({ tool, arguments: args }) => `${tool} ${JSON.stringify(args)}`)).toEqual([call]);
});

test('a name that is nearly right is answered with the right one', () => {
  expect(ask('/call qurey_signups {"days":3}', demo).text).toContain('Did you mean `query_signups`');
  expect(ask('ecko message=hi', demo).text).toContain('Did you mean `echo`?');
  expect(ask('/call zzzzzzzzzzzz {}', demo).text).toContain('Say “help”');
});

test('what is missing or malformed is said', () => {
  expect(ask('/call delete_note {}', demo).text).toContain('`delete_note` needs `id` (Number of the note)');
  expect(ask('/call echo {"message":', demo).text).toContain('cannot be read');
  expect(ask('/call', demo).text).toContain('it names no tool');
  expect(ask('/frobnicate', demo).text).toContain('no such command');
});
