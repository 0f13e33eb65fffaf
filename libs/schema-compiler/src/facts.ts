import { typesOf } from './check-scalars.js';
import {
  isCount,
  sortedJson,
  isFiniteNumber,
  isObject,
  type JsonSchema,
  type JsonType,
  own,
  stringsOf,
  typeOf,
} from './json.js';

/** What several schemas that all apply to one value say together, as far as a declaration can show it. */
export interface Facts {
  /** Undefined where nothing says it. */
  types: ReadonlySet<JsonType> | undefined;
  /** From `enum` and `const`; undefined where any value may do. */
  choices: readonly unknown[] | undefined;
  description: string | undefined;
  defaults: readonly unknown[];
  minimum: Bound | undefined;
  maximum: Bound | undefined;
  multiples: readonly number[];
  minLength: number | undefined;
  maxLength: number | undefined;
  patterns: readonly string[];
  formats: readonly string[];
  minItems: number | undefined;
  maxItems: number | undefined;
  uniqueItems: boolean;
  required: ReadonlySet<string>;
}

export interface Bound {
  value: number;
  exclusive: boolean;
}

const MEMBER_WORDS = [
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'unevaluatedProperties',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
];
const ITEM_WORDS = [
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'uniqueItems',
  'contains',
  'additionalItems',
  'unevaluatedItems',
];
const TEXT_WORDS = ['minLength', 'maxLength', 'pattern'];
const NUMBER_WORDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

/** The type that keywords are about where none is said: strictly they allow any other, but that is not meant. */
export function impliedType(schema: JsonSchema): JsonType | undefined {
  const has = (words: readonly string[]) => words.some((word) => Object.hasOwn(schema, word));
  if (has(MEMBER_WORDS)) return 'object';
  if (has(ITEM_WORDS)) return 'array';
  if (has(TEXT_WORDS)) return 'string';
  return has(NUMBER_WORDS) ? 'number' : undefined;
}

/** Whole numbers are numbers too. */
export function intersect(left: ReadonlySet<JsonType>, right: ReadonlySet<JsonType>): Set<JsonType> {
  const both = new Set([...left].filter((type) => right.has(type) || (type === 'integer' && right.has('number'))));
  if (left.has('number') && right.has('integer')) both.add('integer');
  return both;
}

export const allows = ({ types }: Facts, type: JsonType): boolean =>
  types === undefined || intersect(types, new Set([type])).size > 0;

function typesIn(schemas: readonly JsonSchema[]): ReadonlySet<JsonType> | undefined {
  let types: ReadonlySet<JsonType> | undefined;
  for (const schema of schemas) {
    const said = typesOf(schema);
    if (said) types = types ? intersect(types, new Set(said)) : new Set(said);
  }
  if (types) return types;
  const implied = schemas.map(impliedType).filter((type) => type !== undefined);
  return implied[0] === undefined ? undefined : new Set([implied[0]]);
}

function choicesIn(schemas: readonly JsonSchema[]): unknown[] | undefined {
  const lists = schemas.flatMap((schema) => {
    const listed = own(schema, 'enum');
    return [
      ...(Array.isArray(listed) && listed.length > 0 ? [listed as unknown[]] : []),
      ...(Object.hasOwn(schema, 'const') ? [[schema.const]] : []),
    ];
  });
  const [first, ...rest] = lists.map(distinct);
  return first && [...first].filter(([key]) => rest.every((list) => list.has(key))).map(([, value]) => value);
}

/** By a text that equal values have in common. */
const distinct = (values: readonly unknown[]): Map<string, unknown> =>
  new Map(values.map((value) => [sortedJson(value), value]));

function boundsOf(schema: JsonSchema, side: 'minimum' | 'maximum'): Bound[] {
  const exclusive = own(schema, side === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum');
  const plain = own(schema, side);
  return [
    ...(isFiniteNumber(plain) ? [{ value: plain, exclusive: exclusive === true }] : []),
    ...(isFiniteNumber(exclusive) ? [{ value: exclusive, exclusive: true }] : []),
  ];
}

const tightest = (bounds: Bound[], sign: 1 | -1): Bound | undefined =>
  bounds.sort((a, b) => sign * (b.value - a.value) || Number(b.exclusive) - Number(a.exclusive))[0];

/** @param schemas all in force, without references */
export function gather(schemas: readonly JsonSchema[]): Facts {
  const counts = (keyword: string) => schemas.map((schema) => own(schema, keyword)).filter(isCount);
  const texts = (keyword: string) => [
    ...new Set(schemas.map((schema) => own(schema, keyword)).filter((value) => typeof value === 'string')),
  ];
  const most = (values: number[]) => (values.length > 0 ? Math.max(...values) : undefined);
  const least = (values: number[]) => (values.length > 0 ? Math.min(...values) : undefined);
  const choices = choicesIn(schemas);
  const types = typesIn(schemas);
  return {
    types,
    choices: choices?.filter(
      (value) => !types || types.has(typeOf(value)) || (typeof value === 'number' && types.has('number')),
    ),
    description: texts('description')[0] ?? texts('title')[0],
    defaults: schemas.filter((schema) => Object.hasOwn(schema, 'default')).map((schema) => schema.default),
    minimum: tightest(
      schemas.flatMap((schema) => boundsOf(schema, 'minimum')),
      1,
    ),
    maximum: tightest(
      schemas.flatMap((schema) => boundsOf(schema, 'maximum')),
      -1,
    ),
    multiples: schemas.map((schema) => own(schema, 'multipleOf')).filter(isFiniteNumber),
    minLength: most(counts('minLength')),
    maxLength: least(counts('maxLength')),
    patterns: texts('pattern'),
    formats: texts('format'),
    minItems: most(counts('minItems')),
    maxItems: least(counts('maxItems')),
    uniqueItems: schemas.some((schema) => schema.uniqueItems === true),
    required: new Set(schemas.flatMap((schema) => stringsOf(own(schema, 'required')))),
  };
}

/** Keywords that are there but not in their form, so that nobody can read them. */
export function findMalformed(schema: JsonSchema): string[] {
  const wants: [string[], (value: unknown) => boolean][] = [
    [['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'], isObject],
    [['required', 'enum', 'allOf', 'anyOf', 'oneOf', 'prefixItems'], Array.isArray],
    [['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'], isCount],
    [['minimum', 'maximum', 'multipleOf'], isFiniteNumber],
    [['pattern', 'format', 'description', 'title', '$ref'], (value) => typeof value === 'string'],
    [['type'], () => typesOf(schema) !== undefined],
  ];
  return wants.flatMap(([words, isWellFormed]) =>
    words.filter((word) => Object.hasOwn(schema, word) && !isWellFormed(schema[word])),
  );
}
