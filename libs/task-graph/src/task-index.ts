import { type TaskNode } from './task-node.js';

/** A graph made quick to walk in both directions. */
export interface TaskIndex<Node extends TaskNode = TaskNode> {
  readonly byId: ReadonlyMap<string, Node>;
  dependantsOf(id: string): readonly Node[];
  /** An unknown dependency has not succeeded: with part of the graph missing, nothing may run. */
  isReady(node: Node): boolean;
}

export function indexTasks<Node extends TaskNode>(nodes: readonly Node[]): TaskIndex<Node> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const dependants = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const id of new Set(node.dependsOn)) {
      const known = dependants.get(id);
      if (known) known.push(node);
      else dependants.set(id, [node]);
    }
  }
  return {
    byId,
    dependantsOf: (id) => dependants.get(id) ?? [],
    isReady: (node) => node.dependsOn.every((id) => byId.get(id)?.status === 'succeeded'),
  };
}
