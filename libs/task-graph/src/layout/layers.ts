import { sortTopologically } from '../topological.js';

/**
 * A graph in columns. Vertices 0…cards-1 are cards; those after them are lanes: room kept free in the columns that
 * an edge passes, so that it does not run behind a card.
 */
export interface LayeredGraph {
  readonly cards: number;
  readonly columns: readonly (readonly number[])[];
  /** Neighbours to the left and to the right; with lanes, always in the next column. */
  readonly left: readonly (readonly number[])[];
  readonly right: readonly (readonly number[])[];
}

/** Beyond this, lanes would cost more room and time than they save. */
const MAX_LANES = 1_000;

/** Each card in the column after the last of those it depends on (longest path). */
export function buildLayers(dependencies: readonly (readonly number[])[]): LayeredGraph {
  const columnOf = assignColumns(dependencies);
  const targets = dependencies.map((): number[] => []);
  dependencies.forEach((sources, target) => {
    for (const source of sources) {
      // False only inside a cycle, which has no drawing from left to right.
      if (at(columnOf, source) < at(columnOf, target)) targets[source]?.push(target);
    }
  });
  const reach = targets.map((list) => list.reduce((last, target) => Math.max(last, at(columnOf, target)), 0));
  const lanes = reach.reduce((sum, last, source) => sum + Math.max(0, last - at(columnOf, source) - 1), 0);

  const right: number[][] = dependencies.map(() => []);
  const link = (from: number, to: number) => right[from]?.push(to);
  targets.forEach((list, source) => {
    const first = at(columnOf, source) + 1;
    const stops = [source]; // one lane per column, shared by all edges from this card
    if (lanes <= MAX_LANES) {
      for (let column = first; column < at(reach, source); column += 1) {
        const lane = right.push([]) - 1;
        columnOf[lane] = column;
        link(at(stops, stops.length - 1), lane);
        stops.push(lane);
      }
    }
    for (const target of list) link(stops[at(columnOf, target) - first] ?? source, target);
  });

  const left: number[][] = right.map(() => []);
  right.forEach((list, from) => list.forEach((to) => left[to]?.push(from)));
  const columns: number[][] = [];
  columnOf.forEach((column, vertex) => (columns[column] ??= []).push(vertex));
  return { cards: dependencies.length, columns, left, right };
}

function assignColumns(dependencies: readonly (readonly number[])[]): number[] {
  const columns = dependencies.map(() => 0);
  const placed = new Set<number>();
  for (const vertex of sortTopologically(dependencies).order) {
    for (const source of dependencies[vertex] ?? []) {
      if (placed.has(source)) columns[vertex] = Math.max(at(columns, vertex), at(columns, source) + 1);
    }
    placed.add(vertex);
  }
  return columns;
}

/** For indexes that are known to be within the list. */
export function at(list: ArrayLike<number>, index: number): number {
  return list[index] ?? 0;
}
