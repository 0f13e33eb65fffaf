import { isRecord, readSchema } from './schema.js';

/**
 * Turns words into a value of the schema's type, where that is possible without guessing; other words stay a string,
 * which the validation before the call will name.
 */
export function coerce(text: string, raw: unknown, root: unknown): unknown {
  const { type, items, enum: allowed } = readSchema(raw, root);
  const bare = unquote(text);
  const named = allowed?.find((value) => String(value).toLowerCase() === bare.toLowerCase());
  if (named !== undefined) return named;
  if (type === 'number' || type === 'integer') return toNumber(bare) ?? bare;
  if (type === 'boolean') return toBoolean(bare) ?? bare;
  if (type === 'object') return parseJson(text, isRecord) ?? bare;
  if (type === 'array')
    return parseJson(text, Array.isArray) ?? bare.split(',').map((part) => coerce(part.trim(), items, root));
  if (type === undefined) return parseJson(text, () => true) ?? bare;
  return bare;
}

/** Numbers, booleans and lists that came as strings become what the schema says; the rest of a JSON object stays. */
export function coerceArguments(args: Record<string, unknown>, schema: unknown): Record<string, unknown> {
  const { properties } = readSchema(schema, schema);
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const property = properties.get(name);
      const isText = readSchema(property, schema).type === 'string';
      if (typeof value !== 'string' || property === undefined || isText) return [name, value];
      return [name, coerce(value, property, schema)];
    }),
  );
}

export const unquote = (text: string): string => /^(["'])([\s\S]*)\1$/.exec(text)?.[2] ?? text;

export function parseJson<T>(text: string, is: (value: unknown) => value is T): T | undefined;
export function parseJson(text: string, is: (value: unknown) => boolean): unknown;
export function parseJson(text: string, is: (value: unknown) => boolean): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return is(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function toNumber(text: string): number | undefined {
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function toBoolean(text: string): boolean | undefined {
  if (/^(?:true|yes|on|1)$/i.test(text)) return true;
  if (/^(?:false|no|off|0)$/i.test(text)) return false;
  return undefined;
}
