import type { NodeStatus } from '@app/session-protocol';
import type { ShownNode } from '../session/state.js';
import { waitsOn } from '../session/plan-rules.js';
import { duration } from '../ui/format.js';
import type { IconName } from '../ui/icon-name.js';

export interface StateView {
  icon: IconName;
  /** In capitals, as on the card. */
  word: string;
  /** One clause for a screen reader. */
  spoken: string;
}

const ICONS = {
  pending: 'diamond',
  approved: 'diamond-filled',
  blocked: 'waits',
  running: 'play',
  retrying: 'retry',
  succeeded: 'check',
  failed: 'cross',
  timed_out: 'hourglass',
  rejected: 'barred',
  skipped: 'skip',
  cancelled: 'square',
  outcome_unknown: 'unknown',
} as const satisfies Record<NodeStatus, IconName>;

type Words = Record<NodeStatus, (node: ShownNode, nodes: ShownNode[], now: number) => string>;

const since = (iso: string | undefined, now: number) => {
  const ms = iso === undefined ? NaN : now - new Date(iso).getTime();
  return ms >= 1_000 ? ` ${duration(ms)}` : '';
};
const took = (node: ShownNode) => (node.duration_ms === undefined ? '' : ` ${duration(node.duration_ms)}`);
const because = (node: ShownNode) => (node.cause === undefined ? '' : ` (${node.cause})`);

const WORDS: Words = {
  pending: () => 'AWAITING YOU',
  approved: (node) => (node.auto_approved_by === undefined ? 'APPROVED' : 'AUTO'),
  blocked: (node, nodes) => `WAITS ON ${waitsOn(nodes, node)}`,
  running: (node, _nodes, now) => `RUNNING${since(node.started_at, now)}`,
  retrying: (node) => `RETRY ${node.attempt}`,
  succeeded: (node) => `DONE${took(node)}`,
  failed: (node) => `FAILED${took(node)}`,
  timed_out: (node) => `TIMED OUT${took(node)}`,
  rejected: () => 'REJECTED',
  skipped: (node) => `SKIPPED${because(node)}`,
  cancelled: () => 'CANCELLED',
  outcome_unknown: () => 'OUTCOME UNKNOWN',
};

/** How a node's state is drawn and said. A status that nobody told us of is shown as the word it is. */
export function stateView(node: ShownNode, nodes: ShownNode[], now: number): StateView {
  if (!Object.hasOwn(WORDS, node.status)) {
    return { icon: 'unknown', word: `unknown: ${node.status}`, spoken: `in unknown state ${node.status}` };
  }
  const status = node.status as NodeStatus;
  const word = WORDS[status](node, nodes, now);
  return { icon: ICONS[status], word, spoken: word.toLowerCase() };
}

/** As said of a node in the list and on the canvas. */
export function spokenNode(node: ShownNode, nodes: ShownNode[], now: number): string {
  const at = nodes.findIndex((one) => one.id === node.id) + 1;
  return `Task ${at} of ${nodes.length}, ${node.title}, ${stateView(node, nodes, now).spoken}${spokenDepends(node, nodes)}`;
}

export function spokenDepends(node: ShownNode, nodes: ShownNode[]): string {
  if (node.depends_on.length === 0) return '';
  const names = node.depends_on.map((id) => {
    const one = nodes.find((other) => other.id === id);
    return one ? `${one.title} (${one.status === 'succeeded' ? 'done' : one.status.replaceAll('_', ' ')})` : id;
  });
  return `, depends on ${names.join(', ')}`;
}
