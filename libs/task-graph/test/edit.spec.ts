import { relink } from '../src/index.js';

const nodes = [
  { id: 'node1', dependsOn: [] },
  { id: 'node2', dependsOn: ['node1'] },
  { id: 'node3', dependsOn: [] },
];

describe('editing the arguments of a node', () => {
  it('adds what they refer to and keeps what it depended on', () => {
    const args = { a: { $ref: 'node3#/x' }, b: { $ref: 'node1#' } };
    expect(relink(nodes, 'node2', args)).toEqual({ ok: true, dependsOn: ['node1', 'node3'] });
  });

  it('lets them refer to a node of an earlier graph', () => {
    expect(relink(nodes, 'node3', { a: { $ref: 'node0#' } }, ['node0'])).toEqual({ ok: true, dependsOn: [] });
  });

  it.each([
    ['an unknown node', 'node2', { a: { $ref: 'node9#' } }, 'UNKNOWN_REFERENCE', 'node2 refers to unknown node9.'],
    [
      'a dependant',
      'node1',
      { a: { $ref: 'node2#' } },
      'CYCLE',
      'These nodes wait for each other: node1 → node2 → node1.',
    ],
    ['the node itself', 'node1', { a: { $ref: 'node1#' } }, 'CYCLE', 'node1 depends on itself.'],
  ])('refuses a reference to %s', (_, id, args, code, message) => {
    expect(relink(nodes, id, args)).toEqual({ ok: false, problems: [expect.objectContaining({ code, message })] });
  });

  it('refuses a malformed reference and a node that is not there', () => {
    expect(relink(nodes, 'node1', { a: { $ref: '#' } })).toMatchObject({
      ok: false,
      problems: [{ code: 'MALFORMED_REFERENCE', node: 'node1', at: '/a' }],
    });
    expect(relink(nodes, 'node9', {})).toMatchObject({ ok: false, problems: [{ code: 'UNKNOWN_NODE' }] });
  });
});
