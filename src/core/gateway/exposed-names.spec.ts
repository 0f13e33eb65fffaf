import fc from 'fast-check';
import { exposeNames } from './exposed-names.js';

const expose = (...items: [handle: string, name: string][]) => [
  ...exposeNames(items, { handleOf: ([handle]) => handle, nameOf: ([, name]) => name }).keys(),
];

test('a tool is named after its server', () => {
  expect(expose(['github', 'create_issue'], ['files', 'read.text-file'])).toEqual([
    'github__create_issue',
    'files__read.text-file',
  ]);
});

test('what MCP has no character for is replaced', () => {
  expect(expose(['files', 'lies mich/bitte'])).toEqual(['files__lies_mich_bitte']);
});

test('of two that would be named alike the second one is told apart, the same way each time', () => {
  const [first, second] = expose(['files', 'a b'], ['files', 'a/b']);
  expect(first).toBe('files__a_b');
  expect(second).toMatch(/^files__a_b_[0-9a-f]{8}$/);
  expect(expose(['files', 'a b'], ['files', 'a/b'])[1]).toBe(second);
});

test('names are as MCP and models take them, and none is lost', () => {
  const handles = fc.constantFrom('a', 'github', 'a-very-long-handle-of-a-server-x');
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(handles, fc.string({ minLength: 1, maxLength: 200 })), { selector: String }),
      (items) => {
        const names = expose(...items);
        expect(names).toHaveLength(items.length);
        for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_.-]{1,64}$/);
      },
    ),
  );
});
