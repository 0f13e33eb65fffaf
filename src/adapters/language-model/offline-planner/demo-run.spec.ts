import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { createDemo } from '../../../../demo/demo.js';
import { createDemoServer } from '../../../../demo/server.js';
import { demoTools } from '../../../../test/fixtures/model-tools.js';
import { replyTo } from './reply.js';

/** What the plan engine does with a reference, in short. */
function resolve(value: unknown, results: Map<string, unknown>): unknown {
  if (typeof value !== 'object' || value === null || !('$ref' in value)) return value;
  const [key = '', pointer = ''] = String(value.$ref).split('#');
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], results.get(key));
}

test("the plan for “Make a report of this week's signups” runs on the demo server and makes the files", async () => {
  const { nodes } = replyTo({
    history: [{ role: 'user', text: "Make a report of this week's signups" }],
    tools: await demoTools(),
    wordsOnly: false,
    limits: { maxNodes: 20, maxOutputTokens: 1000 },
    now: new Date(),
  });
  const [near, far] = InMemoryTransport.createLinkedPair();
  const server = createDemoServer(createDemo());
  await server.connect(far);
  const client = new Client({ name: 'spec', version: '1' });
  await client.connect(near);

  const results = new Map<string, unknown>();
  for (const { key, tool, arguments: args } of nodes) {
    const given = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, resolve(value, results)]));
    const result = await client.callTool({ name: tool, arguments: given });
    expect({ tool, isError: result.isError ?? false, content: result.isError ? result.content : [] }).toEqual({
      tool,
      isError: false,
      content: [],
    });
    results.set(key, result);
  }
  expect(results.get('analyze_signups')).toMatchObject({
    structuredContent: { summary: { growth: { compared_with: 'the 7 days before' } } },
  });
  expect(results.get('write_report')).toMatchObject({
    structuredContent: {
      files: [{ name: 'daily_report.md' }, { name: 'daily_report.csv' }, { name: 'daily_report.pdf' }],
    },
  });
  await client.close();
  await server.close();
});
