import { type Problem, type Refused, refused, shown } from './problems.js';
import { findReferences } from './references.js';
import { describeCycle, sortTopologically } from './topological.js';

interface Linked {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

export type Relinked = { readonly ok: true; readonly dependsOn: string[] } | Refused;

/**
 * What a node depends on once its arguments are replaced: all that it depended on, and what the new arguments
 * refer to. Nothing is dropped: the author may have wanted the order for its own sake.
 * @param priorNodeIds nodes of earlier graphs whose results may be referred to
 */
export function relink(
  nodes: readonly Linked[],
  id: string,
  args: Readonly<Record<string, unknown>>,
  priorNodeIds: Iterable<string> = [],
): Relinked {
  const edited = nodes.find((node) => node.id === id);
  if (!edited) return refused([{ code: 'UNKNOWN_NODE', node: shown(id), message: `There is no ${shown(id)}.` }]);

  const indexOf = new Map(nodes.map((node, index) => [node.id, index]));
  const prior = new Set(priorNodeIds);
  const { references, problems: malformed } = findReferences(args);
  const problems: Problem[] = malformed.map((problem) => ({ ...problem, node: id }));
  const dependsOn = new Set(edited.dependsOn);
  for (const { node: name, at } of references) {
    if (indexOf.has(name)) dependsOn.add(name);
    else if (!prior.has(name)) {
      problems.push({ code: 'UNKNOWN_REFERENCE', node: id, at, message: `${id} refers to unknown ${shown(name)}.` });
    }
  }

  const { cycle } = sortTopologically(
    nodes.map((node) => [...(node === edited ? dependsOn : node.dependsOn)].flatMap((name) => indexOf.get(name) ?? [])),
  );
  if (cycle) {
    const names = cycle.map((index) => nodes[index]?.id ?? '');
    problems.push({ code: 'CYCLE', node: id, message: `${describeCycle(names)}.` });
  }
  return problems.length === 0 ? { ok: true, dependsOn: [...dependsOn] } : refused(problems);
}
