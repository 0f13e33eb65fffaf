import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { mayBeNoObject, wrapSchema, wrapStructured } from '../src/legacy/structured-output.js';

const TREE = {
  type: 'array',
  items: { $ref: '#/$defs/node' },
  $defs: { node: { type: 'array', items: { $ref: '#' } } },
};

const SCHEMAS: Record<string, Record<string, unknown>> = {
  'a list': { type: 'array', items: { type: 'integer' } },
  'a text or nothing': { anyOf: [{ type: 'string' }, { type: 'null' }] },
  'references to parts and to itself': TREE,
  'a reference within an object': {
    anyOf: [{ properties: { next: { $ref: '#/$defs/n' } } }],
    $defs: { n: { type: 'integer' } },
  },
  'properties that are called as keywords': {
    anyOf: [
      { type: 'array' },
      { type: 'object', properties: { $ref: { type: 'string' }, enum: { $ref: '#/$defs/n' } } },
    ],
    $defs: { n: { type: 'integer' } },
  },
  'values that look like references': { enum: [{ $ref: '#/$defs/n' }, '#', 7] },
  'an anchor': { type: 'array', items: { $ref: '#n' }, $defs: { n: { $anchor: 'n', type: 'integer' } } },
  'an address of its own': {
    $id: 'https://example.com/list',
    type: 'array',
    items: { $ref: '#/$defs/n' },
    $defs: { n: { type: 'integer' } },
  },
  'a dialect': {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'array',
    items: { $ref: '#/$defs/n' },
    $defs: { n: {} },
  },
};

const values = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(fc.integer()),
  fc.constantFrom<unknown>(
    [[], [[]]],
    { next: 1 },
    { next: 'x' },
    { $ref: 'x', enum: 1 },
    { enum: 'x' },
    { $ref: '#/$defs/n' },
  ),
);

const judge = (schema: object) => new Ajv2020({ strict: false }).compile(schema);

test.each(Object.entries(SCHEMAS))('what is promised inside of an object is what was promised: %s', (_what, schema) => {
  const wrapped = wrapSchema(schema);
  expect([mayBeNoObject(schema), mayBeNoObject(wrapped)]).toEqual([true, false]);
  const [natural, inside] = [judge(schema), judge(wrapped)];
  expect(inside({})).toBe(false);
  fc.assert(
    fc.property(values, (value) => {
      const { structuredContent } = wrapStructured({ structuredContent: value }, true);
      expect(inside(structuredContent)).toBe(natural(value));
    }),
  );
});

test('what nobody promised is put into an object only where it is none', () => {
  const object = { structuredContent: { a: 1 } };
  expect(wrapStructured(object, false)).toBe(object);
  expect(wrapStructured({ structuredContent: null }, false)).toEqual({ structuredContent: { result: null } });
  const without = { content: [] };
  expect(wrapStructured(without, true)).toBe(without);
});
