import { isObject, type JsonObject } from '@app/mcp-gateway';
import { Ajv } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { isAffordable } from '../execution/argument-validation.js';

// The package is CommonJS: under ESM its function is the `default` of the module object.
const addFormats = addFormatsModule.default;

/*
 * Version 1 of the official TypeScript SDK, and what is built on it, compiles every output schema of a list, and refuses the list
 * when one does not compile. So for clients of the older era it is tried before, as they try it.
 */
const OPTIONS = {
  strict: false,
  validateFormats: true,
  validateSchema: false,
  allErrors: true,
  logger: false,
} as const;

const MOST_KNOWN = 2_000;
const known = new Map<string, boolean>();

/** @param pin of its tool, by which it is tried once */
export function doesCompile(pin: string, schema: JsonObject): boolean {
  if (isPlain(schema)) return true;
  const before = known.get(pin);
  if (before !== undefined) return before;
  const does = isAffordable(schema) && tryIt(schema);
  known.set(pin, does);
  const [oldest] = known.keys();
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  return does;
}

function tryIt(schema: JsonObject): boolean {
  try {
    const ajv = new Ajv(OPTIONS);
    addFormats(ajv);
    ajv.compile(schema);
    return true;
  } catch {
    return false;
  }
}

const TYPES: ReadonlySet<unknown> = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);
const isText = (value: unknown) => typeof value === 'string';
const isSchema = (value: unknown): boolean => typeof value === 'boolean' || (isObject(value) && isPlain(value));
const areSchemas = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isSchema);
function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isNumber = (value: unknown): boolean => typeof value === 'number';

/** Of which nothing can go wrong, told without compiling: what nearly all schemas are made of. */
const PLAIN: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: (value) =>
    TYPES.has(value) || (Array.isArray(value) && value.length > 0 && value.every((one) => TYPES.has(one))),
  properties: (value) => isObject(value) && Object.values(value).every(isSchema),
  required: (value) => Array.isArray(value) && value.every(isText) && new Set(value).size === value.length,
  additionalProperties: isSchema,
  items: isSchema,
  anyOf: areSchemas,
  oneOf: areSchemas,
  allOf: areSchemas,
  enum: (value) => Array.isArray(value) && value.length > 0,
  const: () => true,
  title: isText,
  description: isText,
  default: () => true,
  examples: () => true,
  format: isText,
  pattern: isPattern,
  minimum: isNumber,
  maximum: isNumber,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  $schema: (value) =>
    value === 'https://json-schema.org/draft/2020-12/schema' || value === 'http://json-schema.org/draft-07/schema#',
};

const isPlain = (schema: JsonObject): boolean =>
  Object.entries(schema).every(([name, value]) => Object.hasOwn(PLAIN, name) && PLAIN[name]?.(value) === true);
