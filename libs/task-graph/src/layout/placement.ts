import { at, type LayeredGraph } from './layers.js';

const SWEEPS = 6;

/**
 * The height of every vertex: as near to the mean of its neighbours as the order in the column and the distance
 * `step` to those above and below it allow.
 */
export function placeRows(
  graph: LayeredGraph,
  columns: readonly (readonly number[])[],
  step: number,
): readonly number[] {
  const rows: number[] = [];
  for (const column of columns) {
    column.forEach((vertex, index) => (rows[vertex] = (index - (column.length - 1) / 2) * step));
  }
  const align = (column: readonly number[], neighbours: LayeredGraph['left']) => {
    const wanted = column.map((vertex) => meanRow(neighbours[vertex] ?? [], rows) ?? at(rows, vertex));
    spread(wanted, step).forEach((row, index) => (rows[at(column, index)] = row));
  };
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    if (sweep % 2 === 0) columns.forEach((column) => align(column, graph.left));
    else columns.toReversed().forEach((column) => align(column, graph.right));
  }
  return rows;
}

function meanRow(vertices: readonly number[], rows: readonly number[]): number | undefined {
  if (vertices.length === 0) return undefined;
  return vertices.reduce((sum, vertex) => sum + at(rows, vertex), 0) / vertices.length;
}

/**
 * The rows nearest to the wanted ones (least squares) that keep their order and at least `step` between them.
 * Isotonic regression by pooling adjacent violators: neighbours that want to overlap become one block.
 */
export function spread(wanted: readonly number[], step: number): number[] {
  const blocks: { sum: number; size: number }[] = [];
  wanted.forEach((row, index) => {
    let block = { sum: row - index * step, size: 1 };
    for (let last = blocks.at(-1); last && last.sum / last.size >= block.sum / block.size; last = blocks.at(-1)) {
      block = { sum: last.sum + block.sum, size: last.size + block.size };
      blocks.pop();
    }
    blocks.push(block);
  });
  return blocks
    .flatMap(({ sum, size }) => Array.from({ length: size }, () => sum / size))
    .map((row, index) => row + index * step);
}
