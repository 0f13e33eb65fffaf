import fc from 'fast-check';
import { demoTools, everythingTools, officeTools } from '../../../../test/fixtures/model-tools.js';
import type { ModelRequest, ModelTool } from '../../../core/agent/language-model.port.js';
import { replyTo } from './reply.js';

let real: ModelTool[];
beforeAll(async () => {
  real = [...(await demoTools()), ...everythingTools(), ...officeTools()];
});

const WORDS =
  'analyze report signups list get create delete note 3 days "two words" and then last week in Paris ada@example.com key=value {"a":1} ; $ref __proto__ constructor id customer total /call echo';
const word = fc.oneof(fc.constantFrom(...WORDS.split(' ')), fc.string({ unit: 'binary', maxLength: 8 }));
const message = fc.oneof(
  fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
  fc.string({ maxLength: 200 }),
);

const name = fc.oneof(
  fc.constantFrom(
    'id',
    'rows',
    'report',
    'get_user',
    'userId',
    'summary',
    'days',
    'city',
    '__proto__',
    'a/b~c',
    'constructor',
  ),
  fc.string({ minLength: 1, maxLength: 10 }),
);
const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    { type: 'string' },
    { type: 'integer', minimum: 1, maximum: 5 },
    { type: 'number' },
    { type: 'boolean' },
    { enum: ['red', 'blue', 3] },
    { type: ['string', 'null'], format: 'email' },
    { $ref: '#/properties/id' },
    { anyOf: [{ type: 'null' }, { type: 'array', items: { type: 'string' } }] },
    { const: 7 },
    true,
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const objectOf = (inner: fc.Arbitrary<unknown>) =>
  fc
    .array(fc.tuple(name, inner), { maxLength: 4 })
    .chain((entries) =>
      fc
        .subarray(entries.map(([key]) => key))
        .map((required) => ({ type: 'object', properties: Object.fromEntries(entries), required })),
    );
const schema = objectOf(
  fc.oneof(
    leaf,
    objectOf(leaf),
    objectOf(leaf).map((items) => ({ type: 'array', items })),
  ),
);
const tool: fc.Arbitrary<ModelTool> = fc.record({
  name,
  title: fc.string({ maxLength: 20 }),
  description: fc.oneof(message, fc.string()),
  serverId: fc.constantFrom('mcp_1', 'mcp_2'),
  serverName: fc.constantFrom('one', 'two'),
  inputSchema: fc.oneof(schema, fc.dictionary(fc.string(), fc.jsonValue())),
  outputSchema: schema,
  readOnly: fc.boolean(),
  destructive: fc.boolean(),
});

function check(text: string, tools: ModelTool[], maxNodes: number): void {
  const request: ModelRequest = {
    history: [{ role: 'user', text }],
    tools,
    wordsOnly: false,
    limits: { maxNodes, maxOutputTokens: 100 },
    now: new Date(0),
  };
  const reply = replyTo(request);
  expect(replyTo(structuredClone(request))).toEqual(reply);
  expect(reply.text).toContain('without a language model');
  expect(reply.nodes.length).toBeLessThanOrEqual(maxNodes);
  const seen = new Set<string>();
  for (const node of reply.nodes) {
    expect(tools.some((one) => one.name === node.tool && one.serverId === node.serverId)).toBe(true);
    expect(seen.has(node.key)).toBe(false);
    // Only earlier nodes may be needed, so there is no cycle.
    for (const needed of node.dependsOn) expect(seen.has(needed)).toBe(true);
    expect(typeof node.arguments).toBe('object');
    for (const value of Object.values(node.arguments)) {
      const reference = typeof value === 'object' && value !== null && '$ref' in value ? String(value.$ref) : undefined;
      const [key, pointer] = reference?.split('#') ?? [];
      if (pointer?.startsWith('/structuredContent')) expect(node.dependsOn).toContain(key);
    }
    seen.add(node.key);
  }
}

test('any text over any tools gives a sound graph or words, and twice the same', () => {
  fc.assert(
    fc.property(message, fc.array(tool, { maxLength: 8 }), fc.integer({ min: 0, max: 12 }), (text, tools, maxNodes) =>
      check(text, tools, maxNodes),
    ),
    { numRuns: 500 },
  );
});

test('any text over real tools gives a sound graph or words', () => {
  fc.assert(
    fc.property(message, (text) => check(text, real, 20)),
    { numRuns: 100 },
  );
});

test('a long text over many tools is answered in good time', () => {
  const many = Array.from({ length: 12 }, (_, copy) =>
    real.map((one) => ({ ...one, name: `${one.name}_${copy}` })),
  ).flat();
  const started = performance.now();
  for (const text of [
    'analyze signups and '.repeat(500),
    'a'.repeat(8000),
    '"'.repeat(8000),
    '1 '.repeat(4000),
    'a@'.repeat(4000),
    'help',
  ]) {
    check(text, many, 20);
  }
  expect(performance.now() - started).toBeLessThan(20_000);
});
