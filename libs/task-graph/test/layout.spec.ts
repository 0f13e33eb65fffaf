import fc from 'fast-check';
import { CARD, layout, type LayoutOptions, type Position, type TaskNode } from '../src/index.js';
import { countCrossings } from '../src/layout/ordering.js';
import { spread } from '../src/layout/placement.js';
import { anyTasks, task } from './arbitraries.js';

const draw = (edges: Record<string, string[]>, options?: LayoutOptions) =>
  Object.fromEntries(
    layout(
      Object.entries(edges).map(([id, dependsOn]) => task(id, 'pending', dependsOn)),
      options,
    ),
  );

describe('the layout of a graph', () => {
  it('draws nothing for no nodes and starts at (40, 40)', () => {
    expect(draw({})).toEqual({});
    expect(draw({ a: [] })).toEqual({ a: { x: 40, y: 40 } });
  });

  it('puts a chain on one line', () => {
    expect(draw({ a: [], b: ['a'], c: ['b'] })).toEqual({
      a: { x: 40, y: 40 },
      b: { x: 320, y: 40 },
      c: { x: 600, y: 40 },
    });
  });

  it('puts parallel branches around their common line, in the given order', () => {
    expect(draw({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'] })).toEqual({
      a: { x: 40, y: 88 },
      b: { x: 320, y: 40 },
      c: { x: 320, y: 136 },
      d: { x: 600, y: 88 },
    });
  });

  it('leaves room for an edge that passes a column', () => {
    const { a, b, c } = draw({ a: [], b: ['a'], c: ['a', 'b'] });
    expect(a?.y).toBe(c?.y);
    expect(Math.abs((b?.y ?? 0) - (a?.y ?? 0))).toBeGreaterThan(CARD.height / 2);
  });

  it('stacks parts that have nothing to do with each other', () => {
    const { a, b, c, d } = draw({ a: [], c: [], b: ['a'], d: ['c'] });
    expect([a?.y, b?.y]).toEqual([40, 40]);
    expect([c?.y, d?.y]).toEqual([136, 136]);
  });

  it('crosses no edges where none need to cross', () => {
    const { b, c, d, e } = draw({ b: [], c: [], d: ['c'], e: ['b'], f: ['d', 'e'] });
    expect((b?.y ?? 0) < (c?.y ?? 0)).toBe((e?.y ?? 0) < (d?.y ?? 0));
  });

  it('takes other gaps', () => {
    expect(draw({ a: [], b: ['a'], c: ['a'] }, { columnGap: 10, rowGap: 0 })).toEqual({
      a: { x: 40, y: 78 },
      b: { x: 274, y: 40 },
      c: { x: 274, y: 116 },
    });
  });

  it('gives every node a place of its own even in a cycle, and ignores unknown names', () => {
    const drawn = draw({ a: ['b', 'zz'], b: ['a'], c: ['c', 'b'] });
    expect(Object.keys(drawn)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
    expect(findOverlap(Object.values(drawn))).toBeUndefined();
  });

  it('never lets cards overlap, always points edges to the right, and never wavers', () => {
    fc.assert(
      fc.property(anyTasks({ maxLength: 40 }), fc.nat({ max: 60 }), (nodes, rowGap) => {
        const drawn = layout(nodes, { rowGap });
        expectReadable(nodes, drawn);
        expect(findOverlap([...drawn.values()], rowGap)).toBeUndefined();
        expect([...layout(nodes, { rowGap })]).toEqual([...drawn]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['wide', 0.01],
    ['dense', 0.5],
  ])('draws 500 %s nodes readably', (_, density) => {
    const nodes = randomGraph(500, density);
    expectReadable(nodes, layout(nodes));
  });
});

describe('counting crossings', () => {
  it('agrees with looking at every pair of edges', () => {
    const size = 6;
    const anyEdge = fc.tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 }));
    fc.assert(
      fc.property(fc.array(anyEdge), (edges) => {
        const columns = [Array.from({ length: size }, (_, i) => i), Array.from({ length: size }, (_, i) => size + i)];
        const right = Array.from({ length: 2 * size }, (_, from) =>
          edges.filter(([start]) => start === from).map(([, end]) => size + end),
        );
        const expected = edges
          .flatMap((one, index) => edges.slice(index + 1).map((two) => [one, two] as const))
          .filter(([one, two]) => (one[0] - two[0]) * (one[1] - two[1]) < 0).length;
        expect(countCrossings({ cards: 2 * size, columns, left: [], right }, columns)).toBe(expected);
      }),
    );
  });
});

describe('spreading rows', () => {
  it('keeps the wanted rows where they are far enough apart', () => {
    expect(spread([0, 10, 30], 10)).toEqual([0, 10, 30]);
  });

  it('moves rows that are too near apart by as little as possible', () => {
    expect(spread([0, 0, 0], 10)).toEqual([-10, 0, 10]);
    expect(spread([50, 0, 100], 10)).toEqual([20, 30, 100]);
  });

  it('keeps order and distance for any wish', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1_000, max: 1_000 })), (wanted) => {
        const rows = spread(wanted, 7);
        rows.slice(1).forEach((row, index) => expect(row - (rows[index] ?? 0)).toBeGreaterThan(7 - 1e-6));
        const sum = (list: number[]) => list.reduce((total, value) => total + value, 0);
        expect(sum(rows)).toBeCloseTo(sum(wanted), 3);
      }),
    );
  });
});

function expectReadable(nodes: readonly TaskNode[], drawn: ReadonlyMap<string, Position>): void {
  expect(drawn.size).toBe(nodes.length);
  const all = [...drawn.values()];
  expect(all.every(({ x, y }) => Number.isInteger(x) && Number.isInteger(y))).toBe(true);
  expect(findOverlap(all)).toBeUndefined();
  if (all.length > 0) {
    expect(all.reduce((least, { x }) => Math.min(least, x), Infinity)).toBe(40);
    expect(all.reduce((least, { y }) => Math.min(least, y), Infinity)).toBe(40);
  }
  const x = (id: string) => drawn.get(id)?.x ?? NaN;
  const leftward = nodes.flatMap(({ id, dependsOn }) => dependsOn.filter((other) => x(other) + CARD.width >= x(id)));
  expect(leftward).toEqual([]);
}

function findOverlap(all: readonly Position[], gap = 0) {
  return all.find((one, index) =>
    all.some(
      (two, other) =>
        other > index && Math.abs(one.x - two.x) < CARD.width && Math.abs(one.y - two.y) < CARD.height + gap,
    ),
  );
}

/** Repeatable without fast-check: a small linear congruential generator. */
function randomGraph(size: number, density: number): TaskNode[] {
  let seed = 42;
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  return Array.from({ length: size }, (_, index) =>
    task(
      `node${index}`,
      'pending',
      Array.from({ length: index }, (__, other) => `node${other}`).filter(() => random() < density),
    ),
  );
}
