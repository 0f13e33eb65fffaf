import { isObject, type JsonSchema, own, toRegExp } from './json.js';

type Patterns = readonly (readonly [pattern: RegExp | undefined, schema: unknown])[];

const known = new WeakMap<JsonSchema, Patterns>();
const NONE: Patterns = [];

/** What a schema says of names by pattern; read once, as there may be thousands. A pattern that is none is undefined. */
export function patternsOf(schema: JsonSchema): Patterns {
  const table = own(schema, 'patternProperties');
  if (!isObject(table)) return NONE;
  const before = known.get(schema);
  if (before) return before;
  const patterns = Object.entries(table).map(([source, inner]) => [toRegExp(source), inner] as const);
  known.set(schema, patterns);
  return patterns;
}
