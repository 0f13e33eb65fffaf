import fc from 'fast-check';
import { buildGraph, findReferences, type Proposal } from '../src/index.js';
import { anyLinks } from './arbitraries.js';

const options = { firstNumber: 1, tools: new Set(['query', 'report']), maxNodes: 20 };

function propose(key: string, dependsOn: string[] = [], args: Record<string, unknown> = {}): Proposal {
  return { key, title: `Do ${key}`, tool: 'query', arguments: args, dependsOn };
}

function messagesOf(proposed: Proposal[], more: Partial<Parameters<typeof buildGraph>[1]> = {}) {
  const built = buildGraph(proposed, { ...options, ...more });
  return built.ok ? [] : built.problems.map(({ code, message }) => `${code}: ${message}`);
}

describe('building a graph', () => {
  it('numbers the nodes and rewrites keys to ids', () => {
    const proposed = [
      propose('users'),
      propose('report', ['users'], { rows: { $ref: 'users#/structuredContent/rows' } }),
    ];
    const built = buildGraph(proposed, { ...options, firstNumber: 7 });
    expect(built).toEqual({
      ok: true,
      nodes: [
        expect.objectContaining({ id: 'node7', key: 'users', dependsOn: [] }),
        expect.objectContaining({
          id: 'node8',
          key: 'report',
          dependsOn: ['node7'],
          arguments: { rows: { $ref: 'node7#/structuredContent/rows' } },
        }),
      ],
    });
  });

  it('keeps what else the author says of a node', () => {
    const built = buildGraph([{ ...propose('a'), serverId: 'mcp_1' }], options);
    expect(built.ok && built.nodes[0]?.serverId).toBe('mcp_1');
  });

  it('makes what an argument refers to a dependency', () => {
    const built = buildGraph([propose('b', [], { deep: [{ er: { $ref: 'a#' } }] }), propose('a')], options);
    expect(built.ok && built.nodes.map(({ id, key, dependsOn }) => [id, key, dependsOn])).toEqual([
      ['node1', 'a', []],
      ['node2', 'b', ['node1']],
    ]);
  });

  it('takes a dependency once, however often it is named', () => {
    const built = buildGraph([propose('a'), propose('b', ['a', 'a'], { x: { $ref: 'a#' } })], options);
    expect(built.ok && built.nodes[1]?.dependsOn).toEqual(['node1']);
  });

  it('lets arguments refer to a finished node of an earlier graph, without waiting for it', () => {
    const proposed = [propose('a', ['node1'], { x: { $ref: 'node1#/content' } })];
    const built = buildGraph(proposed, { ...options, firstNumber: 4, priorNodeIds: ['node1'] });
    expect(built.ok && built.nodes[0]).toMatchObject({
      id: 'node4',
      dependsOn: [],
      arguments: { x: { $ref: 'node1#/content' } },
    });
  });

  it('prefers a key of the proposal to the same id of an earlier graph', () => {
    const proposed = [propose('node1'), propose('b', [], { x: { $ref: 'node1#' } })];
    const built = buildGraph(proposed, { ...options, firstNumber: 2, priorNodeIds: ['node1'] });
    expect(built.ok && built.nodes[1]).toMatchObject({ dependsOn: ['node2'], arguments: { x: { $ref: 'node2#' } } });
  });

  it('does not mistake a key for the id of another node', () => {
    const built = buildGraph([propose('node2'), propose('node1', [], { x: { $ref: 'node2#' } })], options);
    expect(built.ok && built.nodes.map(({ id, key }) => [id, key])).toEqual([
      ['node1', 'node2'],
      ['node2', 'node1'],
    ]);
    expect(built.ok && built.nodes[1]?.arguments).toEqual({ x: { $ref: 'node1#' } });
  });

  it.each<[string, Proposal[], string]>([
    ['an unknown dependency', [propose('node3', ['node9'])], 'UNKNOWN_DEPENDENCY: node3 depends on unknown node9.'],
    ['an unknown reference', [propose('a', [], { x: { $ref: 'b#' } })], 'UNKNOWN_REFERENCE: a refers to unknown b.'],
    ['a dependency on itself', [propose('a', ['a'])], 'CYCLE: a depends on itself.'],
    [
      'a cycle',
      [propose('x'), propose('a', ['c', 'x']), propose('b', ['a']), propose('c', [], { v: { $ref: 'b#' } })],
      'CYCLE: These nodes wait for each other: a → c → b → a.',
    ],
    ['a key used twice', [propose('a'), propose('a')], 'DUPLICATE_KEY: Two nodes are called a.'],
    [
      'an unknown tool',
      [{ ...propose('a'), tool: 'drop_tables' }],
      'UNKNOWN_TOOL: a calls unknown tool "drop_tables".',
    ],
    ['a key with #', [propose('a#b')], 'INVALID_KEY: "a#b" cannot name a node: use 1 to 64 characters without "#".'],
  ])('refuses %s', (_, proposed, message) => {
    expect(messagesOf(proposed)).toEqual([message]);
  });

  it('refuses a plan that is too large before looking at it', () => {
    const proposed = Array.from({ length: 3 }, () => propose(''));
    expect(messagesOf(proposed, { maxNodes: 2 })).toEqual([
      'TOO_MANY_NODES: The plan has 3 nodes; at most 2 are allowed.',
    ]);
  });

  it('refuses a malformed reference and says where it is', () => {
    const built = buildGraph([propose('a', [], { rows: [{ $ref: 'users/rows' }] })], options);
    expect(built).toMatchObject({ ok: false, problems: [{ code: 'MALFORMED_REFERENCE', node: 'a', at: '/rows/0' }] });
  });

  it('names every problem at once', () => {
    const codes = messagesOf([propose('a', ['x', 'y'], { v: { $ref: 'z#' } }), { ...propose('a'), tool: 'no' }]);
    expect(codes.map((message) => message.split(':')[0])).toEqual([
      'UNKNOWN_DEPENDENCY',
      'UNKNOWN_DEPENDENCY',
      'UNKNOWN_REFERENCE',
      'DUPLICATE_KEY',
      'UNKNOWN_TOOL',
    ]);
  });

  it('refuses arguments nested without end instead of exhausting the stack', () => {
    const deep = JSON.parse('[{"a":'.repeat(100_000) + '1' + '}]'.repeat(100_000)) as unknown;
    const built = buildGraph([propose('a', [], { deep })], options);
    expect(built).toMatchObject({ ok: false, problems: [{ code: 'TOO_DEEP', node: 'a' }] });
  });

  it('accepts a chain of 20,000 nodes', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      propose(`k${20_000 - index}`, index === 19_999 ? [] : [`k${19_999 - index}`]),
    );
    const built = buildGraph(chain, { ...options, maxNodes: 20_000 });
    expect(built.ok && built.nodes.at(-1)?.key).toBe('k20000');
  });

  it('finds a cycle exactly where trying every path finds one', () => {
    fc.assert(
      fc.property(anyLinks({ maxLength: 7 }), (links) => {
        const built = buildGraph(fromLinks(links), options);
        expect(built.ok).toBe(!links.some((_, start) => comesBack(links, start)));
        if (!built.ok) expect(built.problems.map(({ code }) => code)).toEqual(['CYCLE']);
      }),
      { numRuns: 500 },
    );
  });

  it('names a cycle that is really there', () => {
    fc.assert(
      fc.property(anyLinks({ maxLength: 7 }), (links) => {
        const built = buildGraph(fromLinks(links), options);
        if (built.ok) return;
        const path = built.problems[0]?.message.match(/k\d+/g)?.map((key) => Number(key.slice(1))) ?? [];
        const cycle = path.length === 1 ? [...path, ...path] : path;
        expect(cycle.at(0)).toBe(cycle.at(-1));
        cycle.slice(1).forEach((to, index) => expect(links[cycle[index] ?? -1]).toContain(to));
      }),
    );
  });

  it('puts every dependency before its dependants and keeps an order that is right', () => {
    fc.assert(
      fc.property(anyLinks({ maxLength: 9 }), (links) => {
        const built = buildGraph(fromLinks(links), options);
        if (!built.ok) return;
        const seen = new Set<string>();
        for (const { id, dependsOn, arguments: args } of built.nodes) {
          for (const other of dependsOn) expect(seen).toContain(other);
          for (const { node } of findReferences(args).references) expect(dependsOn).toContain(node);
          seen.add(id);
        }
        const sorted = built.nodes.map(({ key, dependsOn }) => propose(key, dependsOn.map(keyOf(built.nodes))));
        const again = buildGraph(sorted, options);
        expect(again.ok && again.nodes.map(({ key }) => key)).toEqual(sorted.map(({ key }) => key));
      }),
    );
  });

  it('builds the same graph whatever the keys and their order', () => {
    fc.assert(
      fc.property(
        anyLinks({ maxLength: 9 }).chain((links) =>
          fc.tuple(
            fc.constant(links),
            fc.shuffledSubarray([...links.keys()], { minLength: links.length }),
            fc.uniqueArray(
              fc.string({ minLength: 1, maxLength: 20 }).filter((key) => !key.includes('#')),
              {
                minLength: links.length,
                maxLength: links.length,
              },
            ),
          ),
        ),
        ([links, order, keys]) => {
          const other = order.map((index) => fromLinks(links, keys)[index] ?? propose(''));
          const [one, two] = [buildGraph(fromLinks(links), options), buildGraph(other, options)];
          expect(two.ok).toBe(one.ok);
          if (one.ok && two.ok) expect(edgesByTitle(two.nodes)).toEqual(edgesByTitle(one.nodes));
        },
      ),
    );
  });
});

/** Even links are named as dependencies, odd ones are only referred to. */
function fromLinks(links: readonly number[][], keys: readonly string[] = links.map((_, index) => `k${index}`)) {
  const name = (index: number) => keys[index] ?? '';
  return links.map((list, index): Proposal => ({
    ...propose(name(index), list.filter((other) => other % 2 === 0).map(name), {
      from: list.filter((other) => other % 2 === 1).map((other) => ({ $ref: `${name(other)}#/a` })),
    }),
    title: String(index),
  }));
}

function comesBack(links: readonly number[][], start: number, at = start, length = 0): boolean {
  if (length > 0 && at === start) return true;
  if (length > links.length) return false;
  return (links[at] ?? []).some((next) => comesBack(links, start, next, length + 1));
}

function keyOf(nodes: readonly { id: string; key: string }[]) {
  return (id: string) => nodes.find((node) => node.id === id)?.key ?? '';
}

function edgesByTitle(nodes: readonly { id: string; title: string; dependsOn: string[] }[]) {
  const title = (id: string) => nodes.find((node) => node.id === id)?.title ?? '';
  return nodes.map((node) => `${node.title} after ${node.dependsOn.map(title).toSorted().join()}`).toSorted();
}
