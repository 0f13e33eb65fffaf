import type { NodeStatus, PlanNode } from '@app/session-protocol';
import type { Frame } from '../session-clients.js';

interface Seen {
  node: PlanNode;
  planId: string;
  wasUnknown: boolean;
  /** Of its present life; a call with no run before it cannot have left. */
  hasRun: boolean;
  approvals: number;
}

export interface Verdict {
  faults: string[];
  nodes: number;
  unknown: number;
  byStatus: Partial<Record<NodeStatus, number>>;
}

const ENDED: readonly NodeStatus[] = ['succeeded', 'failed', 'timed_out', 'rejected', 'skipped', 'cancelled'];

/** Whether a log is whole: numbers from 1 without a gap, each event once, and everything that a client had is in it. */
export function judgeLog(name: string, log: readonly Frame[], received: readonly Frame[]): string[] {
  const faults: string[] = [];
  log.forEach(({ seq }, place) => {
    if (seq !== place + 1) faults.push(`${name}: event ${place + 1} of the log has the number ${seq}`);
  });
  if (new Set(log.map(({ id }) => id)).size !== log.length) faults.push(`${name}: an event is in the log twice`);
  for (const frame of received) {
    const stored = log[(frame.seq ?? 0) - 1];
    if (canonical(stored) !== canonical(frame)) {
      faults.push(`${name}: a client had ${canonical(frame)}; the log has ${canonical(stored)}`);
    }
  }
  return faults;
}

/** Whether each call of the log happened as often as it may, against the upstream's own record. */
export function judgeCalls(name: string, log: readonly Frame[], counts: ReadonlyMap<string, number>): Verdict {
  const verdict: Verdict = { faults: [], nodes: 0, unknown: 0, byStatus: {} };
  const seen = readNodes(log);
  for (const one of seen.values()) {
    const { node } = one;
    const call = `${node.tool} ${String(node.arguments.id)}`;
    const times = counts.get(call) ?? 0;
    const tell = (what: string) =>
      verdict.faults.push(`${name} ${node.id}: ${call} ${what} (${node.status}, ${times} times)`);
    verdict.nodes += 1;
    verdict.byStatus[node.status] = (verdict.byStatus[node.status] ?? 0) + 1;
    if (one.wasUnknown) verdict.unknown += 1;
    if (one.wasUnknown && !one.hasRun) tell('is unknown, and was never begun');
    // What an unknown call was needed for may be skipped before anybody approved it.
    const approvals = node.status === 'skipped' && times === 0 ? [0, 1] : [1];
    if (!approvals.includes(one.approvals)) tell(`was approved ${one.approvals} times`);
    if (!ENDED.includes(node.status)) tell('has not ended');
    const isWrite = node.tool === 'write_value';
    if (isWrite && times > 1) tell('happened more than once');
    if (!isWrite && one.wasUnknown) tell('is safe to repeat, and was given up as unknown');
    const certain = node.status === 'succeeded' && !one.wasUnknown;
    if (certain && times === 0) tell('is told as done and never happened');
    if (node.status !== 'succeeded' && !one.wasUnknown && !comesFromUnknown(one, seen)) {
      tell(`ended without a reason: ${node.cause ?? ''} ${node.error?.message ?? ''}`);
    }
    if (node.status !== 'succeeded' && times > 0 && !one.wasUnknown) tell('happened, and is told as something else');
  }
  verdict.faults.push(...judgeTurns(name, log));
  return verdict;
}

/** Each message is one turn with one end: one answer, or a graph with words before and after it and the end behind that. */
function judgeTurns(name: string, log: readonly Frame[]): string[] {
  const faults: string[] = [];
  const turns = new Set(log.flatMap(({ payload }) => (typeof payload.turn_id === 'string' ? [payload.turn_id] : [])));
  for (const turn of turns) {
    const mine = log.filter(({ payload }) => payload.turn_id === turn);
    const count = (type: string, sender?: string) =>
      mine.filter((frame) => frame.type === type && (sender === undefined || frame.payload.sender === sender)).length;
    const was = [
      count('chat_message', 'USER'),
      count('task_graph_proposal'),
      count('chat_message', 'AGENT'),
      count('turn_finished'),
    ];
    if (!['1,1,2,1', '1,0,1,1'].includes(was.join()))
      faults.push(`${name}: ${turn} has messages, graphs, answers and ends ${was.join()}`);
    const planId = mine.find(({ type }) => type === 'task_graph_proposal')?.payload.plan_id;
    const finishedAt = mine.find(({ type }) => type === 'turn_finished')?.seq ?? 0;
    const late = log.find(
      (frame) => frame.type === 'task_update' && frame.payload.plan_id === planId && (frame.seq ?? 0) > finishedAt,
    );
    if (late) faults.push(`${name}: ${turn} ended at ${finishedAt} and its graph went on at ${late.seq}`);
  }
  return faults;
}

function readNodes(log: readonly Frame[]): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const { type, payload } of log) {
    if (type === 'task_graph_proposal') {
      const { plan_id: planId, nodes } = payload as unknown as { plan_id: string; nodes: PlanNode[] };
      for (const node of nodes) seen.set(node.id, { node, planId, wasUnknown: false, hasRun: false, approvals: 0 });
    }
    if (type === 'task_decision' && payload.decision === 'approve') {
      const known = seen.get(String(payload.node_id));
      if (known) known.approvals += 1;
    }
    if (type === 'task_update') {
      const { node_id: id, ...rest } = payload as unknown as PlanNode & { node_id: string };
      const known = seen.get(id);
      if (!known) continue;
      known.node = { ...rest, id };
      known.hasRun ||= rest.status === 'running';
      known.wasUnknown ||= rest.status === 'outcome_unknown';
    }
  }
  return seen;
}

/** A call that a person said was done has no result: what refers to it cannot run, nor what depends on that. */
function comesFromUnknown({ node }: Seen, seen: ReadonlyMap<string, Seen>): boolean {
  return node.depends_on.some((id) => {
    const other = seen.get(id);
    return other !== undefined && (other.wasUnknown || comesFromUnknown(other, seen));
  });
}

const canonical = (frame: Frame | undefined): string =>
  frame === undefined
    ? 'nothing'
    : JSON.stringify([frame.seq, frame.id, frame.ts, frame.session_id, frame.type, frame.payload]);
