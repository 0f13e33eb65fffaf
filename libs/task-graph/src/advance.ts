import { shown } from './problems.js';
import { type DeadStatus, isDead, type TaskStatus } from './statuses.js';
import { indexTasks, type TaskIndex } from './task-index.js';
import { type TaskNode } from './task-node.js';

/** A move that follows from the state of the other tasks. */
export interface Change {
  readonly id: string;
  readonly from: TaskStatus;
  readonly to: TaskStatus;
  /** Why, for people: "Query users was rejected". */
  readonly cause?: string;
  /** The task that is the cause. */
  readonly causedBy?: string;
}

/** Approved tasks all of whose dependencies have succeeded, in the given order. */
export function readyNodes<Node extends TaskNode>(nodes: readonly Node[]): Node[] {
  const index = indexTasks(nodes);
  return nodes.filter((node) => node.status === 'approved' && index.isReady(node));
}

/** What an approval means for this task now: `approved` when it may run, `blocked` while it waits for others. */
export function effectiveStatus(node: TaskNode, nodes: readonly TaskNode[]): TaskStatus {
  return settle(node, indexTasks(nodes));
}

/**
 * Everything that follows from the state of the graph, in the given order; empty once it has been applied.
 * Tasks that wait for one that ended without a result are skipped, however far away it is; a task whose outcome
 * is unknown only holds its dependants back, since it may yet turn out well.
 */
export function advance(nodes: readonly TaskNode[]): Change[] {
  const index = indexTasks(nodes);
  const skipped = findSkipped(nodes, index);
  const rootOf = rootFinder(index, skipped);
  return nodes.flatMap((node): Change[] => {
    if (skipped.has(node.id)) {
      const root = rootOf(node);
      return [{ id: node.id, from: node.status, to: 'skipped', cause: root.cause, causedBy: root.id }];
    }
    const to = settle(node, index);
    return to === node.status ? [] : [{ id: node.id, from: node.status, to }];
  });
}

function settle(node: TaskNode, index: TaskIndex): TaskStatus {
  if (node.status !== 'approved' && node.status !== 'blocked') return node.status;
  return index.isReady(node) ? 'approved' : 'blocked';
}

/** Only these wait; what runs already has its dependencies behind it. */
const WAITING: readonly TaskStatus[] = ['pending', 'approved', 'blocked'];

function findSkipped(nodes: readonly TaskNode[], index: TaskIndex): ReadonlySet<string> {
  const skipped = new Set<string>();
  const missing = nodes.flatMap(({ dependsOn }) => dependsOn.filter((id) => !index.byId.has(id)));
  const dead = [...missing, ...nodes.filter(({ status }) => isDead(status)).map(({ id }) => id)];
  for (let id = dead.pop(); id !== undefined; id = dead.pop()) {
    for (const dependant of index.dependantsOf(id)) {
      if (skipped.has(dependant.id) || !WAITING.includes(dependant.status)) continue;
      skipped.add(dependant.id);
      dead.push(dependant.id);
    }
  }
  return skipped;
}

interface Root {
  readonly id: string;
  readonly cause: string;
}

const ENDED = {
  rejected: 'was rejected',
  failed: 'failed',
  timed_out: 'timed out',
  cancelled: 'was cancelled',
  skipped: 'was skipped',
} as const satisfies Record<DeadStatus, string>;

/** Follows skipped tasks back to the one that was not skipped: that is what a person wants to read. */
function rootFinder(index: TaskIndex, skipped: ReadonlySet<string>) {
  const roots = new Map<string, Root>();
  const isSkipped = (id: string) => skipped.has(id) || index.byId.get(id)?.status === 'skipped';
  const isLost = (id: string) => {
    const node = index.byId.get(id);
    return node === undefined || isDead(node.status) || skipped.has(id);
  };

  return (start: TaskNode): Root => {
    const path = new Set<string>();
    let id = start.id;
    while (isSkipped(id) && !roots.has(id) && !path.has(id)) {
      path.add(id);
      id = index.byId.get(id)?.dependsOn.find(isLost) ?? id;
    }
    const root = roots.get(id) ?? { id, cause: describeEnd(index.byId.get(id), id) };
    for (const passed of path) roots.set(passed, root);
    return root;
  };
}

function describeEnd(node: TaskNode | undefined, id: string): string {
  if (!node) return `${shown(id)} does not exist`;
  const ended = isDead(node.status) ? ENDED[node.status] : ENDED.skipped;
  return `${shown(node.title.trim() === '' ? id : node.title)} ${ended}`;
}
