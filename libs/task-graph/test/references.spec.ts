import fc from 'fast-check';
import { findReferences, lookUp, parsePointer, resolveReferences, unwrapLiterals } from '../src/index.js';

const results: Record<string, unknown> = {
  node1: {
    structuredContent: { rows: [{ id: 1 }, { id: 2 }], 'a/b': 1, 'm~n': 2, '~1': 4, '': 3, ' ': null },
    content: [{ type: 'text', text: 'two rows' }],
  },
  node2: 'a text',
};
const resultOf = (node: string) => (Object.hasOwn(results, node) ? results[node] : undefined);
const resolve = (args: unknown) => resolveReferences(args, resultOf);
const problemOf = (args: unknown) => {
  const resolved = resolve(args);
  return resolved.ok ? undefined : resolved.problems[0];
};

describe('references in arguments', () => {
  it('become the value that they point to, however deep they stand', () => {
    const args = { limit: 5, filter: [{ any: { $ref: 'node1#/structuredContent/rows/1/id' } }], $ref: 'kept' };
    expect(resolve(args)).toEqual({ ok: true, value: { limit: 5, filter: [{ any: 2 }], $ref: 'kept' } });
  });

  it('take a whole result by an empty pointer', () => {
    expect(resolve({ x: { $ref: 'node2#' } })).toEqual({ ok: true, value: { x: 'a text' } });
    expect(resolve({ $ref: 'node1#' })).toEqual({ ok: true, value: results.node1 });
  });

  it('read escapes as RFC 6901 says', () => {
    const paths = ['/a~1b', '/m~0n', '/~01', '/', '/ '];
    const args = paths.map((path) => ({ $ref: `node1#/structuredContent${path}` }));
    expect(resolve(args)).toEqual({ ok: true, value: [1, 2, 4, 3, null] });
  });

  it('are found in order, with their places', () => {
    const args = { 'a/b': [{ $ref: 'node2#' }, { $literal: { $ref: 'node9#' } }], c: { $ref: 'node1#/content' } };
    expect(findReferences(args)).toEqual({
      references: [
        { node: 'node2', pointer: '', at: '/a~1b/0' },
        { node: 'node1', pointer: '/content', at: '/c' },
      ],
      problems: [],
    });
  });

  it('are left alone inside a literal, which loses one wrapping', () => {
    const literal = { $literal: { $ref: '#/definitions/row' } };
    expect(resolve({ schema: literal, twice: { $literal: literal } })).toEqual({
      ok: true,
      value: { schema: { $ref: '#/definitions/row' }, twice: literal },
    });
  });

  it('stay as they are where only literals are unwrapped, to be judged by a schema', () => {
    const args = { a: { $literal: 'x' }, b: [{ $ref: 'node2#' }, { $literal: { $literal: { $ref: '#' } } }] };
    expect(unwrapLiterals(args)).toEqual({ a: 'x', b: [{ $ref: 'node2#' }, { $literal: { $ref: '#' } }] });
    expect(unwrapLiterals({ $literal: { $literal: 'x' } })).toEqual({ $literal: 'x' });
  });

  it('are only objects with the one property $ref that is a text', () => {
    const args = [
      { $ref: 1 },
      { $ref: 'node2#', also: 1 },
      { $literal: 1, also: 1 },
      '$ref',
      { $ref: { $ref: 'node2#' } },
    ];
    expect(resolve(args)).toEqual({
      ok: true,
      value: [{ $ref: 1 }, { $ref: 'node2#', also: 1 }, { $literal: 1, also: 1 }, '$ref', { $ref: 'a text' }],
    });
  });

  it('inside a result are data', () => {
    const value = { $ref: 'node1#' };
    expect(resolveReferences({ $ref: 'node3#/x' }, () => ({ x: value }))).toEqual({ ok: true, value });
  });

  it.each(['node1', '#/a', '', 'node1#a', 'node1#/~2', 'node1#/a~'])('refuse %j as malformed', (text) => {
    expect(problemOf({ x: { $ref: text } })).toMatchObject({ code: 'MALFORMED_REFERENCE', at: '/x' });
  });

  it('name the node and the pointer that are missing', () => {
    expect(problemOf([{ $ref: 'node1#/structuredContent/users' }])).toEqual({
      code: 'MISSING_VALUE',
      at: '/0',
      message: 'The result of node1 has nothing at /structuredContent/users.',
    });
    expect(problemOf({ x: { $ref: 'node8#' } })).toEqual({
      code: 'NO_RESULT',
      at: '/x',
      message: 'node8 has no result.',
    });
  });

  it('report every problem, up to a bound', () => {
    const args = Array.from({ length: 200 }, () => ({ $ref: 'node8#' }));
    const resolved = resolve(args);
    expect(!resolved.ok && resolved.problems).toHaveLength(50);
  });

  it.each(['-', '01', '2', '+1', '1.0', '-1', 'length', '', '4294967296', '__proto__', 'map'])(
    'find nothing at index %j of an array of two',
    (token) => {
      expect(problemOf({ $ref: `node1#/structuredContent/rows/${token}` })?.code).toBe('MISSING_VALUE');
    },
  );

  it.each(['__proto__', 'constructor', 'constructor/prototype', 'toString', 'hasOwnProperty', '__proto__/polluted'])(
    'never reach the prototype by %s',
    (path) => {
      expect(problemOf({ $ref: `node1#/${path}` })?.code).toBe('MISSING_VALUE');
      expect(problemOf({ $ref: `node2#/${path}` })?.code).toBe('MISSING_VALUE');
    },
  );

  it('pass a property called __proto__ on without setting a prototype', () => {
    const args = JSON.parse('{"__proto__": {"admin": true}, "x": {"$ref": "node2#"}}') as unknown;
    const resolved = resolve(args);
    expect(resolved.ok && JSON.stringify(resolved.value)).toBe('{"__proto__":{"admin":true},"x":"a text"}');
    expect(resolved.ok && (resolved.value as { admin?: boolean }).admin).toBeUndefined();
  });

  it('do not exhaust the stack', () => {
    const deep = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000)) as unknown;
    expect(problemOf(deep)?.code).toBe('TOO_DEEP');
    expect(problemOf({ $literal: deep })).toBeUndefined();
  });
});

describe('references, for any value', () => {
  it('resolve to what a walk by hand finds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.nat()), (result, choices) => {
        const { tokens, value } = walk(result, choices);
        const pointer = tokens.map((token) => `/${token.replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
        const resolved = resolveReferences({ a: [{ $ref: `node1#${pointer}` }] }, () => result);
        expect(resolved).toEqual({ ok: true, value: { a: [value] } });
      }),
      { numRuns: 500 },
    );
  });

  it('leave a literal value exactly as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(resolve({ x: { $literal: value } })).toEqual({ ok: true, value: { x: value } });
      }),
    );
  });

  it('never throw, and never find what is no own property', () => {
    const hostile = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'prototype', 'length', 'toString', '-', '00', '~', '~01', '', '/'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(hostile), fc.string(), (result, tokens, text) => {
        for (const ref of [`node1#/${tokens.join('/')}`, text, `node1#${text}`]) {
          const resolved = resolveReferences([{ $ref: ref }], () => result);
          if (!resolved.ok) continue;
          const found = lookUp(result, parsePointer(ref.slice(ref.indexOf('#') + 1)) ?? []);
          expect(found).toEqual({ found: true, value: (resolved.value as unknown[])[0] });
          expect(JSON.stringify(result)).toContain(JSON.stringify(found.found && found.value));
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Goes down as far as the choices lead and says which way it went. */
function walk(result: unknown, choices: readonly number[]): { tokens: string[]; value: unknown } {
  const tokens: string[] = [];
  let value = result;
  for (const choice of choices) {
    if (typeof value !== 'object' || value === null) break;
    const entries: [string, unknown][] = Object.entries(value);
    const entry = entries[choice % Math.max(1, entries.length)];
    if (!entry) break;
    tokens.push(entry[0]);
    value = entry[1];
  }
  return { tokens, value };
}
