import fc from 'fast-check';
import type { ServerId } from '../../platform/ids.js';
import { assignHandles, handleOf } from './handles.js';

const server = (id: string, name: string) => ({ id: id as ServerId, name });

test('a name becomes what may stand in an address', () => {
  expect(handleOf('GitHub (prod)')).toBe('github-prod');
  expect(handleOf('  Café_Ünïcode!! ')).toBe('cafe-unicode');
  expect(handleOf('3 little pigs')).toBe('little-pigs');
  expect(handleOf('漢字')).toBe('server');
});

test('of two that would be called the same, the older one keeps the name', () => {
  const handles = assignHandles([
    server('mcp_2', 'My tools'),
    server('mcp_1', 'my-tools'),
    server('mcp_3', 'MY TOOLS'),
  ]);
  expect([...handles]).toEqual([
    ['mcp_1', 'my-tools'],
    ['mcp_2', 'my-tools-2'],
    ['mcp_3', 'my-tools-3'],
  ]);
});

test('handles are unique, short, and may begin a URI', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 60 }), { maxLength: 30 }), (names) => {
      const handles = [...assignHandles(names.map((name, at) => server(`mcp_${at + 1_000}`, name))).values()];
      expect(new Set(handles).size).toBe(names.length);
      for (const handle of handles) expect(handle).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      for (const handle of handles) expect(handle.length).toBeLessThanOrEqual(32);
    }),
  );
});
