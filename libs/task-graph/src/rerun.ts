import { type TaskNode } from './task-node.js';
import { indexTasks } from './task-index.js';

/** What is done about a task when its graph is run again from another one. */
export interface Rerun {
  readonly id: string;
  /** `again`: it is called once more; `reused`: its recorded result stands for it. */
  readonly part: 'again' | 'reused';
}

/**
 * Which tasks of a graph without cycles take part when it is run again from the task `id`: that one, all that depend on
 * it, however far away, and all that those need. Of the last, what succeeded is reused, unless something that it
 * depends on runs again; what has no result is tried with the rest. In the given order; empty for an unknown task.
 */
export function rerunFrom(nodes: readonly TaskNode[], id: string): Rerun[] {
  const index = indexTasks(nodes);
  if (!index.byId.has(id)) return [];
  const dependenciesOf = (task: string) => (index.byId.get(task)?.dependsOn ?? []).filter((one) => index.byId.has(one));
  const started = reach([id], (task) => index.dependantsOf(task).map((one) => one.id));
  const chosen = reach([...started], dependenciesOf);

  const again = new Map<string, boolean>();
  const runsAgain = (task: string): boolean => {
    const known = again.get(task);
    if (known !== undefined) return known;
    const status = index.byId.get(task)?.status;
    const answer = started.has(task) || status !== 'succeeded' || dependenciesOf(task).some(runsAgain);
    again.set(task, answer);
    return answer;
  };
  return nodes
    .filter((node) => chosen.has(node.id))
    .map((node) => ({ id: node.id, part: runsAgain(node.id) ? 'again' : 'reused' }));
}

function reach(from: readonly string[], next: (id: string) => readonly string[]): ReadonlySet<string> {
  const reached = new Set(from);
  const queue = [...from];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const other of next(id)) {
      if (reached.has(other)) continue;
      reached.add(other);
      queue.push(other);
    }
  }
  return reached;
}
