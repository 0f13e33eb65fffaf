import type { ModelRequest, ModelTool, ProposedNode } from '../../../core/agent/language-model.port.js';
import { readDirectCall } from './direct-call.js';
import { planGoals } from './goals.js';
import { append, GraphPlanner, toProposed, type GraphNode, type Refusal } from './graph.js';
import { asksForHelp, helpText } from './help.js';
import { describeResults } from './results.js';
import { readSchema } from './schema.js';
import { listed, printable } from './speech.js';
import { readClause } from './text-values.js';

export interface Reply {
  text: string;
  nodes: ProposedNode[];
}

/** Longer messages are read up to here. */
export const MOST_CHARACTERS = 8192;
const MOST_TOOLS = 500;
const PLANNED = 'Planned without a language model';
const NEAREST = 3;

/** What the planner says to a request: pure, and the same for the same request. */
export function replyTo(request: ModelRequest): Reply {
  const last = request.history.at(-1);
  if (last?.role === 'results')
    return words(`${describeResults(last.outcomes)}\n\nSummed up without a language model.`);
  const tools = request.tools.slice(0, MOST_TOOLS);
  const text = lastUserText(request).slice(0, MOST_CHARACTERS).trim();
  if (asksForHelp(text)) return words(`I plan without a language model. ${helpText(tools)}`);
  const planned = planText(text, tools);
  if (typeof planned === 'string') return words(`${PLANNED}. ${planned}`);
  const { nodes, ignored } = planned;
  const { maxNodes } = request.limits;
  if (request.wordsOnly) {
    return words(`${PLANNED}. No further calls can be proposed now; ask again to run ${inOrder(nodes)}.`);
  }
  if (nodes.length > maxNodes) {
    return words(
      `${PLANNED}. This takes ${nodes.length} calls and at most ${maxNodes} are allowed; ask for less at once.`,
    );
  }
  const count = nodes.length === 1 ? 'one call' : `${nodes.length} calls`;
  const left = ignored.map((part) => ` I found no tool for “${printable(part)}” and left it out.`).join('');
  return { text: `${PLANNED}: ${count}. ${capital(inOrder(nodes))}.${left}`, nodes: nodes.map(toProposed) };
}

interface Plan {
  nodes: GraphNode[];
  /** Parts of the message for which there is no tool. */
  ignored: string[];
}

/** The calls for a message, or words that say why there are none. */
function planText(text: string, tools: readonly ModelTool[]): Plan | string {
  const direct = readDirectCall(text, tools);
  if (direct?.kind === 'unknown') return unknownTool(direct.name, direct.near);
  if (direct?.kind === 'malformed') {
    const form = direct.tool ? callForm(direct.tool, []) : '/call tool {"argument": "value"}';
    return `That call cannot be read: ${direct.why}. Write it as \`${form}\`.`;
  }
  if (direct) {
    if (direct.missing.length === 0) return { nodes: append(direct.tool, direct.arguments, [], []).nodes, ignored: [] };
    const refusal = { tool: direct.tool, missing: direct.missing, problems: [] };
    if (Object.keys(direct.arguments).length > 0) return refusalText(refusal);
    const attempt = new GraphPlanner(tools).plan(direct.tool, readClause(''), []);
    return 'nodes' in attempt ? { nodes: attempt.nodes, ignored: [] } : refusalText(refusal);
  }
  if (/^\/\S/.test(text)) return 'I know no such command. Calls are written as `/call tool {"argument": "value"}`.';
  const goals = planGoals(text, tools);
  if (goals.kind === 'graph') return goals;
  if (goals.kind === 'refused') return refusalText(goals.refusal);
  if (tools.length === 0) return 'No tool is connected, so there is nothing to run.';
  const near = (goals.near.length > 0 ? goals.near.map(({ tool }) => tool) : tools).slice(0, NEAREST);
  const which = goals.near.length > 0 ? 'The nearest' : 'Some of those there';
  return `No tool matches these words. ${which} are ${names(near)}. Say “help” for all of them, or write \`${callForm(near[0], [])}\`.`;
}

function unknownTool(name: string, near: readonly ModelTool[]): string {
  const said = `There is no tool \`${printable(name, 64).replaceAll('`', "'")}\`.`;
  if (near.length === 0) return `${said} Say “help” for a list.`;
  return `${said} Did you mean ${listed(
    near.map((tool) => `\`${tool.name}\``),
    'or',
  )}?`;
}

function refusalText({ tool, missing, problems }: Refusal): string {
  if (problems.length > 0) return `\`${tool.name}\` cannot run like this: ${problems.join('; ')}.`;
  const { properties } = readSchema(tool.inputSchema, tool.inputSchema);
  const needed = missing.map((name) => {
    const what = printable(readSchema(properties.get(name), tool.inputSchema).description, 100);
    return `\`${name}\`${what === '' ? '' : ` (${what})`}`;
  });
  return (
    `\`${tool.name}\` needs ${listed(needed)}. Your message does not say it, so I will not guess. ` +
    `What should it be? You can also write \`${callForm(tool, missing)}\`.`
  );
}

/** The call as one would type it, with a placeholder for each required argument (or for those named). */
function callForm(tool: ModelTool | undefined, missing: readonly string[]): string {
  if (!tool) return '/call tool {}';
  const { properties, required } = readSchema(tool.inputSchema, tool.inputSchema);
  const shown = missing.length > 0 ? missing : [...required];
  const args = shown.map((name) => [name, `<${readSchema(properties.get(name), tool.inputSchema).type ?? 'value'}>`]);
  return `/call ${tool.name} ${JSON.stringify(Object.fromEntries(args))}`;
}

/** “A and B side by side, then C”: by how many steps each call has to wait for. */
function inOrder(nodes: readonly GraphNode[]): string {
  const level = new Map<string, number>();
  for (const { key, dependsOn } of nodes) {
    level.set(key, 1 + Math.max(-1, ...dependsOn.map((needed) => level.get(needed) ?? 0)));
  }
  const steps: string[][] = [];
  for (const { key, tool } of nodes) {
    const at = level.get(key) ?? 0;
    (steps[at] ??= []).push(printable(tool.title, 80) || tool.name);
  }
  return steps
    .map((titles) => (titles.length > 1 ? `${listed(titles)} side by side` : titles.join('')))
    .join(', then ');
}

function lastUserText({ history }: ModelRequest): string {
  const last = history.findLast((message) => message.role === 'user');
  return last?.role === 'user' ? last.text : '';
}

const words = (text: string): Reply => ({ text, nodes: [] });
const names = (tools: readonly ModelTool[]): string => listed(tools.map(({ name }) => `\`${name}\``));
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
