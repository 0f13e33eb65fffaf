import fc from 'fast-check';
import {
  advance,
  canMove,
  effectiveStatus,
  isFinished,
  nodesForPerson,
  readyNodes,
  reopen,
  waitsForPerson,
} from '../src/index.js';
import { anyTasks, apply, task } from './arbitraries.js';

describe('advancing a graph', () => {
  it('lets a blocked task go once all that it waits for has succeeded', () => {
    const nodes = [task('a', 'succeeded'), task('b', 'succeeded'), task('c', 'blocked', ['a', 'b'])];
    expect(advance(nodes)).toEqual([{ id: 'c', from: 'blocked', to: 'approved' }]);
    expect(readyNodes(apply(nodes, advance(nodes))).map(({ id }) => id)).toEqual(['c']);
  });

  it('blocks an approved task that must wait', () => {
    const nodes = [task('a', 'running'), task('b', 'approved', ['a'])];
    expect(advance(nodes)).toEqual([{ id: 'b', from: 'approved', to: 'blocked' }]);
    expect(readyNodes(nodes)).toEqual([]);
  });

  it.each([
    ['rejected', 'Query users was rejected'],
    ['failed', 'Query users failed'],
    ['timed_out', 'Query users timed out'],
    ['cancelled', 'Query users was cancelled'],
  ] as const)('skips all that waits for a %s task and names it, at any distance', (status, cause) => {
    const nodes = [
      task('a', status, [], 'Query users'),
      task('b', 'pending', ['a']),
      task('c', 'blocked', ['b']),
      task('d', 'approved', ['x', 'c']),
      task('x', 'succeeded'),
      task('y', 'pending', ['x']),
    ];
    expect(advance(nodes)).toEqual([
      { id: 'b', from: 'pending', to: 'skipped', cause, causedBy: 'a' },
      { id: 'c', from: 'blocked', to: 'skipped', cause, causedBy: 'a' },
      { id: 'd', from: 'approved', to: 'skipped', cause, causedBy: 'a' },
    ]);
  });

  it('names the cause of a task that was skipped earlier', () => {
    const nodes = [task('a', 'failed', [], 'Query users'), task('b', 'skipped', ['a']), task('c', 'pending', ['b'])];
    expect(advance(nodes)).toMatchObject([{ id: 'c', cause: 'Query users failed', causedBy: 'a' }]);
  });

  it('holds back what depends on an unknown outcome', () => {
    const nodes = [task('a', 'outcome_unknown'), task('b', 'blocked', ['a']), task('c', 'pending', ['a'])];
    expect(advance(nodes)).toEqual([]);
  });

  it('skips what depends on a task that does not exist', () => {
    expect(advance([task('a', 'approved', ['node9'])])).toMatchObject([
      { id: 'a', to: 'skipped', cause: 'node9 does not exist', causedBy: 'node9' },
    ]);
  });

  it('comes to an end even where tasks wait for each other', () => {
    const nodes = [
      task('a', 'approved', ['b']),
      task('b', 'pending', ['a']),
      task('c', 'failed'),
      task('d', 'blocked', ['a', 'c']),
    ];
    expect(advance(nodes).map(({ id, to }) => [id, to])).toEqual([
      ['a', 'blocked'],
      ['d', 'skipped'],
    ]);
    expect(
      advance([task('a', 'skipped', ['b']), task('b', 'skipped', ['a']), task('c', 'pending', ['a'])]),
    ).toMatchObject([{ id: 'c', to: 'skipped' }]);
  });

  it('only makes legal moves, and all of them at once', () => {
    fc.assert(
      fc.property(anyTasks({ maxLength: 12 }), (nodes) => {
        const changes = advance(nodes);
        for (const { id, from, to, cause } of changes) {
          expect(nodes.find((node) => node.id === id)?.status).toBe(from);
          expect(canMove(from, to)).toBe(true);
          expect(cause !== undefined).toBe(to === 'skipped');
        }
        expect(advance(apply(nodes, changes))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not depend on the order or the names of the tasks', () => {
    const renamed = (id: string) => `z${99 - Number(id.slice(4))}`;
    fc.assert(
      fc.property(anyTasks({ maxLength: 12 }), (nodes) => {
        const others = nodes
          .map((node) => ({ ...node, id: renamed(node.id), dependsOn: node.dependsOn.map(renamed) }))
          .toReversed();
        const expected = advance(nodes).map((change) => ({
          ...change,
          id: renamed(change.id),
          ...(change.causedBy === undefined ? {} : { causedBy: renamed(change.causedBy) }),
        }));
        expect(advance(others).toReversed()).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with what an approval means for each task', () => {
    fc.assert(
      fc.property(anyTasks({ maxLength: 12 }), (nodes) => {
        const after = apply(nodes, advance(nodes));
        for (const node of after) expect(effectiveStatus(node, after)).toBe(node.status);
        expect(readyNodes(after)).toEqual(after.filter(({ status }) => status === 'approved'));
      }),
    );
  });
});

describe('trying a task again', () => {
  const chain = [task('a', 'failed'), task('b', 'skipped', ['a']), task('c', 'skipped', ['b'])];

  it('brings back what was skipped for it, to be asked again', () => {
    expect(reopen(chain, 'a')).toEqual([
      { id: 'b', from: 'skipped', to: 'pending' },
      { id: 'c', from: 'skipped', to: 'pending' },
    ]);
  });

  it('says the same after the task itself has moved', () => {
    const moved = apply(chain, [{ id: 'a', from: 'failed', to: 'approved' }]);
    expect(reopen(moved, 'a')).toEqual(reopen(chain, 'a'));
  });

  it('leaves what has another cause', () => {
    const nodes = [...chain, task('x', 'rejected'), task('d', 'skipped', ['b', 'x']), task('e', 'skipped', ['d'])];
    expect(reopen(nodes, 'a').map(({ id }) => id)).toEqual(['b', 'c']);
    expect(reopen(nodes, 'x')).toEqual([]);
  });

  it('does nothing for a task that is itself skipped, or unknown', () => {
    expect(reopen(chain, 'b')).toEqual([]);
    expect(reopen(chain, 'node9')).toEqual([]);
  });

  it('leaves what waits for a task that cannot run yet itself', () => {
    const nodes = [task('a', 'failed'), task('b', 'rejected', ['a']), task('c', 'skipped', ['b'])];
    expect(reopen(nodes, 'b')).toEqual([]);
    const skippedAgain = apply(nodes, [{ id: 'b', from: 'rejected', to: 'skipped' }]);
    expect(reopen(skippedAgain, 'a').map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('undoes exactly what skipping did, when there was one cause', () => {
    fc.assert(
      fc.property(anyTasks({ maxLength: 12 }), fc.nat(), (drafts, pick) => {
        const nodes = drafts.map((node, index) => ({
          ...node,
          status: index === pick % drafts.length ? ('failed' as const) : ('pending' as const),
        }));
        const changes = advance(nodes);
        const failed = nodes.find(({ status }) => status === 'failed');
        const back = reopen(apply(nodes, changes), failed?.id ?? '');
        expect(back.map(({ id, to }) => [id, to])).toEqual(changes.map(({ id, from }) => [id, from]));
      }),
    );
  });

  it('leaves nothing that would be skipped again at once', () => {
    fc.assert(
      fc.property(anyTasks({ maxLength: 12 }), fc.nat(), (drafts, pick) => {
        const nodes = apply(drafts, advance(drafts));
        const retried = nodes[pick % Math.max(1, nodes.length)];
        if (!retried || !canMove(retried.status, 'pending')) return;
        const changes = reopen(nodes, retried.id);
        const after = apply(nodes, [...changes, { id: retried.id, from: retried.status, to: 'pending' }]);
        const again = advance(after)
          .filter(({ to }) => to === 'skipped')
          .map(({ id }) => id);
        for (const { id, from, to } of changes) {
          expect(canMove(from, to)).toBe(true);
          expect(again).not.toContain(id);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the state of a graph', () => {
  it('is finished when every task has ended, and not while an outcome is unknown', () => {
    expect(isFinished([])).toBe(true);
    expect(isFinished([task('a', 'succeeded'), task('b', 'rejected'), task('c', 'skipped')])).toBe(true);
    expect(isFinished([task('a', 'succeeded'), task('b', 'outcome_unknown')])).toBe(false);
  });

  it('waits for a person at a decision and at an unknown outcome', () => {
    const nodes = [task('a', 'pending'), task('b', 'running'), task('c', 'outcome_unknown')];
    expect(nodesForPerson(nodes).map(({ id }) => id)).toEqual(['a', 'c']);
    expect(waitsForPerson(nodes)).toBe(true);
    expect(waitsForPerson([task('b', 'running'), task('c', 'blocked', ['b'])])).toBe(false);
  });
});
