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
