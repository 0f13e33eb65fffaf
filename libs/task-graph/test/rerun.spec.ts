import fc from 'fast-check';
import { rerunFrom, type TaskNode } from '../src/index.js';
import { anyTasks, task } from './arbitraries.js';

const parts = (nodes: readonly TaskNode[], id: string) =>
  Object.fromEntries(rerunFrom(nodes, id).map(({ id: node, part }) => [node, part]));

describe('running again from a task', () => {
  const diamond = [
    task('rows', 'succeeded'),
    task('left', 'succeeded', ['rows']),
    task('right', 'succeeded', ['rows']),
    task('join', 'succeeded', ['left', 'right']),
    task('aside', 'succeeded', ['rows']),
  ];

  it('calls it and what depends on it once more, and reuses what they need', () => {
    expect(parts(diamond, 'left')).toEqual({ rows: 'reused', left: 'again', right: 'reused', join: 'again' });
    expect(parts(diamond, 'rows')).toEqual(Object.fromEntries(diamond.map(({ id }) => [id, 'again'])));
  });

  it('tries again what is needed and has no result', () => {
    const failed = diamond.map((node) => (node.id === 'right' ? { ...node, status: 'failed' as const } : node));
    expect(parts(failed, 'left')).toEqual({ rows: 'reused', left: 'again', right: 'again', join: 'again' });
  });

  it('knows nothing to do for an unknown task', () => {
    expect(rerunFrom(diamond, 'nobody')).toEqual([]);
  });

  it('leaves no task without what it needs, and reuses nothing that rests on a new result', () => {
    fc.assert(
      fc.property(anyTasks({ maxLength: 14 }), fc.nat(), (nodes, choice) => {
        fc.pre(nodes.length > 0);
        const id = nodes[choice % nodes.length]?.id ?? '';
        const found = parts(nodes, id);
        expect(found[id]).toBe('again');
        for (const node of nodes) {
          const part = found[node.id];
          if (node.dependsOn.some((one) => one === id)) expect(part).toBe('again');
          if (part === undefined) continue;
          for (const one of node.dependsOn) expect(found[one]).toBeDefined();
          if (part === 'again') continue;
          expect(node.status).toBe('succeeded');
          for (const one of node.dependsOn) expect(found[one]).toBe('reused');
        }
      }),
    );
  });
});
