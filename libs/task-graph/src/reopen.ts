import { type Change } from './advance.js';
import { isDead } from './statuses.js';
import { indexTasks } from './task-index.js';
import { type TaskNode } from './task-node.js';

/**
 * The skipped tasks that come back, to be asked again, when the task `id` is tried again: all that were skipped
 * for it alone, however far away. The answer is the same before and after `id` itself has moved.
 * Empty for an unknown task, and for one that still waits for something that ended without a result: it will be
 * skipped itself until that is tried again.
 */
export function reopen(nodes: readonly TaskNode[], id: string): Change[] {
  const index = indexTasks(nodes);
  const alive = new Set([id]);
  const mayRunAgain = (node: TaskNode) =>
    node.dependsOn.every((dependency) => {
      const other = index.byId.get(dependency);
      return alive.has(dependency) || (other !== undefined && !isDead(other.status));
    });

  const retried = index.byId.get(id);
  if (!retried || !mayRunAgain(retried)) return [];

  const queue = [id];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const dependant of index.dependantsOf(next)) {
      if (dependant.status !== 'skipped' || alive.has(dependant.id) || !mayRunAgain(dependant)) continue;
      alive.add(dependant.id);
      queue.push(dependant.id);
    }
  }
  return nodes
    .filter((node) => node.id !== id && alive.has(node.id))
    .map((node) => ({ id: node.id, from: node.status, to: 'pending' }));
}
