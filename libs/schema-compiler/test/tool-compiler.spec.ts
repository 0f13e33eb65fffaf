import { ToolCompiler } from '../src/index.js';

const schema = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } } });
/** Another object each time, as a server's tools are when they are read again. */
const compile = (compiler: ToolCompiler, name: string) => compiler.compile(schema(name), 'openai');

test('the same schema is compiled once, whichever object it comes as', () => {
  const compiler = new ToolCompiler();
  expect(compile(compiler, 'a')).toBe(compile(compiler, 'a'));
});

test('what was used last is kept, up to a number of schemas', () => {
  const compiler = new ToolCompiler({ schemas: 2, length: 1_000_000 });
  const [a, b] = [compile(compiler, 'a'), compile(compiler, 'b')];
  expect(compile(compiler, 'a')).toBe(a);
  compile(compiler, 'c');
  expect(compile(compiler, 'a')).toBe(a);
  expect(compile(compiler, 'b')).not.toBe(b);
});

test('what was used last is kept, up to a length of all together', () => {
  const { length } = JSON.stringify(schema('a'));
  const compiler = new ToolCompiler({ schemas: 100, length: 2 * length });
  const [a, b] = [compile(compiler, 'a'), compile(compiler, 'b')];
  compile(compiler, 'c');
  expect(compile(compiler, 'b')).toBe(b);
  expect(compile(compiler, 'a')).not.toBe(a);
});
