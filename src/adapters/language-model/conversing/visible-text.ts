import { showInvisible } from '@app/schema-compiler';

const MAX_DEPTH = 64;

/** Every string and key of a JSON value with its invisible characters spelled out; what is nested deeper than 64 levels is left out. */
export function showInvisibleDeep(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return showInvisible(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '(nested too deeply)';
  if (Array.isArray(value)) return value.map((item) => showInvisibleDeep(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [showInvisible(key), showInvisibleDeep(item, depth + 1)]),
  );
}
