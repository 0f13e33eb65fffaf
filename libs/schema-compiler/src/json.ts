/** A JSON Schema as a server sent it: nothing of it is sure. */
export type JsonSchema = Record<string, unknown>;

export const JSON_TYPES = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'] as const;
export type JsonType = (typeof JSON_TYPES)[number];

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isJsonType = (value: unknown): value is JsonType => (JSON_TYPES as readonly unknown[]).includes(value);

/** A member of its own; nothing that every object inherits. */
export const own = (value: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined;

export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;

export const isFiniteNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

export const stringsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** What a value is, in the words of JSON Schema; whole numbers are `integer`. */
export function typeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as 'string' | 'boolean';
  return 'object';
}

export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index]));
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isEqual(left[key], right[key]))
  );
}

/** The same for equal values: members in order of their names. */
export const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );

const MOST_VALUES = 200_000;

/** Whether nothing in the value is nested deeper, and it is not huge; looks without recursion, so that no depth hurts. */
export function isShallow(value: unknown, deepest: number, most = MOST_VALUES): boolean {
  let level: unknown[] = [value];
  let seen = 0;
  for (let depth = 0; depth <= deepest; depth++) {
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const inner of Object.values(item)) next.push(inner);
      if (next.length + seen > most) return false;
    }
    if (next.length === 0) return true;
    seen += next.length;
    level = next;
  }
  return false;
}

const REFERENCE = /^[^#]+#(?:\/|$)/;

/** `{"$ref": "<key>#/…"}`: a value that another call will give. */
export function isReference(value: unknown): boolean {
  return (
    isObject(value) && typeof value.$ref === 'string' && Object.keys(value).length === 1 && REFERENCE.test(value.$ref)
  );
}

/** `{"$literal": value}`: the value as it is, in which nothing is a reference. */
export const isLiteral = (value: unknown): value is { $literal: unknown } =>
  isObject(value) && Object.hasOwn(value, '$literal') && Object.keys(value).length === 1;

const patterns = new Map<string, RegExp | undefined>();
const MAX_PATTERNS = 2_000;

/** A pattern as JSON Schema reads it (ECMA-262 with `u`); undefined when it is none. */
export function toRegExp(source: string): RegExp | undefined {
  if (patterns.has(source)) return patterns.get(source);
  let pattern: RegExp | undefined;
  try {
    pattern = new RegExp(source, 'u');
  } catch {
    pattern = undefined;
  }
  if (patterns.size >= MAX_PATTERNS) patterns.clear();
  patterns.set(source, pattern);
  return pattern;
}
