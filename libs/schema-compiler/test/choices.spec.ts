import { compileTool } from '../src/index.js';

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
