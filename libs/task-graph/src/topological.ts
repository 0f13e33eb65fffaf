export interface TopologicalOrder {
  /** Every vertex once, after all that it depends on; in a cycle, as far as that is possible. */
  readonly order: readonly number[];
  /** A cycle, each vertex depending on the next and the last on the first; undefined when there is none. */
  readonly cycle: readonly number[] | undefined;
}

/**
 * Sorts vertices 0…n-1 so that dependencies come first. Stable: an order that is right already is kept.
 * Depth first with its own stack, so that a long chain cannot exhaust the real one.
 */
export function sortTopologically(dependencies: readonly (readonly number[])[]): TopologicalOrder {
  const order: number[] = [];
  const state = new Uint8Array(dependencies.length); // 0 not seen, 1 on the path, 2 done
  let cycle: number[] | undefined;

  for (let start = 0; start < dependencies.length; start += 1) {
    if (state[start] !== 0) continue;
    const path = [{ vertex: start, next: 0 }];
    state[start] = 1;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const dependency = dependencies[top.vertex]?.[top.next];
      top.next += 1;
      if (dependency === undefined) {
        state[top.vertex] = 2;
        order.push(top.vertex);
        path.pop();
      } else if (state[dependency] === 0) {
        state[dependency] = 1;
        path.push({ vertex: dependency, next: 0 });
      } else if (state[dependency] === 1) {
        const from = path.findIndex(({ vertex }) => vertex === dependency);
        cycle ??= path.slice(from).map(({ vertex }) => vertex);
      }
    }
  }
  return { order, cycle };
}

const MAX_NAMED = 12;

/** The cycle in words, for its author. */
export function describeCycle(names: readonly string[]): string {
  const [first = ''] = names;
  if (names.length === 1) return `${first} depends on itself`;
  const listed = names.length > MAX_NAMED ? [...names.slice(0, MAX_NAMED), '…', first] : [...names, first];
  return `These nodes wait for each other: ${listed.join(' → ')}`;
}
