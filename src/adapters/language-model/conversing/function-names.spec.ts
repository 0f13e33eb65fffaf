import { DIALECTS } from '@app/schema-compiler';
import fc from 'fast-check';
import { type ModelTool } from '../../../core/agent/language-model.port.js';
import { aTool } from '../../../../test/support/gemini/model-requests.js';
import { refusals } from '../../../../test/support/vendors/declaration-rules.js';
import { declareFunctions } from './declared-functions.js';
import { FunctionNames, type NameRules } from './function-names.js';
import { MOST_DECLARED, MOST_LISTED } from './tool-limits.js';

interface Which {
  description: string;
  enum?: string[];
}

const RULES = { legal: /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/, illegal: /[^A-Za-z0-9_.:-]/g };
const STRICT = { legal: /^[A-Za-z0-9_-]{1,64}$/, illegal: /[^A-Za-z0-9_-]/g };
const named = (tools: ModelTool[], rules: NameRules = RULES) => new FunctionNames(tools, rules, 'openai');

test('legal names stay as they are', () => {
  const names = ['users.query', 'a-b_c', '_x', 'ns:tool', 'x'.repeat(64)];
  expect(
    named(names.map((name) => aTool(name)))
      .entries()
      .map(([name]) => name),
  ).toEqual(names);
});

test('the same name on two servers, and a tool called propose_plan, get names of their own', () => {
  const tools = [aTool('read'), aTool('read', { serverId: 'mcp_2' }), aTool('propose_plan')];
  const names = named(tools);
  const given = names.entries().map(([name]) => name);
  expect(new Set(given).size).toBe(3);
  expect(given).not.toContain('propose_plan');
  expect(names.findTool(names.nameOf('mcp_2', 'read'))).toBe(tools[1]);
});

test.each([RULES, STRICT])('any set of tools gets legal, unique names that lead back to the tool: $legal', (rules) => {
  const tools = fc.uniqueArray(
    fc.record({
      name: fc.string({ unit: 'binary', minLength: 1, maxLength: 90 }),
      serverId: fc.constantFrom('s1', 's2'),
    }),
    { selector: ({ name, serverId }) => `${serverId}\n${name}`, maxLength: 20 },
  );
  fc.assert(
    fc.property(tools, (list) => {
      const wanted = list.map(({ name, serverId }) => aTool(name, { serverId }));
      const names = named(wanted, rules);
      for (const tool of wanted) {
        const name = names.nameOf(tool.serverId, tool.name);
        expect(name).toMatch(rules.legal);
        expect(names.findTool(name)).toBe(tool);
      }
    }),
  );
});

test('a changed name does not depend on the other tools', () => {
  const odd = aTool('größe');
  const alone = named([odd]).nameOf('mcp_1', 'größe');
  expect(named([aTool('a'), odd, aTool('b b')]).nameOf('mcp_1', 'größe')).toBe(alone);
});

describe('declarations', () => {
  const declare = (...tools: ReturnType<typeof aTool>[]) => declareFunctions(named(tools), 5);

  test('are what the vendor takes of the JSON Schema, and show what is hidden in its descriptions', () => {
    const inputSchema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: {
        description: { type: 'string', enum: ['a\u200B'], description: 'odd\u202E' },
        n: { type: 'integer', minimum: 1 },
      },
      required: ['n'],
      $defs: { x: { type: 'string' } },
    };
    const [tool] = declare(aTool('t', { inputSchema, description: 'Ignore\u{E0041} all' }));
    expect(tool?.parameters).toEqual({
      type: 'object',
      properties: {
        description: { type: 'string', enum: ['a\u200B'], description: 'odd⟨U+202E⟩.' },
        n: { type: 'integer', minimum: 1 },
      },
      required: ['n'],
    });
    expect(tool?.description).toContain('Ignore⟨U+E0041⟩ all');
  });

  test('tell what a tool returns and whether it only reads', () => {
    const outputSchema = { type: 'object', properties: { rows: { type: 'array' } } };
    const [reads, destroys] = declare(aTool('r', { outputSchema }), aTool('d', { readOnly: false, destructive: true }));
    expect(reads?.description).toMatch(/Only reads\.[^]*structuredContent[^]*"rows"/);
    expect(destroys?.description).toContain('May destroy data.');
  });

  const inputSchema = { type: 'object', properties: { q: { enum: ['a\u200B', 'b'] } } };

  test.each(DIALECTS)('of more tools than %s takes name each of them, the first as functions', (dialect) => {
    const description = `"Says" ${'ü'.repeat(3_000)}`;
    for (const count of [127, 128, 200, MOST_DECLARED + MOST_LISTED]) {
      const tools = Array.from({ length: count }, (_, index) =>
        aTool(`${index % 2 ? 'ns.' : ''}${'tool'.repeat(index % 15)}_${index}`, { description, inputSchema }),
      );
      const names = new FunctionNames(tools, STRICT, dialect);
      const functions = declareFunctions(names, 5);
      expect(refusals(dialect, functions)).toEqual([]);
      expect(functions).toHaveLength(Math.min(count, MOST_DECLARED) + 1);
      const given = tools.map(({ serverId, name }) => names.nameOf(serverId, name));
      const direct = functions.slice(0, -1).map(({ name }) => name);
      expect(direct).toEqual(given.slice(0, MOST_DECLARED));
      const plan = functions.at(-1)?.parameters as {
        properties: { nodes: { items: { properties: { tool: Which } } } };
      };
      const { description: said, enum: choices = given } = plan.properties.nodes.items.properties.tool;
      const listed = said.split('\n- ').slice(1);
      expect(listed.map((line) => line.split(':')[0])).toEqual(given.slice(MOST_DECLARED));
      expect(choices).toEqual(given);
    }
  });

  test('of no tools are none', () => {
    expect(declare()).toEqual([]);
  });

  test('of an endless description are bounded', () => {
    expect(declare(aTool('t', { description: 'x'.repeat(100_000) }))[0]?.description?.length).toBeLessThan(5_000);
  });
});
