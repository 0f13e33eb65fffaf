import { isDeepStrictEqual } from 'node:util';
import { shorten, showInvisible } from '@app/schema-compiler';
import { type NodeOutcome, type ProposedNode } from '../../../core/agent/language-model.port.js';
import { showInvisibleDeep } from './visible-text.js';

const MAX_TEXT = 50_000;
const MAX_STRUCTURED = 20_000;

/**
 * Which outcome belongs to which proposed node. Outcomes carry the plan's number, not the model's key: the same tool with
 * the same arguments first (a call may be missing), then the same tool in order (arguments may be edited or resolved).
 */
export function matchOutcomes(
  nodes: readonly ProposedNode[],
  outcomes: readonly NodeOutcome[],
): { byKey: Map<string, NodeOutcome>; rest: NodeOutcome[] } {
  const byKey = new Map<string, NodeOutcome>();
  const rest = [...outcomes];
  const take = (fits: (node: ProposedNode, outcome: NodeOutcome) => boolean): void => {
    for (const node of nodes) {
      if (byKey.has(node.key)) continue;
      const index = rest.findIndex((outcome) => fits(node, outcome));
      const [outcome] = index < 0 ? [] : rest.splice(index, 1);
      if (outcome) byKey.set(node.key, outcome);
    }
  };
  take((node, outcome) => node.tool === outcome.tool && isDeepStrictEqual(node.arguments, outcome.arguments));
  take((node, outcome) => node.tool === outcome.tool);
  return { byKey, rest };
}

function renderStructured(structured: unknown): unknown {
  const visible = showInvisibleDeep(structured);
  const json = JSON.stringify(visible) ?? '';
  return json.length <= MAX_STRUCTURED ? visible : shorten(json, MAX_STRUCTURED);
}

/** A node's outcome as the model reads it: marked as a tool's output, nothing invisible in it, of bounded size. */
export function renderOutcome(key: string, outcome: NodeOutcome | undefined): Record<string, unknown> | undefined {
  if (!outcome) return undefined;
  const { nodeId, tool, title, status, text, structured, artifacts } = outcome;
  return {
    key,
    node_id: nodeId,
    tool: showInvisible(tool),
    title: showInvisible(title),
    status,
    arguments: renderStructured(outcome.arguments),
    untrusted_text: shorten(showInvisible(text), MAX_TEXT),
    ...(structured !== undefined && { untrusted_structured_content: renderStructured(structured) }),
    ...(artifacts.length > 0 && {
      files: artifacts.map(({ name, contentType, size }) => ({
        name: showInvisible(name),
        content_type: contentType,
        size,
      })),
    }),
  };
}
