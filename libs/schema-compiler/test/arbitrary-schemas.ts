import fc from 'fast-check';

type Schema = Record<string, unknown> | boolean;

const NAMES = ['a', 'b', 'kind', 'user-id', 'имя', '$ref', 'with space', '', 'x'.repeat(70), 'toString', 'a.b', '1st'];
const name = fc.constantFrom(...NAMES);
const small = fc.integer({ min: 0, max: 4 });
const scalar = fc.constantFrom<unknown>('x', 'y', '', 0, 1, -1.5, true, false, null);
const json = fc.oneof(scalar, fc.constantFrom<unknown>({ a: 1 }, [], [1, 'x'], { $ref: 'x#' }));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });
const words = maybe(fc.constantFrom('A word', 'Hidden \u202E text', 'x'.repeat(300)));

const strings = fc.record({
  type: fc.constant('string'),
  minLength: maybe(small),
  maxLength: maybe(fc.integer({ min: 2, max: 9 })),
  pattern: maybe(fc.constantFrom('^[a-z]*$', '^(?!bad).*$', '\\p{L}', '^a')),
  format: maybe(fc.constantFrom('date', 'email', 'uri', 'made-up')),
  description: words,
  default: maybe(json),
});
const numbers = fc.record({
  type: fc.constantFrom('number', 'integer'),
  minimum: maybe(fc.integer({ min: -3, max: 3 })),
  exclusiveMaximum: maybe(fc.integer({ min: 1, max: 9 })),
  multipleOf: maybe(fc.constantFrom(1, 2, 0.5)),
});

/** JSON Schemas of all kinds, with definitions that refer to each other, and sometimes nonsense among the keywords. */
const { schema } = fc.letrec<{ schema: Schema; leaf: Schema; object: Schema; array: Schema; mix: Schema }>((tie) => ({
  leaf: fc.oneof(
    strings,
    numbers,
    fc.constantFrom<Schema>({ type: 'boolean' }, { type: 'null' }, {}, true, { type: ['string', 'null'] }),
    fc.record({ enum: fc.uniqueArray(json, { minLength: 1, maxLength: 4 }) }),
    fc.record({ const: json }),
    fc.record({ $ref: fc.constantFrom('#/$defs/one', '#/$defs/two', '#', '#/nowhere', 'https://example.com/s') }),
  ),
  object: fc.record({
    type: maybe(fc.constant('object')),
    properties: maybe(fc.dictionary(name, tie('schema'), { maxKeys: 4 })),
    required: maybe(fc.uniqueArray(name, { maxLength: 2 })),
    additionalProperties: maybe(fc.oneof(fc.boolean(), tie('schema'))),
    patternProperties: maybe(fc.dictionary(fc.constantFrom('^x-', '^[ab]$'), tie('schema'), { maxKeys: 1 })),
    minProperties: maybe(small),
    dependentRequired: maybe(fc.constant({ a: ['b'] })),
    description: words,
  }),
  array: fc.record({
    type: fc.constant('array'),
    items: maybe(tie('schema')),
    prefixItems: maybe(fc.array(tie('schema'), { minLength: 1, maxLength: 3 })),
    minItems: maybe(small),
    uniqueItems: maybe(fc.boolean()),
    contains: maybe(tie('leaf')),
  }),
  mix: fc.oneof(
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie('leaf') }),
    fc.record({ if: tie('leaf'), then: tie('schema'), else: tie('schema') }),
    fc
      .tuple(tie('object'), fc.record({ oneOf: fc.array(tie('object'), { minLength: 1, maxLength: 2 }) }))
      .map(([left, right]) => ({ ...(left as object), ...right })),
    fc
      .tuple(
        tie('object'),
        fc.record({ allOf: fc.array(tie('object'), { maxLength: 2 }), unevaluatedProperties: fc.boolean() }),
      )
      .map(([left, right]) => ({ ...(left as object), ...right })),
  ),
  schema: fc.oneof({ maxDepth: 4, depthSize: 'small' }, tie('leaf'), tie('object'), tie('array'), tie('mix')),
}));

const isGiven = (value: unknown) => value !== undefined;

/** As JSON: no member that is undefined, nothing shared. */
const asJson = (value: unknown): Record<string, unknown> =>
  JSON.parse(JSON.stringify(value, (_, inner: unknown) => (isGiven(inner) ? inner : undefined))) as Record<
    string,
    unknown
  >;

export const nastySchema: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(schema, schema, schema, fc.dictionary(name, schema, { maxKeys: 3 }))
  .map(([root, one, two, properties]) => {
    const base = typeof root === 'object' && !('type' in root && root.type !== 'object') ? root : {};
    return asJson({ type: 'object', properties, ...base, $defs: { one, two } });
  });

/** Whatever might stand where a schema should. */
export const nonsense: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(
    fc.constantFrom(
      'type',
      'properties',
      'required',
      'items',
      'enum',
      '$ref',
      'anyOf',
      'allOf',
      'pattern',
      '$id',
      'minItems',
    ),
    fc.jsonValue({ maxDepth: 3 }),
  ),
);
