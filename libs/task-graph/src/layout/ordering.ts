import { at, type LayeredGraph } from './layers.js';

const SWEEPS = 8;

/** The columns with their vertices from top to bottom, in an order with few crossing edges (barycenter method). */
export function orderColumns(graph: LayeredGraph): readonly (readonly number[])[] {
  let columns = graph.columns.map((column) => [...column]);
  let best = columns;
  let fewest = countCrossings(graph, columns);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep += 1) {
    columns = sweep % 2 === 0 ? sortBy(graph.left, columns) : sortBy(graph.right, columns.toReversed()).toReversed();
    const crossings = countCrossings(graph, columns);
    if (crossings < fewest) {
      best = columns;
      fewest = crossings;
    }
  }
  return best;
}

/** One sweep: each column sorted by the mean place of the neighbours, which have been sorted before it. */
function sortBy(neighbours: LayeredGraph['left'], columns: readonly (readonly number[])[]): number[][] {
  const place = placesOf(columns);
  return columns.map((column) => {
    const wanted = new Map(
      column.map((vertex) => {
        const list = neighbours[vertex] ?? [];
        const sum = list.reduce((total, neighbour) => total + at(place, neighbour), 0);
        return [vertex, list.length === 0 ? at(place, vertex) : sum / list.length];
      }),
    );
    const sorted = column.toSorted((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    sorted.forEach((vertex, index) => (place[vertex] = index));
    return sorted;
  });
}

function placesOf(columns: readonly (readonly number[])[]): number[] {
  const place: number[] = [];
  for (const column of columns) column.forEach((vertex, index) => (place[vertex] = index));
  return place;
}

/** Pairs of edges between the same two columns that cross, by counting inversions in a Fenwick tree. */
export function countCrossings(graph: LayeredGraph, columns: readonly (readonly number[])[]): number {
  const place = placesOf(columns);
  let crossings = 0;
  columns.forEach((column, index) => {
    const next = columns[index + 1];
    if (!next) return;
    const members = new Set(next);
    const tree = new Uint32Array(next.length + 1);
    let seen = 0;
    for (const vertex of column) {
      const ends = (graph.right[vertex] ?? []).filter((end) => members.has(end)).map((end) => at(place, end));
      for (const end of ends) crossings += seen - countUpTo(tree, end);
      for (const end of ends) add(tree, end);
      seen += ends.length;
    }
  });
  return crossings;
}

function countUpTo(tree: Uint32Array, place: number): number {
  let sum = 0;
  for (let node = place + 1; node > 0; node -= node & -node) sum += at(tree, node);
  return sum;
}

function add(tree: Uint32Array, place: number): void {
  for (let node = place + 1; node < tree.length; node += node & -node) tree[node] = at(tree, node) + 1;
}
