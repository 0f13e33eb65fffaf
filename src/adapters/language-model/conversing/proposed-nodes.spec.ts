import { aTool } from '../../../../test/support/gemini/model-requests.js';
import { FunctionNames } from './function-names.js';
import { readCalls } from './proposed-nodes.js';

const RULES = { legal: /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/, illegal: /[^A-Za-z0-9_.:-]/g };
const names = new FunctionNames([aTool('read'), aTool('write')], RULES, 'openai');
const node = (key: string, more: Record<string, unknown> = {}) => ({
  key,
  title: key,
  tool: 'read',
  arguments: {},
  ...more,
});
const read = (...nodes: unknown[]) => readCalls([{ name: 'propose_plan', args: { nodes } }], names, 3);

test.each<[string, unknown[], RegExp]>([
  ['no nodes', [], /nodes/],
  ['a node that is no object', ['x'], /nodes\.0/],
  ['arguments that are no object', [node('a', { arguments: [1] })], /node a: the arguments are not a JSON object/],
  ['a key with spaces', [node('a b')], /letters, digits/],
  ['one key twice', [node('a'), node('a')], /used twice/],
  ['a tool that is not there', [node('a', { tool: 'rm' })], /no function or tool named "rm"/],
  ['an unknown dependency', [node('a', { depends_on: ['z'] })], /"z", which is not in this plan/],
  ['an unknown reference', [node('a', { arguments: { x: [{ $ref: 'node1#/content' }] } })], /"node1"/],
  ['a circle', [node('a', { depends_on: ['b'] }), node('b', { depends_on: ['a'] })], /circle: a, b/],
  ['a node that waits for itself', [node('a', { depends_on: ['a'] })], /circle/],
  ['too many nodes', ['a', 'b', 'c', 'd'].map((key) => node(key)), /4 calls are too many, at most 3/],
])('a plan with %s is malformed, and the problem is named', (_what, nodes, problem) => {
  const result = read(...nodes);
  expect(result.status).toBe('malformed');
  expect(result).toMatchObject({ problem: expect.stringMatching(problem) as string });
});

test('arguments that come as a string of JSON are read', () => {
  expect(read(node('a', { arguments: '{"q":1}' }))).toMatchObject({ status: 'read', nodes: [{ arguments: { q: 1 } }] });
});

test('a missing title is that of the tool', () => {
  expect(read(node('a', { title: ' ' }))).toMatchObject({ nodes: [{ title: 'Title of read' }] });
});

test('a plan and direct calls in one reply are one graph, each call with its own keys', () => {
  const result = readCalls(
    [
      { id: '1', name: 'propose_plan', args: { nodes: [node('a'), node('b', { depends_on: ['a'] })] } },
      { id: '2', name: 'write', args: { x: 1 } },
    ],
    names,
    3,
  );
  expect(result).toMatchObject({
    status: 'read',
    calls: [
      { id: '1', name: 'propose_plan', keys: ['a', 'b'] },
      { id: '2', name: 'write', keys: ['call_2'] },
    ],
  });
});

test('a direct call with a reference is malformed', () => {
  expect(readCalls([{ name: 'read', args: { x: { $ref: 'a#/b' } } }], names, 3)).toMatchObject({
    status: 'malformed',
    problem: expect.stringContaining('propose_plan only') as string,
  });
});

test('an object with more than $ref in it is a value, not a reference', () => {
  expect(read(node('a', { arguments: { schema: { $ref: 'x#/y', type: 'string' } } }))).toMatchObject({
    status: 'read',
    nodes: [{ dependsOn: [] }],
  });
});
