import { type Problem, type Refused, refused, shown } from './problems.js';
import { findReferences, renameReferences } from './references.js';
import { describeCycle, sortTopologically } from './topological.js';

/** A call as its author proposes it, with the author's own names. */
export interface Proposal {
  /** 1 to 64 characters, none of them `#`; unique in the proposal. */
  readonly key: string;
  readonly title: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
}

/** The proposal under its final name; `dependsOn` and the references in `arguments` name ids. */
export type GraphNode<P extends Proposal> = Omit<P, 'arguments' | 'dependsOn'> & {
  readonly id: string;
  readonly arguments: Record<string, unknown>;
  /** Nodes of this graph only, in its order. */
  readonly dependsOn: string[];
};

export interface BuildOptions {
  /** The number of the first node; the others follow in the order of the answer. */
  readonly firstNumber: number;
  /** Names of the tools that may be called. */
  readonly tools: { has(tool: string): boolean };
  readonly maxNodes: number;
  /** Nodes of earlier graphs whose results may be referred to. A key of this proposal hides the same id. */
  readonly priorNodeIds?: Iterable<string>;
}

export type BuiltGraph<P extends Proposal> = { readonly ok: true; readonly nodes: GraphNode<P>[] } | Refused;

/**
 * Checks a proposal and gives its nodes their numbers. Every dependency comes before its dependants, else the
 * author's order is kept. What an argument refers to becomes a dependency. All problems are reported at once,
 * in the author's names.
 */
export function buildGraph<P extends Proposal>(proposed: readonly P[], options: BuildOptions): BuiltGraph<P> {
  if (proposed.length > options.maxNodes) {
    const message = `The plan has ${proposed.length} nodes; at most ${options.maxNodes} are allowed.`;
    return refused([{ code: 'TOO_MANY_NODES', message }]);
  }
  const indexOf = new Map<string, number>();
  proposed.forEach(({ key }, index) => indexOf.set(key, indexOf.get(key) ?? index));
  const prior = new Set(options.priorNodeIds);

  const linked = proposed.map((proposal) => linkProposal(proposal, indexOf, prior));
  const dependencies = linked.map((link) => link.dependencies);
  const { order, cycle } = sortTopologically(dependencies);

  const problems = proposed.flatMap((proposal, index) => [
    ...checkProposal(proposal, index, indexOf, options.tools),
    ...(linked[index]?.problems ?? []),
  ]);
  if (cycle) {
    const names = cycle.map((index) => shown(proposed[index]?.key ?? ''));
    problems.push({ code: 'CYCLE', node: names[0], message: `${describeCycle(names)}.` });
  }
  if (problems.length > 0) return refused(problems);

  const rank = new Map(order.map((index, position) => [index, position]));
  const idOf = (index: number) => `node${options.firstNumber + (rank.get(index) ?? 0)}`;
  const rename = (name: string) => {
    const index = indexOf.get(name);
    return index === undefined ? name : idOf(index);
  };
  const nodes = order.flatMap((index) => {
    const proposal = proposed[index];
    if (!proposal) return [];
    const dependsOn = (dependencies[index] ?? []).toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0)).map(idOf);
    const renamed = renameReferences(proposal.arguments, rename) as Record<string, unknown>;
    return [{ ...proposal, id: idOf(index), arguments: renamed, dependsOn }];
  });
  return { ok: true, nodes };
}

const KEY = /^[^#]{1,64}$/;

function checkProposal(
  { key, tool }: Proposal,
  index: number,
  indexOf: ReadonlyMap<string, number>,
  tools: BuildOptions['tools'],
): Problem[] {
  const node = shown(key);
  const problems: Problem[] = [];
  if (!KEY.test(key)) {
    const message = `"${node}" cannot name a node: use 1 to 64 characters without "#".`;
    problems.push({ code: 'INVALID_KEY', node, message });
  }
  if (indexOf.get(key) !== index) {
    problems.push({ code: 'DUPLICATE_KEY', node, message: `Two nodes are called ${node}.` });
  }
  if (!tools.has(tool)) {
    problems.push({ code: 'UNKNOWN_TOOL', node, message: `${node} calls unknown tool "${shown(tool)}".` });
  }
  return problems;
}

function linkProposal(proposal: Proposal, indexOf: ReadonlyMap<string, number>, prior: ReadonlySet<string>) {
  const node = shown(proposal.key);
  const found = findReferences(proposal.arguments);
  const dependencies = new Set<number>();
  const problems: Problem[] = found.problems.map((problem) => ({ ...problem, node }));

  for (const name of new Set(proposal.dependsOn)) {
    const index = indexOf.get(name);
    // An earlier graph's node is finished: there is nothing to wait for.
    if (index !== undefined) dependencies.add(index);
    else if (!prior.has(name)) {
      problems.push({ code: 'UNKNOWN_DEPENDENCY', node, message: `${node} depends on unknown ${shown(name)}.` });
    }
  }
  for (const { node: name, at } of found.references) {
    const index = indexOf.get(name);
    if (index !== undefined) dependencies.add(index);
    else if (!prior.has(name)) {
      problems.push({ code: 'UNKNOWN_REFERENCE', node, at, message: `${node} refers to unknown ${shown(name)}.` });
    }
  }
  return { dependencies: [...dependencies], problems };
}
