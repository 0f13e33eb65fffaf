import type { Decision, DurableEvents, NodeStatus, PlanNode, PlanView } from '@app/session-protocol';
import { readTraceparent } from '../../platform/tracing/traceparent.js';
import type { Plan, TaskNodeRecord } from './plan.js';

const ALLOWED = {
  pending: ['approve', 'reject', 'edit'],
  approved: [],
  blocked: ['edit'],
  running: [],
  retrying: [],
  succeeded: [],
  failed: ['retry'],
  timed_out: ['retry'],
  rejected: ['retry'],
  skipped: [],
  cancelled: ['retry'],
  outcome_unknown: ['resolve', 'retry'],
} satisfies Record<NodeStatus, Decision[]>;

export function allows(status: NodeStatus, decision: Decision): boolean {
  return (ALLOWED[status] as Decision[]).includes(decision);
}

export function toPlanNode({ trace }: Pick<Plan, 'trace'>, node: TaskNodeRecord): PlanNode {
  const traced = trace === null ? undefined : readTraceparent(trace);
  return {
    id: node.id,
    title: node.title,
    content: describeCall(node.tool, node.arguments),
    status: node.status,
    position: { x: node.x, y: node.y },
    depends_on: node.dependsOn,
    tool: node.tool,
    server_id: node.serverId,
    server_name: node.serverName,
    arguments: node.arguments,
    risk: node.risk,
    allowed_decisions: [...ALLOWED[node.status]],
    attempt: node.attempt,
    edited: node.edited,
    ...(node.autoRule === null ? {} : { auto_approved_by: node.autoRule }),
    ...(node.startedAt === null ? {} : { started_at: node.startedAt.toISOString() }),
    ...(node.finishedAt === null ? {} : { finished_at: node.finishedAt.toISOString() }),
    ...(node.startedAt === null || node.finishedAt === null
      ? {}
      : { duration_ms: Math.max(0, node.finishedAt.getTime() - node.startedAt.getTime()) }),
    ...(traced?.sampled ? { trace_id: traced.traceId } : {}),
    ...(node.cause === null ? {} : { cause: node.cause }),
    ...(node.error === null ? {} : { error: node.error }),
    ...(node.result === null ? {} : { result: node.result }),
    ...(node.reusedFrom === null ? {} : { reused_from: node.reusedFrom }),
    ...(node.rerunOf === null ? {} : { rerun_of: node.rerunOf }),
  };
}

export function toPlanView(plan: Plan, nodes: readonly TaskNodeRecord[]): PlanView {
  return {
    plan_id: plan.id,
    revision: plan.revision,
    status: plan.status,
    title: plan.title,
    nodes: nodes.map((node) => toPlanNode(plan, node)),
  };
}

export function toProposalEvent(plan: Plan, nodes: readonly TaskNodeRecord[]): DurableEvents['task_graph_proposal'] {
  const { plan_id, revision, title, nodes: views } = toPlanView(plan, nodes);
  return { plan_id, revision, turn_id: plan.turnId, title, nodes: views };
}

const SHOWN_VALUE = 60;
const SHOWN_CALL = 240;

/** The call in a line: `fetch_rows (days: 7, rows: from node1)`. */
export function describeCall(tool: string, args: Record<string, unknown>): string {
  const parts = Object.entries(args).map(([name, value]) => `${name}: ${describeValue(value)}`);
  const line = parts.length === 0 ? tool : `${tool} (${parts.join(', ')})`;
  return line.length <= SHOWN_CALL ? line : `${line.slice(0, SHOWN_CALL - 2)}…)`;
}

function describeValue(value: unknown): string {
  const reference = (value as { $ref?: unknown } | null)?.$ref;
  if (typeof reference === 'string') return `from ${reference.split('#', 1)[0] ?? ''}`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= SHOWN_VALUE ? text : `${text.slice(0, SHOWN_VALUE - 1)}…`;
}
