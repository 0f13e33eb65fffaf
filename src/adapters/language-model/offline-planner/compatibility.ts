import { readSchema, type Schema } from './schema.js';

const DEEPEST = 4;

interface Rooted {
  raw: unknown;
  root: unknown;
}

/**
 * Whether a value of `given` is always a value of `wanted`, as far as types tell.
 * @returns how many required properties speak for it; undefined when it does not fit or nothing can be said
 */
export function fits(given: Rooted, wanted: Rooted, depth = 0): number | undefined {
  const from = readSchema(given.raw, given.root);
  const to = readSchema(wanted.raw, wanted.root);
  if (depth > DEEPEST) return 0;
  if (to.type === undefined || from.type === undefined) return depth === 0 ? undefined : 0;
  if (from.type !== to.type && !(from.type === 'integer' && to.type === 'number')) return undefined;
  if (to.enum && !from.enum?.every((value) => to.enum?.includes(value))) return undefined;
  if (to.type === 'array') return itemsFit(from, given.root, to, wanted.root, depth);
  if (to.type === 'object') return propertiesFit(from, given.root, to, wanted.root, depth);
  return 0;
}

function itemsFit(from: Schema, fromRoot: unknown, to: Schema, toRoot: unknown, depth: number): number | undefined {
  if (to.items === undefined) return 0;
  if (from.items === undefined) return undefined;
  return fits({ raw: from.items, root: fromRoot }, { raw: to.items, root: toRoot }, depth + 1);
}

function propertiesFit(
  from: Schema,
  fromRoot: unknown,
  to: Schema,
  toRoot: unknown,
  depth: number,
): number | undefined {
  let strength = 0;
  for (const name of to.required) {
    if (!from.required.has(name)) return undefined;
    const inner = fits(
      { raw: from.properties.get(name), root: fromRoot },
      { raw: to.properties.get(name), root: toRoot },
      depth + 1,
    );
    if (inner === undefined) return undefined;
    strength += 1 + inner;
  }
  return strength;
}
