import type { DurableEvents, DurableFrame, PlanNode } from '@app/session-protocol';
import type { Exported } from './exported.js';
import { inertLine, inertText, shortened } from './markdown-text.js';

const RESULT_CHARACTERS = 200;
const ARGUMENT_CHARACTERS = 120;
const LOG_CHARACTERS = 1_000;

const SPEAKERS = { USER: 'You', AGENT: 'Agent', SYSTEM: 'System' };

interface PlanAtEnd {
  nodes: Map<string, PlanNode>;
}

/** A transcript for people: what was said, planned, decided and made. All that others wrote is inert. */
export async function* toMarkdown(exported: Exported): AsyncIterable<string> {
  const { session, artifacts, firstSeq, exportedAt } = exported;
  const plans = await plansAtEnd(exported);
  yield `# ${inertLine(session.title)}\n\n`;
  yield `Server ${inertLine(session.server_name)} · begun ${session.created_at} · ${session.last_seq} events · exported ${exportedAt}\n\n`;
  if (firstSeq > 1) yield `_The log was trimmed: what came before event ${firstSeq} is not kept any more._\n\n`;
  let afterDecision = false;
  for await (const frame of exported.events()) {
    const block = blockOf(frame, plans);
    if (block === undefined) continue;
    const isDecision = frame.type === 'task_decision';
    yield afterDecision && !isDecision ? `\n${block}` : block;
    afterDecision = isDecision;
  }
  if (afterDecision) yield '\n';
  if (artifacts.length > 0) {
    const rows = artifacts.map(({ name, content_type, size, sha256 }) => [name, content_type, `${size}`, sha256]);
    yield `## Files\n\n${table(['File', 'Type', 'Bytes', 'SHA-256'], rows)}\n\n`;
  }
  yield* logOf(exported);
}

async function* logOf(exported: Exported): AsyncIterable<string> {
  let heading = '## Log\n\n';
  for await (const frame of exported.events()) {
    if (frame.type !== 'log_entry') continue;
    const { timestamp, level, source, message } = frame.payload;
    yield `${heading}- ${inertLine(timestamp)} ${level} ${inertLine(source)}: ${inertLine(shortened(message, LOG_CHARACTERS))}\n`;
    heading = '';
  }
}

/** A table shows each task as it was in the end, which comes long after its proposal. */
async function plansAtEnd({ events }: Exported): Promise<Map<string, PlanAtEnd>> {
  const plans = new Map<string, PlanAtEnd>();
  for await (const frame of events()) {
    if (frame.type === 'task_graph_proposal') {
      plans.set(frame.payload.plan_id, { nodes: new Map(frame.payload.nodes.map((node) => [node.id, node])) });
    }
    if (frame.type !== 'task_update') continue;
    const { plan_id, node_id, revision: _revision, ...node } = frame.payload;
    plans.get(plan_id)?.nodes.set(node_id, { ...node, id: node_id });
  }
  return plans;
}

function blockOf(frame: DurableFrame, plans: ReadonlyMap<string, PlanAtEnd>): string | undefined {
  switch (frame.type) {
    case 'chat_message': {
      const { sender, text, timestamp } = frame.payload;
      return `## ${SPEAKERS[sender] ?? 'Somebody'} · ${inertLine(timestamp)}\n\n${inertText(text)}\n\n`;
    }
    case 'task_graph_proposal':
      return planBlock(frame.payload, plans.get(frame.payload.plan_id));
    case 'task_decision':
      return decisionLine(frame.payload, frame.ts);
    case 'artifact_generated':
      return `File: ${inertLine(frame.payload.name)}, ${frame.payload.size} bytes\n\n`;
    case 'input_request':
      return `Question of ${inertLine(frame.payload.server_name)}: ${inertLine(frame.payload.message)}\n\n`;
    case 'authentication_required':
      return `Waits for a sign-in to ${inertLine(frame.payload.server_name)}: ${inertLine(frame.payload.reason)}\n\n`;
    case 'input_resolved':
      return `Question answered: ${inertLine(frame.payload.action)}\n\n`;
    case 'turn_finished': {
      const { outcome, reason } = frame.payload;
      return outcome === 'done' ? undefined : `Turn ${outcome}${reason ? `: ${inertLine(reason)}` : ''}\n\n`;
    }
    case 'error':
      return `Error ${inertLine(frame.payload.code)}: ${inertLine(frame.payload.message)}\n\n`;
    default:
      return undefined;
  }
}

function planBlock({ title, revision }: DurableEvents['task_graph_proposal'], plan: PlanAtEnd | undefined): string {
  const rows = [...(plan?.nodes.values() ?? [])].map((node) => [
    node.id,
    node.title,
    `${node.tool} ${shortened(JSON.stringify(node.arguments), ARGUMENT_CHARACTERS)}`,
    node.depends_on.join(', '),
    node.status.replaceAll('_', ' ') + (node.cause ? `: ${node.cause}` : ''),
    node.duration_ms === undefined ? '' : `${node.duration_ms} ms`,
    shortened(node.error?.message ?? node.result?.preview ?? '', RESULT_CHARACTERS),
  ]);
  const heads = ['Task', 'Title', 'Call', 'After', 'Ended as', 'Took', 'Result'];
  return `### Plan r${revision}: ${inertLine(title)}\n\n${table(heads, rows)}\n\n`;
}

function decisionLine(decision: DurableEvents['task_decision'], ts: string): string {
  const { node_id, decision: what, by, automatic, rule, reason } = decision;
  const who = automatic ? `by rule ${inertLine(rule ?? '')}` : `by ${inertLine(by?.username ?? 'somebody')}`;
  return `- ${what} ${inertLine(node_id)} ${who}, ${ts}${reason ? `: ${inertLine(reason)}` : ''}\n`;
}

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows.map((row) => row.map((cell) => inertLine(cell)))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
