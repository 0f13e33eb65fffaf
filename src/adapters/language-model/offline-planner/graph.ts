import type { ModelTool, ProposedNode } from '../../../core/agent/language-model.port.js';
import { fillArguments, fillFreeText, type Part } from './fill-arguments.js';
import { readSchema } from './schema.js';
import { namesake, sourcesOf } from './sources.js';
import { printable } from './speech.js';
import type { Clause, Found } from './text-values.js';

const DEEPEST_CHAIN = 4;
const MOST_ATTEMPTS = 100;

export interface GraphNode {
  key: string;
  tool: ModelTool;
  arguments: Record<string, unknown>;
  dependsOn: string[];
}

/** Why a tool could not be planned: what it lacks, and what in the text it forbids. */
export interface Refusal {
  tool: ModelTool;
  missing: string[];
  problems: string[];
}

export type Attempt = { nodes: GraphNode[]; last: GraphNode } | { refusal: Refusal };

interface Link {
  nodes: GraphNode[];
  key: string;
  pointer: string;
}

interface Scope {
  clause: Clause;
  taken: ReadonlySet<Found>;
  nodes: GraphNode[];
  stack: ModelTool[];
}

/** Plans calls backwards from a goal: what the text does not say is taken from the results of reading tools. */
export class GraphPlanner {
  private attempts = 0;

  constructor(private readonly tools: readonly ModelTool[]) {}

  /** Adds the call of `tool`, and the calls that it needs, to `nodes`. */
  plan(tool: ModelTool, clause: Clause, nodes: GraphNode[]): Attempt {
    return this.attempt(tool, { clause, taken: new Set(), nodes, stack: [] });
  }

  private attempt(tool: ModelTool, scope: Scope): Attempt {
    this.attempts += 1;
    const part: Part = scope.stack.length === 0 ? 'goal' : 'source';
    let filled = fillArguments(tool, scope.clause, scope.taken, part);
    let nodes = scope.nodes;
    const links: Record<string, unknown> = {};
    const dependsOn: string[] = [];
    // A span of time may be meant for every call on the way; any other value belongs to one.
    const taken = new Set([...scope.taken, ...[...filled.used].filter(({ kind }) => kind !== 'period')]);
    const missing: string[] = [];
    let cause: Refusal | undefined;
    for (const name of filled.problems.length > 0 ? [] : filled.missing) {
      const linked = this.link(tool, name, { ...scope, taken, nodes, stack: [...scope.stack, tool] });
      if ('cause' in linked) {
        missing.push(name);
        cause ??= linked.cause;
        continue;
      }
      nodes = linked.nodes;
      Object.assign(links, { [name]: { $ref: `${linked.key}#${linked.pointer}` } });
      dependsOn.push(linked.key);
    }
    filled = { ...filled, missing };
    if (part === 'goal') filled = fillFreeText(tool, scope.clause, filled);
    if (filled.missing.length > 0 || filled.problems.length > 0) {
      return { refusal: cause ?? { tool, missing: filled.missing, problems: filled.problems } };
    }
    const optional = this.optionalLinks(tool, { ...filled.args, ...links }, nodes, dependsOn);
    return append(tool, { ...filled.args, ...links, ...optional }, dependsOn, nodes);
  }

  /** @returns where the value comes from, or what the text forbids of the tool that would have given it */
  private link(tool: ModelTool, name: string, scope: Scope): Link | { cause: Refusal | undefined } {
    let cause: Refusal | undefined;
    if (scope.stack.length > DEEPEST_CHAIN) return { cause };
    const { properties } = readSchema(tool.inputSchema, tool.inputSchema);
    const others = this.tools.filter((other) => !scope.stack.includes(other));
    for (const source of sourcesOf(name, properties.get(name), tool.inputSchema, others)) {
      if (this.attempts >= MOST_ATTEMPTS) break;
      const attempt = this.attempt(source.tool, scope);
      if ('last' in attempt) return { nodes: attempt.nodes, key: attempt.last.key, pointer: source.pointer };
      if (attempt.refusal.problems.length > 0) cause ??= attempt.refusal;
    }
    return { cause };
  }

  private optionalLinks(tool: ModelTool, args: Record<string, unknown>, nodes: GraphNode[], dependsOn: string[]) {
    const { properties, required } = readSchema(tool.inputSchema, tool.inputSchema);
    const links: [string, unknown][] = [];
    for (const [name, raw] of properties) {
      if (required.has(name) || Object.hasOwn(args, name)) continue;
      for (const node of nodes.filter(({ key }) => dependsOn.includes(key))) {
        const pointer = namesake(name, raw, tool.inputSchema, node.tool);
        if (pointer === undefined) continue;
        links.push([name, { $ref: `${node.key}#${pointer}` }]);
        break;
      }
    }
    return Object.fromEntries(links);
  }
}

/** The same call with the same arguments is made once. */
export function append(tool: ModelTool, args: Record<string, unknown>, dependsOn: string[], nodes: GraphNode[]) {
  const same = nodes.find((node) => node.tool === tool && JSON.stringify(node.arguments) === JSON.stringify(args));
  if (same) return { nodes, last: same };
  const keys = new Set(nodes.map(({ key }) => key));
  const base = tool.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 40) || 'call';
  let key = base;
  for (let count = 2; keys.has(key); count += 1) key = `${base}_${count}`;
  const last: GraphNode = { key, tool, arguments: args, dependsOn: [...new Set(dependsOn)] };
  return { nodes: [...nodes, last], last };
}

export function toProposed({ key, tool, arguments: args, dependsOn }: GraphNode): ProposedNode {
  return {
    key,
    title: printable(tool.title, 80) || tool.name,
    tool: tool.name,
    serverId: tool.serverId,
    arguments: args,
    dependsOn,
  };
}
