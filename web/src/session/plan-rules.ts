import type { MessageItem, Plan, SessionState, ShownNode, TranscriptItem } from './state.js';

export function currentPlan(state: SessionState): Plan | undefined {
  return state.plan_id === undefined ? undefined : state.plans[state.plan_id];
}

/** Nodes that wait for a person: an approval, or word of what became of a call. */
export function awaiting(plan: Plan | undefined): ShownNode[] {
  return plan?.nodes.filter((node) => node.status === 'pending' || node.status === 'outcome_unknown') ?? [];
}

export function pendingNodes(plan: Plan | undefined): ShownNode[] {
  return plan?.nodes.filter((node) => node.status === 'pending') ?? [];
}

const ENDED = new Set(['succeeded', 'failed', 'timed_out', 'rejected', 'skipped', 'cancelled']);

/** Once nothing goes on, a plan can be run again from any of its tasks. */
export function mayRerun({ turn }: SessionState, node: ShownNode): boolean {
  return turn === null && ENDED.has(node.status);
}

/** Whether the failed turn that an error belongs to is still the last thing that happened. */
export function canRetry({ items, turn }: Pick<SessionState, 'items' | 'turn'>, error: TranscriptItem): boolean {
  const after = items.slice(items.findIndex(({ key }) => key === error.key) + 1);
  return turn === null && after.every(({ kind }) => kind === 'turn_end' || kind === 'model');
}

/** What is wrong with the graph, in words; undefined when nothing is. */
export function planFault(nodes: ShownNode[]): string | undefined {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) {
    const missing = node.depends_on.find((id) => !byId.has(id));
    if (missing !== undefined) return `Plan is invalid: ${node.id} depends on unknown ${missing}`;
  }
  const { rest } = sort(nodes);
  const first = rest[0];
  return first ? `Plan is invalid: ${rest.map((node) => node.id).join(', ')} depend on one another` : undefined;
}

/** Predecessors first, otherwise as proposed; nodes of a cycle come last. */
export function ordered(nodes: ShownNode[]): ShownNode[] {
  const { done, rest } = sort(nodes);
  return [...done, ...rest];
}

function sort(nodes: ShownNode[]): { done: ShownNode[]; rest: ShownNode[] } {
  const known = new Set(nodes.map((node) => node.id));
  const placed = new Set<string>();
  const done: ShownNode[] = [];
  let rest = nodes;
  for (;;) {
    const free = rest.filter((node) => node.depends_on.every((id) => placed.has(id) || !known.has(id)));
    if (free.length === 0) return { done, rest };
    for (const node of free) {
      placed.add(node.id);
      done.push(node);
    }
    rest = rest.filter((node) => !placed.has(node.id));
  }
}

/** All nodes that would be skipped if this one were rejected. */
export function dependants(nodes: ShownNode[], id: string): ShownNode[] {
  const reached = new Set([id]);
  for (let grew = true; grew;) {
    grew = false;
    for (const node of nodes) {
      if (!reached.has(node.id) && node.depends_on.some((one) => reached.has(one))) {
        reached.add(node.id);
        grew = true;
      }
    }
  }
  return nodes.filter((node) => node.id !== id && reached.has(node.id));
}

/** How many predecessors a node still waits for. */
export function waitsOn(nodes: ShownNode[], node: ShownNode): number {
  return node.depends_on.filter((id) => nodes.find((one) => one.id === id)?.status !== 'succeeded').length;
}

export type RiskGroup = 'read-only' | 'writes' | 'destructive';

/** A server's own words about its tool; where it says nothing, the tool is taken to write. */
export function riskGroup(node: ShownNode): RiskGroup {
  if (node.risk.destructive) return 'destructive';
  return node.risk.read_only ? 'read-only' : 'writes';
}

/** A fork takes whole turns: a message of one that goes on or waits is not in it. */
export function mayFork({ turn, queued_turns }: SessionState, { streaming, turn_id }: MessageItem): boolean {
  if (streaming) return false;
  return turn_id === undefined || ![turn, ...queued_turns].some((open) => open?.turn_id === turn_id);
}
