import fc from 'fast-check';

type Node = Record<string, unknown>;

const REFERENCE = { $ref: 'step1#/structuredContent/value' };

/** Values that a declared schema takes, for the most part: whoever needs to be sure checks them. */
export function valuesFor(schema: unknown, { references = false } = {}): fc.Arbitrary<unknown> {
  const inner = (node: unknown): fc.Arbitrary<unknown> => {
    const value = plain((node ?? {}) as Node);
    return references
      ? fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: fc.constant(REFERENCE) })
      : value;
  };
  const plain = (node: Node): fc.Arbitrary<unknown> => {
    if (Array.isArray(node.enum)) return fc.constantFrom(...(node.enum as unknown[]));
    if (Array.isArray(node.anyOf)) return fc.oneof(...node.anyOf.map(inner));
    if (Array.isArray(node.type)) return fc.oneof(...node.type.map((type) => plain({ ...node, type: type as string })));
    switch (node.type) {
      case 'string':
        return texts(node);
      case 'integer':
      case 'number':
        return numbers(node);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array': {
        const least = Number(node.minItems ?? 0);
        const most = Math.min(Number(node.maxItems ?? least + 2), least + 2);
        return fc.array(inner(node.items), { minLength: Math.min(least, most), maxLength: most });
      }
      case 'object':
        return objects(node, inner);
      default:
        return fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom<unknown>('x', 1, {}, []));
    }
  };
  return inner(schema);
}

function objects(node: Node, inner: (node: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = Object.entries((node.properties ?? {}) as Node);
  const required = (node.required ?? []) as string[];
  const known = fc.record(Object.fromEntries(properties.map(([name, schema]) => [name, inner(schema)])), {
    requiredKeys: required,
  });
  if (node.additionalProperties === false || node.additionalProperties === undefined) return known;
  const rest = node.additionalProperties === true ? fc.jsonValue({ maxDepth: 1 }) : inner(node.additionalProperties);
  const more = fc.dictionary(fc.constantFrom('a', 'b', 'x-1', 'other'), rest, { maxKeys: 2 });
  return fc.tuple(more, known).map(([left, right]) => ({ ...left, ...(right as object) }));
}

const FORMATS: Record<string, string> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T10:00:00Z',
  time: '10:00:00Z',
  duration: 'P1D',
  email: 'a@example.com',
  hostname: 'example.com',
  ipv4: '127.0.0.1',
  ipv6: '::1',
  uuid: '123e4567-e89b-12d3-a456-426614174000',
  uri: 'https://example.com/',
};

const TEXTS = [
  'x',
  'abc',
  '',
  'aaaa',
  '{"a":1}',
  '[]',
  '[1,"x"]',
  '"x"',
  'null',
  '1',
  'bad',
  'x-1',
  '2026-01-31',
  'é',
  '\u{1F600}',
];

function texts(node: Node): fc.Arbitrary<string> {
  const format = FORMATS[String(node.format)];
  if (format) return fc.constantFrom(format, format, 'not of the format');
  const length = Math.min(20, Number(node.minLength ?? 0));
  if (typeof node.pattern === 'string') {
    return fc.oneof(fc.constantFrom(...TEXTS), fc.stringMatching(new RegExp(node.pattern), { size: 'xsmall' }));
  }
  return fc.oneof(fc.constantFrom(...TEXTS), fc.string({ minLength: length, maxLength: length + 5 }));
}

function numbers(node: Node): fc.Arbitrary<number> {
  const low = Number(node.minimum ?? (node.exclusiveMinimum === undefined ? -5 : Number(node.exclusiveMinimum) + 1));
  const high = Number(
    node.maximum ?? (node.exclusiveMaximum === undefined ? low + 10 : Number(node.exclusiveMaximum) - 1),
  );
  if (high < low || !Number.isFinite(low) || !Number.isFinite(high)) return fc.constant(low);
  const whole = fc.integer({
    min: Math.ceil(Math.max(low, -1e9)),
    max: Math.max(Math.ceil(low), Math.floor(Math.min(high, 1e9))),
  });
  return node.type === 'integer'
    ? whole
    : fc.oneof(
        whole,
        whole.map((value) => value + 0.5),
      );
}
