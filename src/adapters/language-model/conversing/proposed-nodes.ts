import { z } from 'zod';
import { type ProposedNode } from '../../../core/agent/language-model.port.js';
import { type FunctionNames, PROPOSE_PLAN } from './function-names.js';
import { referencedKeys } from './references.js';
import { readArguments } from './tool-schema.js';

/** A call as the model made it. */
export interface ToolCall {
  id?: string | undefined;
  name: string;
  /** JSON; text that is no JSON stays text. */
  args: unknown;
}

/** Which nodes came from which function call, so that their outcomes can go back under its id. */
export interface CallRecord {
  id?: string | undefined;
  name: string;
  keys: string[];
}

export type ReadCalls =
  { status: 'read'; nodes: ProposedNode[]; calls: CallRecord[] } | { status: 'malformed'; problem: string };

const MAX_PROBLEMS = 10;

const Plan = z.object({
  nodes: z
    .array(
      z.object({
        key: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 letters, digits, _ or -'),
        title: z.string().max(200).optional(),
        tool: z.string(),
        arguments: z.unknown(),
        depends_on: z.array(z.string()).default([]),
      }),
    )
    .min(1),
});

const unknownTool = (name: string): string => `there is no function or tool named ${JSON.stringify(name)}`;

function readPlan(call: ToolCall, names: FunctionNames, problems: string[]): ProposedNode[] {
  const plan = Plan.safeParse(call.args ?? {});
  if (!plan.success) {
    problems.push(...plan.error.issues.map(({ path, message }) => `${path.join('.') || PROPOSE_PLAN}: ${message}`));
    return [];
  }
  return plan.data.nodes.flatMap((node) => {
    const tool = names.findTool(node.tool);
    if (!tool) {
      problems.push(`node ${node.key}: ${unknownTool(node.tool)}`);
      return [];
    }
    const given = readArguments(tool, node.arguments, names.dialect);
    if (!given.ok) {
      problems.push(...given.problems.map((problem) => `node ${node.key}: ${problem}`));
      return [];
    }
    const dependsOn = [...new Set([...node.depends_on, ...referencedKeys(given.arguments)])];
    const title = node.title?.trim() || tool.title || tool.name;
    return [{ key: node.key, title, tool: tool.name, serverId: tool.serverId, arguments: given.arguments, dependsOn }];
  });
}

function readDirectCall(call: ToolCall, key: string, names: FunctionNames, problems: string[]): ProposedNode[] {
  const tool = names.findTool(call.name);
  if (!tool) {
    problems.push(unknownTool(call.name));
    return [];
  }
  const given = readArguments(tool, call.args, names.dialect);
  if (!given.ok) {
    problems.push(...given.problems.map((problem) => `${call.name}: ${problem}`));
    return [];
  }
  if (referencedKeys(given.arguments).length > 0)
    problems.push(`${call.name}: references are possible in ${PROPOSE_PLAN} only`);
  const title = tool.title || tool.name;
  return [{ key, title, tool: tool.name, serverId: tool.serverId, arguments: given.arguments, dependsOn: [] }];
}

function checkGraph(nodes: ProposedNode[], problems: string[]): void {
  const known = new Set<string>();
  for (const { key } of nodes) {
    if (known.has(key)) problems.push(`the key ${key} is used twice`);
    known.add(key);
  }
  for (const { key, dependsOn } of nodes)
    for (const other of dependsOn)
      if (!known.has(other)) problems.push(`node ${key} refers to ${JSON.stringify(other)}, which is not in this plan`);
  if (problems.length > 0) return;

  const done = new Set<string>();
  let open = nodes;
  while (open.length > 0) {
    const ready = open.filter((node) => node.dependsOn.every((key) => done.has(key)));
    if (ready.length === 0) {
      problems.push(`these nodes wait for each other in a circle: ${open.map(({ key }) => key).join(', ')}`);
      return;
    }
    for (const { key } of ready) done.add(key);
    open = open.filter(({ key }) => !done.has(key));
  }
}

/** Function calls as nodes: those of `propose_plan` with their edges, direct calls side by side. */
export function readCalls(calls: readonly ToolCall[], names: FunctionNames, maxNodes: number): ReadCalls {
  const problems: string[] = [];
  const records = calls.map((call, index) => {
    const read =
      call.name === PROPOSE_PLAN
        ? readPlan(call, names, problems)
        : readDirectCall(call, `call_${index + 1}`, names, problems);
    return { call, read };
  });
  const nodes = records.flatMap(({ read }) => read);
  if (problems.length === 0) checkGraph(nodes, problems);
  if (nodes.length > maxNodes) problems.push(`${nodes.length} calls are too many, at most ${maxNodes} are allowed`);
  if (problems.length > 0) return { status: 'malformed', problem: problems.slice(0, MAX_PROBLEMS).join('; ') };

  return {
    status: 'read',
    nodes,
    calls: records.map(({ call, read }) => ({
      ...(call.id && { id: call.id }),
      name: call.name,
      keys: read.map(({ key }) => key),
    })),
  };
}
