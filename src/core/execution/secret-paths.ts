import type { SecretPath } from './redacted-json.js';

/** Schemas of strangers: deeper, or with more secrets, is not looked at. */
const MAX_DEPTH = 12;
const MOST_PATHS = 100;

const known = new WeakMap<object, readonly SecretPath[]>();

/**
 * Where a tool's arguments hold secrets by the word of its JSON Schema: `format: password` or `writeOnly` (JSON Schema
 * Validation 2020-12, section 9.4). References are not followed. Worked out once for each schema.
 */
export function secretPathsOf(schema: object): readonly SecretPath[] {
  const before = known.get(schema);
  if (before) return before;
  const found: SecretPath[] = [];
  collect(schema, [], found, MAX_DEPTH);
  known.set(schema, found);
  return found;
}

function collect(schema: unknown, path: SecretPath, found: SecretPath[], levels: number): void {
  if (typeof schema !== 'object' || schema === null || levels === 0 || found.length >= MOST_PATHS) return;
  const { format, writeOnly, properties, items, prefixItems, additionalProperties, allOf, anyOf, oneOf } =
    schema as Record<string, unknown>;
  if (path.length > 0 && (format === 'password' || writeOnly === true)) {
    found.push(path);
    return;
  }
  if (typeof properties === 'object' && properties !== null) {
    for (const [name, member] of Object.entries(properties)) collect(member, [...path, name], found, levels - 1);
  }
  for (const member of [items, additionalProperties, ...listOf(prefixItems)])
    collect(member, [...path, '*'], found, levels - 1);
  for (const member of [...listOf(allOf), ...listOf(anyOf), ...listOf(oneOf)]) collect(member, path, found, levels - 1);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
