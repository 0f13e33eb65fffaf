export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MOST_DEPTH = 200;

/** The same text for equal values, whatever the order of their members. */
export function stableJson(value: unknown, depth = 0): string {
  if (depth > MOST_DEPTH) return '…';
  if (Array.isArray(value)) return `[${value.map((item) => stableJson(item, depth + 1)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${stableJson(value[key], depth + 1)}`);
  return `{${members.join(',')}}`;
}

/** RFC 6901. */
export const step = (path: string, ...keys: (string | number)[]): string =>
  [path, ...keys.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');

/** A member of the object's own, never of its prototype. */
export const memberOf = (value: JsonObject, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined;
