import { AppError } from '../../platform/errors/app-error.js';
import { parseJsonBody } from './json-body.js';

const parse = (text: string) => parseJsonBody(Buffer.from(text));

describe('a JSON body', () => {
  test.each([
    ['', undefined],
    ['{"a":[1,"é"]}', { a: [1, 'é'] }],
    ['{"a":"\\\\u0000"}', { a: '\\u0000' }],
    ['{"a":"__proto__"}', { a: '__proto__' }],
    ['{"a":"\\u00e9"}', { a: 'é' }],
    ['{"a":"\\ud83d\\ude00"}', { a: '😀' }],
    [`["${'['.repeat(600)}\\\\\\"[",2]`, [`${'['.repeat(600)}\\"[`, 2]],
  ])('%j is read', (text, value) => {
    expect(parse(text)).toEqual(value);
  });

  test.each([
    '{',
    "{'a':1}",
    '{"a":"\\u0000"}',
    '{"a":"\\\\\\u0000"}',
    '{"__proto__":1}',
    '{"a":[{"\\u005f_proto__":1}]}',
    '{"a":"\\ud83d"}',
    '{"\\ude00":1}',
    `${'['.repeat(257)}${']'.repeat(257)}`,
    `{"a\\"":${'{"b":'.repeat(5_000)}1${'}'.repeat(5_001)}`,
  ])('%j is refused', (text) => {
    expect(() => parse(text)).toThrow(AppError);
  });

  test('is refused when it is not UTF-8', () => {
    expect(() => parseJsonBody(Buffer.of(0x22, 0xff, 0x22))).toThrow('The body is not UTF-8.');
  });
});
