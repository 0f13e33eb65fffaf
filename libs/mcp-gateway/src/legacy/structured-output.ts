import { isObject, type JsonObject } from '../json/json.js';

/**
 * Since 2026-07-28 a tool may answer with any JSON (Tools, "Structured Content"). Clients of the older era know objects only, and
 * refuse a list or an answer for anything else: to them it is told inside of an object, as the official SDKs' servers do.
 */
const MEMBER = 'result';
const INSIDE = `#/properties/${MEMBER}`;

/** Whether what a tool promises by this schema may be no object. */
export const mayBeNoObject = (outputSchema: JsonObject): boolean => outputSchema.type !== 'object';

/** The schema of the object around it. References within lead where they led. */
export function wrapSchema({ $schema, ...schema }: JsonObject): JsonObject {
  return {
    ...(typeof $schema === 'string' && { $schema }),
    type: 'object',
    properties: { [MEMBER]: moved(schema) },
    required: [MEMBER],
  };
}

/** @param isPromised by a schema that was wrapped: then an object is inside of another one, too */
export function wrapStructured<Result extends JsonObject>(result: Result, isPromised: boolean): Result {
  const { structuredContent } = result;
  if (structuredContent === undefined || (isObject(structuredContent) && !isPromised)) return result;
  return { ...result, structuredContent: { [MEMBER]: structuredContent } };
}

/** The same of the text of a value that no schema promised. */
export const wrapText = (json: string): string => (json.startsWith('{') ? json : `{"${MEMBER}":${json}}`);

const REFERENCES = new Set(['$ref', '$dynamicRef']);
/** What is in them are values, not schemas. */
const VALUES = new Set(['const', 'enum', 'default', 'examples']);
/** What is in them has names of somebody's own. */
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies']);

function moved(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(moved);
  // A schema with an address of its own is what references in it begin at.
  if (!isObject(schema) || hasAddress(schema)) return schema;
  return mapped(schema, (value, name) => {
    if (REFERENCES.has(name) && typeof value === 'string') return movedReference(value);
    if (VALUES.has(name)) return value;
    return NAMED.has(name) && isObject(value) ? mapped(value, moved) : moved(value);
  });
}

const movedReference = (reference: string): string =>
  reference === '#' || reference.startsWith('#/') ? INSIDE + reference.slice(1) : reference;

const hasAddress = ({ $id }: JsonObject): boolean => typeof $id === 'string' && !$id.startsWith('#');

const mapped = (of: JsonObject, change: (value: unknown, name: string) => unknown): JsonObject =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value, name)]));
