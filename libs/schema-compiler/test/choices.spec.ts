import { compileTool } from '../src/index.js';

test('nothing within what is taken as it is is marked once more', () => {
  const choice = { $ref: 'x#' };
  const schema = { type: 'object', properties: { $ref: { const: choice } }, required: ['$ref'] };
  const { parameters, decode } = compileTool(schema, 'gemini');
  const [given = ''] = Object.keys(parameters.properties as object);
  expect(decode({ [given]: JSON.stringify(choice) })).toEqual({
    ok: true,
    arguments: { $literal: { $ref: choice } },
  });
});

test('a choice that looks like a reference is taken as it is', () => {
  const choice = { $ref: 'x#' };
  const { decode, encode } = compileTool(
    { type: 'object', properties: { a: { enum: [choice, 'y'] } }, required: ['a'] },
    'gemini',
  );
  const decoded = decode({ a: JSON.stringify(choice) });
  expect(decoded).toEqual({ ok: true, arguments: { a: { $literal: choice } } });
  expect(encode({ a: { $literal: choice } })).toEqual({ a: JSON.stringify(choice) });
});

test('a choice that looks like a reference has to fit the rest of its schema', () => {
  const fitting = (least: number) =>
    compileTool(
      {
        type: 'object',
        properties: { a: { allOf: [{ minProperties: least }, { const: { $ref: 'x#' } }] } },
        required: ['a'],
      },
      'gemini',
    ).decode({ a: '{"$ref":"x#"}' }).ok;
  expect([fitting(1), fitting(2)]).toEqual([true, false]);
});
