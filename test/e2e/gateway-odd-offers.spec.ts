import { meetNewer, meetOlder } from '../support/clients/plain-sdk.js';
import { startOneServer } from '../support/gateway/one-server.js';
import { plainAnswer, startServerByHand, tell } from '../support/upstreams/server-by-hand.js';

const tool = (name: string, rest: object = {}) => ({ name, inputSchema: { type: 'object' }, ...rest });

const TOOLS = [
  tool('good', { icons: [{ src: 'data:image/png;base64,AA==' }], _meta: { 'x/y': 1 } }),
  { name: 'no-type', inputSchema: {} },
  { name: 'nullable', inputSchema: { type: ['object', 'null'], properties: { a: { type: 'string' } } } },
  tool('any-property', { inputSchema: { type: 'object', properties: { a: true, b: false, c: 5 }, required: 'a' } }),
  tool('no-properties', { inputSchema: { type: 'object', properties: [], $schema: 7 } }),
  tool('odd-output', { outputSchema: { type: 'object', properties: { a: true }, required: [1] } }),
  tool('bad-pattern', { outputSchema: { type: 'object', properties: { a: { type: 'string', pattern: '(' } } } }),
  tool('no-such-reference', { outputSchema: { type: 'object', properties: { a: { $ref: '#/$defs/none' } } } }),
  tool('an-anchor', { outputSchema: { type: 'object', $defs: { n: { $anchor: 'n' } }, allOf: [{ $ref: '#n' }] } }),
  tool('bad-limit', { outputSchema: { type: 'object', properties: { a: { type: 'number', maximum: 'high' } } } }),
  tool('odd-words', { title: 5, description: null, annotations: { readOnlyHint: 'yes', title: [] } }),
  tool('odd-extras', { icons: 'none', _meta: [], execution: { taskSupport: 'sometimes' } }),
  tool('odd-icons', { icons: [{ src: 1 }], execution: 'never' }),
];

const RESOURCES = [
  { uri: 'test://good', name: 'good', mimeType: 'text/plain', annotations: { priority: 0.5, odd: 1 }, odd: true },
  { uri: 'test://odd', name: 'odd', mimeType: 5, description: {}, size: 'large', icons: {}, _meta: 'x' },
  { uri: 'test://when', name: 'when', annotations: { lastModified: 'yesterday', audience: ['robot'], priority: 9 } },
  { uri: 5, name: 'no address' },
  { uri: 'test://nameless' },
];

const PROMPTS = [
  { name: 'good', arguments: [{ name: 'who', required: true }] },
  { name: 'odd', arguments: [{ required: 'yes' }], description: 5 },
  { name: 7 },
];

const start = () =>
  startOneServer(() =>
    startServerByHand((message, response) => {
      if (message.id === undefined) return void response.writeHead(202).end();
      const lists: Record<string, object> = {
        'resources/list': { resources: RESOURCES },
        'resources/templates/list': { resourceTemplates: [{ uriTemplate: 'test://{a}', name: 'a', title: 3 }, {}] },
        'prompts/list': { prompts: PROMPTS },
      };
      const listed = lists[message.method ?? ''];
      if (listed) return tell(message, { result: listed }, response);
      if (message.method === 'tools/call') return tell(message, { result: { content: [] } }, response);
      const answer = plainAnswer(message.method, { name: 'odd', tools: TOOLS });
      const capabilities = { tools: {}, resources: {}, prompts: {} };
      const isHello = message.method === 'initialize' && 'result' in answer;
      tell(message, isHello ? { result: { ...(answer.result as object), capabilities } } : answer, response);
    }),
  );
let product: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  product = await start();
}, 60_000);
afterAll(() => product.stop());

const PLACES = ['/mcp', '/mcp/s/…'];
const meet = (place: string, era: string) => {
  const there = product.placeAt();
  const at = place === '/mcp' ? { ...there, url: `${product.app.url}/mcp` } : there;
  return era === 'older' ? meetOlder(at) : meetNewer(at);
};

describe.each(['older', 'newer'])(
  'a program on the official SDK of the %s era, which refuses a list for one thing in it,',
  (era) => {
    test.each(PLACES)('reads all that a careless server offers, at %s', async (place) => {
      const client = await meet(place, era);
      const plain = (items: { name: string }[]) => items.map(({ name }) => name.replace(/^.*__/, '')).toSorted();
      expect(plain((await client.listTools()).tools)).toEqual(TOOLS.map(({ name }) => name).toSorted());
      expect(plain((await client.listResources()).resources)).toEqual(['good', 'odd', 'when']);
      expect(plain((await client.listResourceTemplates()).resourceTemplates)).toEqual(['a']);
      expect(plain((await client.listPrompts()).prompts)).toEqual(['good', 'odd']);
      await client.close();
    });
  },
);

test('what is right in it stays as it is', async () => {
  const client = await meet('/mcp/s/…', 'newer');
  const { tools } = await client.listTools();
  const named = (name: string) => tools.find((one) => one.name === name);
  expect(named('good')).toMatchObject(TOOLS[0] ?? {});
  expect(named('any-property')?.inputSchema).toEqual({ type: 'object', properties: { a: {}, b: { not: {} }, c: {} } });
  expect((await client.listResources()).resources[0]).toMatchObject({
    mimeType: 'text/plain',
    annotations: { priority: 0.5 },
  });
  expect((await client.listPrompts()).prompts[0]).toMatchObject(PROMPTS[0] ?? {});
  await client.close();
});
