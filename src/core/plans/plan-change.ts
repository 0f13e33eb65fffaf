import { canMove } from '@app/task-graph';
import type { DurableEvent, DurableEvents, LogLevel } from '@app/session-protocol';
import type { Plan, TaskNodeRecord } from './plan.js';
import { toPlanNode } from './plan-views.js';

export const isActive = (nodes: readonly TaskNodeRecord[]): boolean =>
  nodes.some(({ status }) => status === 'running' || status === 'retrying' || status === 'approved');

const isWaiting = (nodes: readonly TaskNodeRecord[]): boolean => nodes.some(({ status }) => status === 'pending');

type NodePatch = Partial<Omit<TaskNodeRecord, 'sessionId' | 'id' | 'planId'>>;

/** What one transaction does to a plan: the moves are checked, and each changed node is told once, as it is in the end. */
export class PlanChange {
  private readonly nodesById: Map<string, TaskNodeRecord>;
  private readonly changed = new Set<string>();
  private readonly told: DurableEvent[] = [];
  private readonly notes: DurableEvent[] = [];
  private planChanged = false;
  private readonly reasons = new Map<string, string>();
  private readonly wasWaiting: boolean;
  /** A newer plan takes the place of this one. */
  isReplaced = false;
  readonly wasActive: boolean;

  constructor(
    private current: Plan,
    nodes: readonly TaskNodeRecord[],
    private readonly now: Date,
  ) {
    this.nodesById = new Map(nodes.map((node) => [node.id, node]));
    this.wasActive = isActive(nodes);
    this.wasWaiting = isWaiting(nodes);
  }

  /** Something waits for a person, or did until now. */
  get concernsPeople(): boolean {
    return this.wasWaiting || isWaiting(this.nodes);
  }

  /** Something runs or is about to, without a person. */
  get isActive(): boolean {
    return isActive(this.nodes);
  }

  get plan(): Plan {
    return this.current;
  }

  get nodes(): TaskNodeRecord[] {
    return [...this.nodesById.values()];
  }

  find(nodeId: string): TaskNodeRecord | undefined {
    return this.nodesById.get(nodeId);
  }

  updatePlan(patch: Partial<Plan>): void {
    this.current = { ...this.current, ...patch };
    this.planChanged = true;
  }

  update(nodeId: string, patch: NodePatch): TaskNodeRecord {
    const node = this.nodesById.get(nodeId);
    if (!node) throw new Error(`No ${nodeId} in the plan.`);
    if (patch.status && patch.status !== node.status && !canMove(node.status, patch.status)) {
      throw new Error(`A task cannot go from ${node.status} to ${patch.status}.`);
    }
    const next = { ...node, ...patch };
    this.nodesById.set(nodeId, next);
    this.changed.add(nodeId);
    return next;
  }

  /** What people did, told before the moves that follow from it. */
  tellDecision(decision: Omit<DurableEvents['task_decision'], 'plan_id' | 'revision'>): void {
    const payload = { plan_id: this.current.id, revision: this.current.revision, ...decision };
    this.told.push({ type: 'task_decision', payload });
  }

  /** Which rule wants a person, for the list of what waits for people. */
  explain(nodeId: string, why: string): void {
    this.reasons.set(nodeId, why);
  }

  whyAsked(nodeId: string): string | undefined {
    return this.reasons.get(nodeId);
  }

  /** The last of what was told of a node. */
  decisionOn(nodeId: string): DurableEvents['task_decision'] | undefined {
    const told = this.told.flatMap((event) => (event.type === 'task_decision' ? [event.payload] : []));
    return told.findLast((decision) => decision.node_id === nodeId);
  }

  tell(event: DurableEvent): void {
    this.notes.push(event);
  }

  note(level: LogLevel, source: string, message: string, nodeId?: string): void {
    const payload = {
      timestamp: this.now.toISOString(),
      level,
      message,
      source,
      ...(nodeId === undefined ? {} : { node_id: nodeId }),
    };
    this.notes.push({ type: 'log_entry', payload });
  }

  /** Everything to store and to append, in order. */
  result(): { plan: Plan | undefined; nodes: TaskNodeRecord[]; events: DurableEvent[] } {
    const nodes = this.nodes.filter((node) => this.changed.has(node.id));
    const updates = nodes.map((node): DurableEvent => {
      const { id, ...rest } = toPlanNode(this.current, node);
      const payload = { plan_id: this.current.id, revision: this.current.revision, node_id: id, ...rest };
      return { type: 'task_update', payload };
    });
    return {
      plan: this.planChanged ? this.current : undefined,
      nodes,
      events: [...this.told, ...updates, ...this.notes],
    };
  }
}
