import { buildLayers } from './layers.js';
import { orderColumns } from './ordering.js';
import { placeRows } from './placement.js';

/** The size of a node's card, in px. */
export const CARD = { width: 224, height: 76 } as const;

const MARGIN = 40;

export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface LayoutOptions {
  /** Between two columns, in px. */
  readonly columnGap?: number;
  /** Between two cards of a column, in px. */
  readonly rowGap?: number;
}

interface Linked {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/**
 * Where each card's upper left corner goes, in whole px: columns from left to right, a node always to the right of
 * what it depends on, parts that have nothing to do with each other one above the other, all from (40, 40) on.
 * The same nodes in the same order always give the same picture.
 */
export function layout(nodes: readonly Linked[], options: LayoutOptions = {}): Map<string, Position> {
  const { columnGap = 56, rowGap = 20 } = options;
  const step = CARD.height + rowGap;
  const positions = new Map<string, Position>();
  let top = MARGIN;
  for (const part of findParts(nodes)) {
    const graph = buildLayers(part.map(({ dependencies }) => dependencies));
    const columns = orderColumns(graph);
    const rows = placeRows(graph, columns, step);
    const cards = columns.map((column) => column.filter((vertex) => vertex < graph.cards));
    const highest = cards.flat().reduce((least, vertex) => Math.min(least, rows[vertex] ?? 0), Infinity);
    let bottom = top;
    cards.forEach((column, index) => {
      let free = top;
      for (const vertex of column) {
        // Rounding must not bring two cards closer than the gap.
        const y = Math.max(free, Math.round(top + (rows[vertex] ?? 0) - highest));
        const id = part[vertex]?.id;
        if (id !== undefined) positions.set(id, { x: MARGIN + index * (CARD.width + columnGap), y });
        free = y + step;
      }
      bottom = Math.max(bottom, free);
    });
    top = bottom;
  }
  return positions;
}

interface PartNode {
  readonly id: string;
  /** Indexes within the part. */
  readonly dependencies: readonly number[];
}

/** The connected parts of the graph, each in the given order, by their first nodes. */
function findParts(nodes: readonly Linked[]): PartNode[][] {
  const indexOf = new Map(nodes.map(({ id }, index) => [id, index]));
  const dependencies = nodes.map(({ dependsOn }) => [...new Set(dependsOn)].flatMap((id) => indexOf.get(id) ?? []));
  const partOf = numberParts(dependencies);

  const parts: PartNode[][] = [];
  const places: number[] = [];
  nodes.forEach(({ id }, index) => {
    const part = (parts[partOf[index] ?? 0] ??= []);
    places[index] = part.push({ id, dependencies: dependencies[index] ?? [] }) - 1;
  });
  return parts.map((part) =>
    part.map((node) => ({ id: node.id, dependencies: node.dependencies.map((index) => places[index] ?? 0) })),
  );
}

/** For each vertex the number of its part; parts are numbered by their first vertices. */
function numberParts(dependencies: readonly (readonly number[])[]): number[] {
  const neighbours = dependencies.map((list) => [...list]);
  dependencies.forEach((list, vertex) => list.forEach((other) => neighbours[other]?.push(vertex)));
  const partOf: number[] = [];
  let parts = 0;
  neighbours.forEach((_, first) => {
    if (partOf[first] !== undefined) return;
    partOf[first] = parts;
    const queue = [first];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const other of neighbours[next] ?? []) {
        if (partOf[other] !== undefined) continue;
        partOf[other] = parts;
        queue.push(other);
      }
    }
    parts += 1;
  });
  return partOf;
}
