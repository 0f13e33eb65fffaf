import { ArgumentValidation } from './argument-validation.js';

const check = (schema: Record<string, unknown>, args: unknown) => new ArgumentValidation().check('pin', schema, args);

test('a property that every object inherits is there only when it was sent', () => {
  const schema = { type: 'object', properties: { toString: { type: 'string' } }, required: ['constructor'] };
  expect(check(schema, {})).toMatchObject([{ path: '/constructor', code: 'required' }]);
  expect(check(schema, { constructor: 1 })).toEqual([]);
});

test('references in a circle are left to the server', () => {
  expect(check({ type: 'object', $ref: '#' }, {})).toEqual([]);
});

test('a schema whose branches double with every reference is left to the server', () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => {
      const next = { $ref: `#/$defs/d${index + 1}` };
      return [`d${index}`, { anyOf: [next, next] }];
    }),
  );
  const schema = {
    type: 'object',
    properties: { a: { $ref: '#/$defs/d0' } },
    $defs: { ...$defs, d40: { type: 'null' } },
  };
  expect(check(schema, { a: 1 })).toEqual([]);
});

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const lists = (schema: object) => ({ type: 'object', properties: { list: { type: 'array', ...schema } } });

test('a long list is not held against a long list of required members, each missing one an error', () => {
  const schema = lists({ items: { required: many(20_000, (index) => `a${index}`) } });
  expect(check(schema, { list: many(20_000, () => ({})) })).toEqual([]);
  expect(check(schema, { list: [{}] })).toHaveLength(20);
});

test('of large arguments the first thing that is wrong is told', () => {
  const schema = lists({ items: { type: 'integer' } });
  expect(check(schema, { list: many(60_000, String) })).toMatchObject([{ path: '/list/0', code: 'type' }]);
  expect(check(schema, { list: many(60_000, (index) => index) })).toEqual([]);
});

test('thousands of items are not compared each with each', () => {
  const schema = lists({ uniqueItems: true });
  expect(check(schema, { list: many(50_000, (index) => ({ index })) })).toEqual([]);
  expect(check(schema, { list: [{ index: 1 }, { index: 1 }] })).toMatchObject([{ code: 'uniqueItems' }]);
});

test('no code is made of thousands of schemas', () => {
  const patterns = Object.fromEntries(many(8_000, (index) => [`a${index}`, { type: 'string' }]));
  expect(check({ type: 'object', patternProperties: patterns }, { a1: 1 })).toEqual([]);
  expect(check({ type: 'object', properties: { a: { enum: many(130_000, () => 1) } } }, { a: 1 })).toEqual([]);
});

test('what cannot be compared is left to the server', () => {
  expect(check({ type: 'object', not: { enum: [{ a: 1 }] } }, { toString: 0 })).toEqual([]);
});
