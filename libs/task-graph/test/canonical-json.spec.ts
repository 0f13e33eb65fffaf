import fc from 'fast-check';
import { canonicalJson } from '../src/index.js';

const textOf = (value: unknown) => {
  const canonical = canonicalJson(value);
  return canonical.ok ? canonical.json : canonical.problems.map(({ code, at }) => `${code} ${at}`);
};

describe('canonical JSON', () => {
  it('sorts keys by UTF-16 code units and writes no spaces, as in RFC 8785, 3.2.3', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(textOf(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
  });

  it.each<[unknown, string]>([
    [Number('333333333.33333329'), '333333333.3333333'],
    [1e30, '1e+30'],
    [4.5, '4.5'],
    [2e-3, '0.002'],
    [1e-27, '1e-27'],
    [-0, '0'],
    ['\u000f\nA\'B"\\"/', '"\\u000f\\nA\'B\\"\\\\\\"/"'],
    [[null, true, [], {}], '[null,true,[],{}]'],
  ])('writes %p as %s', (value, text) => {
    expect(textOf(value)).toBe(text);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['NaN', NaN],
    ['infinity', Infinity],
    ['a function', () => 1],
    ['a big integer', 1n],
    ['a symbol', Symbol('x')],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['half a surrogate pair', '\ud83d'],
  ])('refuses %s and says where it is', (_, value) => {
    expect(textOf({ 'a/b': [value] })).toEqual(['NOT_JSON /a~1b/0']);
  });

  it('refuses a property that is undefined and a hole in an array', () => {
    expect(textOf({ a: undefined })).toEqual(['NOT_JSON /a']);
    expect(textOf(new Array(1))).toEqual(['NOT_JSON /0']);
  });

  it('calls nothing that the value brings with it', () => {
    expect(textOf({ toJSON: 'x', toString: 1, valueOf: null })).toBe('{"toJSON":"x","toString":1,"valueOf":null}');
    expect(textOf(JSON.parse('{"b":1,"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1},"b":1}');
  });

  it('refuses nesting without end, circles included', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(canonicalJson(circle)).toMatchObject({ ok: false, problems: [{ code: 'TOO_DEEP' }] });
    expect(canonicalJson(JSON.parse('['.repeat(200_000) + ']'.repeat(200_000)))).toMatchObject({ ok: false });
  });

  const anyJson = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });

  it('reads back as the same value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = textOf(value);
        expect(typeof text === 'string' && JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(typeof text === 'string' && textOf(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('does not see the order of keys', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(textOf(reverseKeys(value))).toBe(textOf(value));
      }),
      { numRuns: 500 },
    );
  });

  it('tells different values apart', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (one, two) => {
        expect(textOf(one) === textOf(two)).toBe(sameJson(one, two));
      }),
      { numRuns: 1_000 },
    );
  });

  it('sees every single change', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyJson, { minKeys: 1 }), anyJson, fc.nat(), (value, other, pick) => {
        const keys = Object.keys(value);
        const changed = { ...value, [keys[pick % keys.length] ?? '']: [other] };
        expect(textOf(changed) === textOf(value)).toBe(sameJson(changed, value));
      }),
      { numRuns: 500 },
    );
  });
});

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reverseKeys(inner)]),
  );
}

/** Equal as JSON, where -0 is 0. */
function sameJson(one: unknown, two: unknown): boolean {
  if (typeof one !== 'object' || typeof two !== 'object' || one === null || two === null) return one === two;
  if (Array.isArray(one) !== Array.isArray(two)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(two).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(two, key) && sameJson((one as Record<string, unknown>)[key], (two as Record<string, unknown>)[key]),
  );
}
