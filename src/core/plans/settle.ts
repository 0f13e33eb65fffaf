import type { NodeResult } from '@app/session-protocol';
import type { Artifact } from '../artifacts/artifact.js';
import { INLINE_BYTES } from '../execution/answer.js';
import type { ToolOutcome } from '../execution/tool-outcome.js';
import { isSafeToRepeat, type TaskNodeRecord } from './plan.js';
import type { PlanChange } from './plan-change.js';

export const MAX_TRIES = 3;
const FIRST_WAIT_MS = 1_000;

export interface Settled {
  /** What is written into the effect ledger. */
  effect: string;
  output?: unknown;
  artifacts: Artifact[];
  retryAt: ReadonlyMap<string, Date>;
}

interface Circumstances {
  now: Date;
  /** This process is stopping, which is why the call was cut short. */
  stopping: boolean;
}

/** Turns the outcome of a call into the node's next state. */
export function settle(
  change: PlanChange,
  node: TaskNodeRecord,
  outcome: ToolOutcome,
  { now, stopping }: Circumstances,
): Settled {
  const settled: Settled = { effect: outcome.status, artifacts: [], retryAt: new Map() };
  const end = { finishedAt: now };
  switch (outcome.status) {
    case 'succeeded': {
      const result = toResult(outcome);
      change.update(node.id, { ...end, status: 'succeeded', result, error: null, cause: null });
      change.note('info', node.id, `${node.title}: done.`, node.id);
      return { ...settled, output: outcome.output, artifacts: outcome.artifacts };
    }
    case 'failed': {
      change.update(node.id, { ...end, status: 'failed', error: outcome.fault, result: toResult(outcome) });
      change.note('error', node.id, `${node.title}: ${outcome.fault.message}`, node.id);
      return { ...settled, artifacts: outcome.artifacts };
    }
    case 'timed_out': {
      const within = `No answer within ${Math.round(outcome.afterMs / 1_000)} s.`;
      const message = isSafeToRepeat(node) ? within : `${within} The call may have had its effect.`;
      change.update(node.id, { ...end, status: 'timed_out', error: { code: 'TIMED_OUT', message } });
      change.note('error', node.id, `${node.title}: ${message}`, node.id);
      return settled;
    }
    case 'not_sent':
      return outcome.transient
        ? tryAgain(change, node, outcome.fault, now, settled)
        : fail(change, node, outcome.fault, now, settled);
    case 'lost':
      if (isSafeToRepeat(node)) return tryAgain(change, node, outcome.fault, now, settled);
      change.note('warn', node.id, `${node.title}: the connection broke before the answer came.`, node.id);
      change.update(node.id, {
        ...end,
        status: 'outcome_unknown',
        error: outcome.fault,
        cause: 'the call left, and its answer was lost; it may have had its effect',
      });
      return { ...settled, effect: 'unknown' };
    case 'cancelled':
      return cancel(change, node, { ...end, sent: outcome.sent, stopping }, settled);
    default:
      return outcome satisfies never;
  }
}

function cancel(
  change: PlanChange,
  node: TaskNodeRecord,
  { sent, stopping, ...end }: { finishedAt: Date; sent: boolean; stopping: boolean },
  settled: Settled,
): Settled {
  if (stopping && !node.stopRequested) {
    if (!sent || isSafeToRepeat(node)) {
      change.update(node.id, { status: 'retrying', cause: 'the process restarts; the call starts again' });
      return settled;
    }
    const cause = 'the process stopped before the answer came; the call may have had its effect';
    change.update(node.id, { ...end, status: 'outcome_unknown', cause });
    return { ...settled, effect: 'unknown' };
  }
  const cause = !sent || node.risk.read_only ? 'stopped by you' : 'stopped by you; the call may have had its effect';
  change.update(node.id, { ...end, status: 'cancelled', cause });
  change.note('warn', node.id, `${node.title}: ${cause}.`, node.id);
  return settled;
}

interface Fault {
  code: string;
  message: string;
}

function fail(change: PlanChange, node: TaskNodeRecord, error: Fault, now: Date, settled: Settled): Settled {
  change.update(node.id, { status: 'failed', error, finishedAt: now });
  change.note('error', node.id, `${node.title}: ${error.message}`, node.id);
  return settled;
}

function tryAgain(change: PlanChange, node: TaskNodeRecord, fault: Fault, now: Date, settled: Settled): Settled {
  if (node.attempt >= MAX_TRIES) return fail(change, node, fault, now, settled);
  const waitMs = FIRST_WAIT_MS * 2 ** (node.attempt - 1);
  const cause = `retry ${node.attempt + 1}/${MAX_TRIES} in ${waitMs / 1_000} s: ${fault.message}`;
  change.update(node.id, { status: 'retrying', cause });
  change.note('warn', node.id, `${node.title}: ${cause}`, node.id);
  return { ...settled, retryAt: new Map([[node.id, new Date(now.getTime() + waitMs)]]) };
}

function toResult(outcome: Extract<ToolOutcome, { preview: string }>): NodeResult {
  const { structuredContent } = outcome.output;
  const small = structuredContent !== undefined && JSON.stringify(structuredContent).length <= INLINE_BYTES;
  return {
    preview: outcome.preview,
    artifact_ids: outcome.artifacts.map(({ id }) => id),
    ...(small ? { structured: structuredContent } : {}),
  };
}
