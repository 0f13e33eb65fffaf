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
