import { isRecord } from '@app/session-protocol/client';

type Schema = Record<string, unknown>;

const MAX_HOPS = 8;
const MAX_DEPTH = 4;
/** Of what is drafted; a schema may be made to be endless. */
const MAX_PARTS = 60;

/** What a local reference (`#/$defs/Point`) points at; the schema itself where it points nowhere that is known. */
function deref(schema: Schema, root: unknown): Schema {
  let at = schema;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const { $ref: reference, ...beside } = at;
    if (typeof reference !== 'string' || !reference.startsWith('#/')) return at;
    const path = reference
      .slice(2)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const found = path.reduce<unknown>(
      (part, name) => (isRecord(part) && Object.hasOwn(part, name) ? part[name] : undefined),
      root,
    );
    if (!isRecord(found)) return at;
    at = { ...found, ...beside };
  }
  return schema;
}

const isNull = (schema: unknown) => isRecord(schema) && schema.type === 'null';

/** A property as plain as it can be told: references followed, a choice of one thing (or nothing) taken for that thing. */
export function plainSchema(given: unknown, root: unknown): Schema {
  let schema = isRecord(given) ? deref(given, root) : {};
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const [name, choices] = (['anyOf', 'oneOf', 'allOf'] as const)
      .map((one) => [one, schema[one]] as const)
      .find(([, value]) => Array.isArray(value)) ?? [undefined, undefined];
    const things: unknown[] = Array.isArray(choices) ? choices.filter((one) => !isNull(one)) : [];
    const [only] = things;
    if (name === undefined || things.length !== 1 || !isRecord(only) || 'const' in only) return schema;
    const { [name]: _choices, ...beside } = schema;
    schema = { ...deref(only, root), ...beside };
  }
  return schema;
}

/** Whether nothing may, or need, be given, as far as can be told. */
export function takesNothing(schema: unknown): boolean {
  if (!isRecord(schema)) return true;
  const named = isRecord(schema.properties) ? Object.keys(schema.properties).length : 0;
  const open = schema.additionalProperties === true || isRecord(schema.additionalProperties);
  const more = ['$ref', 'anyOf', 'oneOf', 'allOf', 'if', 'patternProperties', 'minProperties'];
  return named === 0 && !open && !more.some((name) => name in schema);
}

/** A value of the right form to begin with: what is required of it, empty. */
export function draftValue(schema: unknown, root: unknown): unknown {
  let parts = 0;
  const draft = (given: unknown, depth: number): unknown => {
    parts += 1;
    const one = plainSchema(given, root);
    if ('const' in one) return one.const;
    if (one.default !== undefined && one.default !== null) return one.default;
    if (Array.isArray(one.examples) && one.examples.length > 0) return one.examples[0] as unknown;
    if (Array.isArray(one.enum) && one.enum.length > 0) return one.enum[0] as unknown;
    const choices = [one.oneOf, one.anyOf].find(Array.isArray) as unknown[] | undefined;
    const choice = choices?.[0];
    if (choice !== undefined && parts < MAX_PARTS) return draft(choice, depth);
    const deeper = depth < MAX_DEPTH && parts < MAX_PARTS;
    const types: unknown[] = Array.isArray(one.type) ? one.type : [one.type];
    const type = types.find((name) => name !== 'null') ?? (isRecord(one.properties) ? 'object' : undefined);
    switch (type) {
      case 'object':
        return deeper ? fields(one, depth) : {};
      case 'array':
        return deeper && one.items !== undefined ? [draft(one.items, depth + 1)] : [];
      case 'string':
        return '';
      case 'number':
      case 'integer':
        return typeof one.minimum === 'number' ? one.minimum : 0;
      case 'boolean':
        return false;
      default:
        return null;
    }
  };
  const fields = ({ properties, required }: Schema, depth: number) => {
    if (!isRecord(properties)) return {};
    const needed = Array.isArray(required) ? required : [];
    const names = Object.keys(properties).filter((name) => needed.length === 0 || needed.includes(name));
    return Object.fromEntries(names.slice(0, MAX_PARTS).map((name) => [name, draft(properties[name], depth + 1)]));
  };
  return draft(schema, 0);
}
