import fc from 'fast-check';
import { type Change, TASK_STATUSES, type TaskNode } from '../src/index.js';

/** Graphs without cycles, their nodes in any order. */
export function anyTasks({ maxLength }: { maxLength: number }): fc.Arbitrary<TaskNode[]> {
  return fc
    .array(fc.record({ status: fc.constantFrom(...TASK_STATUSES), picks: fc.array(fc.nat(), { maxLength: 4 }) }), {
      maxLength,
    })
    .map((drafts) =>
      drafts.map(({ status, picks }, index): TaskNode => {
        const earlier = index === 0 ? [] : [...new Set(picks.map((pick) => pick % index))];
        return {
          id: `node${index}`,
          title: `Task ${index}`,
          status,
          dependsOn: earlier.map((other) => `node${other}`),
        };
      }),
    )
    .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length }));
}

/** Links between nodes 0…n-1, cycles and all. */
export function anyLinks({ maxLength }: { maxLength: number }): fc.Arbitrary<number[][]> {
  return fc
    .integer({ min: 1, max: maxLength })
    .chain((size) =>
      fc.array(fc.uniqueArray(fc.nat({ max: size - 1 }), { maxLength: 2 }), { minLength: size, maxLength: size }),
    );
}

export function apply(nodes: readonly TaskNode[], changes: readonly Change[]): TaskNode[] {
  const to = new Map(changes.map((change) => [change.id, change.to]));
  return nodes.map((node) => ({ ...node, status: to.get(node.id) ?? node.status }));
}

export function task(id: string, status: TaskNode['status'], dependsOn: string[] = [], title = id): TaskNode {
  return { id, title, status, dependsOn };
}
