import { fullFormats } from 'ajv-formats/dist/formats.js';
import {
  isCount,
  isEqual,
  isFiniteNumber,
  isJsonType,
  type JsonSchema,
  type JsonType,
  own,
  toRegExp,
  typeOf,
} from './json.js';
import { show } from './text.js';

const NAMES: Readonly<Record<JsonType, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

/** Types that a schema allows; undefined when it does not say. `nullable` is OpenAPI's. */
export function typesOf(schema: JsonSchema): JsonType[] | undefined {
  const { type } = schema;
  const types = (Array.isArray(type) ? type : [type]).filter(isJsonType);
  if (types.length === 0) return undefined;
  return schema.nullable === true && !types.includes('null') ? [...types, 'null'] : types;
}

const fits = (type: JsonType, wanted: JsonType): boolean =>
  type === wanted || (wanted === 'number' && type === 'integer');

const MOST_LISTED = 20;

/** The rest is only counted: there may be thousands, and this is said of each value that fits none. */
const listChoices = (choices: readonly unknown[]): string => {
  const more = choices.length - MOST_LISTED;
  return `${choices.slice(0, MOST_LISTED).map(show).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const nameType = (type: JsonType): string => NAMES[type];

function* findFaults(schema: JsonSchema, value: unknown): Generator<string> {
  const type = typeOf(value);
  const types = typesOf(schema);
  if (types && !types.some((wanted) => fits(type, wanted)))
    yield `must be ${types.map(nameType).join(' or ')}, not ${nameType(type)}`;
  if (Object.hasOwn(schema, 'const') && !isEqual(schema.const, value)) yield `must be ${show(schema.const)}`;
  const choices = own(schema, 'enum');
  if (Array.isArray(choices) && choices.length > 0 && !choices.some((choice) => isEqual(choice, value)))
    yield `must be one of: ${listChoices(choices)}`;
  if (typeof value === 'number') yield* numberFaults(schema, value);
  if (typeof value === 'string') yield* stringFaults(schema, value);
  if (!formatFits(schema.format, value)) yield `must be in the format "${show(schema.format).slice(1, -1)}"`;
}

function* numberFaults(schema: JsonSchema, value: number): Generator<string> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (isFiniteNumber(minimum) && (value < minimum || (exclusiveMinimum === true && value === minimum)))
    yield `must be ${exclusiveMinimum === true ? 'more than' : 'at least'} ${minimum}`;
  if (isFiniteNumber(maximum) && (value > maximum || (exclusiveMaximum === true && value === maximum)))
    yield `must be ${exclusiveMaximum === true ? 'less than' : 'at most'} ${maximum}`;
  if (isFiniteNumber(exclusiveMinimum) && value <= exclusiveMinimum) yield `must be more than ${exclusiveMinimum}`;
  if (isFiniteNumber(exclusiveMaximum) && value >= exclusiveMaximum) yield `must be less than ${exclusiveMaximum}`;
  if (isFiniteNumber(multipleOf) && !isMultiple(value, multipleOf)) yield `must be a multiple of ${multipleOf}`;
}

/** As Ajv has it, since its word counts when the call is made: `parseInt` of the quotient's text is the quotient. */
function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return quotient === parseInt(String(quotient), 10);
}

function* stringFaults(schema: JsonSchema, value: string): Generator<string> {
  const { minLength, maxLength, pattern } = schema;
  const length = isCount(minLength) || isCount(maxLength) ? [...value].length : 0;
  if (isCount(minLength) && length < minLength) yield `must have at least ${minLength} characters`;
  if (isCount(maxLength) && length > maxLength) yield `must have at most ${maxLength} characters`;
  if (typeof pattern === 'string' && toRegExp(pattern)?.test(value) === false)
    yield `must match the pattern ${show(pattern)}`;
}

type Formats = Record<string, unknown>;

function formatFits(format: unknown, value: unknown): boolean {
  if (typeof format !== 'string' || !Object.hasOwn(fullFormats, format)) return true;
  const known = (fullFormats as Formats)[format];
  if (typeof value === 'number') return !isNumberFormat(known) || known.validate(value);
  if (typeof value !== 'string' || isNumberFormat(known)) return true;
  if (known instanceof RegExp) return known.test(value);
  const test = isObject(known) ? known.validate : known;
  if (test instanceof RegExp) return test.test(value);
  return typeof test === 'function' ? (test as (text: string) => boolean)(value) : true;
}

const isObject = (value: unknown): value is { validate?: unknown } =>
  typeof value === 'object' && value !== null && !(value instanceof RegExp);

const isNumberFormat = (format: unknown): format is { validate: (value: number) => boolean } =>
  isObject(format) && 'type' in format && format.type === 'number' && typeof format.validate === 'function';

/** What a schema says of the value itself, without its members; in words. */
export const ownFaults = (schema: JsonSchema, value: unknown): string[] => [...findFaults(schema, value)];
