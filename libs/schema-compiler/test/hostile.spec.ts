import { compileTool, DIALECTS, measureWork } from '../src/index.js';

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const table = (count: number, name: string, make: (index: number) => unknown) =>
  Object.fromEntries(many(count, (index) => [`${name}${index}`, make(index)]));
const listOf = (items: object) => ({ type: 'object', properties: { list: { type: 'array', items } } });

test('a table of very many patterns is declared, and judges arguments, in bounded work', () => {
  const schema = {
    type: 'object',
    properties: table(500, 'a', () => ({})),
    patternProperties: table(4_000, 'b', () => ({})),
  };
  for (const dialect of DIALECTS) {
    const { decode } = compileTool(schema, dialect);
    expect(decode(table(500, 'b', () => 1)).ok).toBeDefined();
  }
});

test('more values than anybody reads are not read', () => {
  const { compatibility, decode } = compileTool(
    { type: 'object', patternProperties: table(30_000, 'b', () => ({})) },
    'openai',
  );
  expect(compatibility.notes.map(({ code }) => code)).toContain('SCHEMA_TOO_LARGE');
  expect(decode({ b1: 1 })).toEqual({ ok: true, arguments: { b1: 1 } });
});

test.each([
  ['choices', { enum: many(8_000, (index) => index) }, -1],
  ['required members', { required: many(8_000, (index) => `a${index}`) }, {}],
  ['known members', { properties: table(4_000, 'a', () => ({})), additionalProperties: false }, { other: 1 }],
])('a long list of values against very many %s is refused in bounded work', (_, items, value) => {
  const { decode } = compileTool(listOf(items), 'openai');
  expect(decode({ list: many(2_000, () => value) })).toMatchObject({ ok: false });
});

test('definitions that name one another in a long chain are followed or given up, and nothing is thrown', () => {
  const link = (index: number) => ({ $ref: `#/$defs/d${index + 1}` });
  const schema = { type: 'object', properties: { a: link(-1) }, $defs: table(6_000, 'd', link) };
  expect(compileTool(schema, 'gemini').decode({ a: { a: 1 } }).ok).toBeDefined();
});

test('what a schema with a very long list costs is measured', () => {
  const schema = { type: 'object', properties: { a: { enum: many(200_000, () => 1) } } };
  expect(measureWork(schema)).toEqual({ perValue: 200_001, objects: 3, patterns: 0, comparesItems: false });
});
