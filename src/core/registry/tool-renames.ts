import { canonicalJson } from '@app/task-graph';
import type { PinnedTool } from './tool-definition.js';

/** From 0, nothing in common, to 1, the same but for the name. */
const ALIKE = 0.75;
/** Each of those that went is compared with each of those that came. */
const MOST_COMPARED = 100;

/**
 * Which of the tools that came is one that went, under another name: a rename would else escape whoever watches names.
 * @returns the old name by the new one; each old name once, the most alike first
 */
export function recogniseRenames(
  went: readonly PinnedTool[],
  came: readonly PinnedTool[],
): ReadonlyMap<string, string> {
  const olds = went.slice(0, MOST_COMPARED).map(traitsOf);
  const pairs = came
    .slice(0, MOST_COMPARED)
    .map(traitsOf)
    .flatMap((fresh) => olds.map((old) => ({ from: old.name, to: fresh.name, alike: likeness(old, fresh) })))
    .filter(({ alike }) => alike >= ALIKE)
    .sort((a, b) => b.alike - a.alike || a.to.localeCompare(b.to) || a.from.localeCompare(b.from));
  const renames = new Map<string, string>();
  const taken = new Set<string>();
  for (const { from, to } of pairs) {
    if (renames.has(to) || taken.has(from)) continue;
    renames.set(to, from);
    taken.add(from);
  }
  return renames;
}

/** From 0 to 1, the same both ways round; the names do not count. */
export const likenessOf = (one: PinnedTool, other: PinnedTool): number => likeness(traitsOf(one), traitsOf(other));

interface Traits {
  name: string;
  schema: string;
  properties: ReadonlySet<string>;
  words: ReadonlySet<string>;
}

const MOST_WORDS = 2_000;

function traitsOf({ name, title = '', description = '', inputSchema }: PinnedTool): Traits {
  const { properties } = inputSchema;
  const known = typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
  const words = `${title} ${description}`.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return {
    name,
    schema: textOf(inputSchema),
    properties: new Set(known.map(([property, schema]) => `${property} ${typeOf(schema)}`)),
    words: new Set(words.slice(0, MOST_WORDS)),
  };
}

function likeness(one: Traits, other: Traits): number {
  const schemas = one.schema === other.schema ? 1 : shared(one.properties, other.properties) * 0.9;
  const words = shared(one.words, other.words);
  // Tools without arguments are alike in nothing but that.
  const weight = one.properties.size + other.properties.size === 0 ? 0.2 : 0.6;
  return weight * schemas + (1 - weight) * words;
}

/** Jaccard's index; nothing at all is shared by two that have nothing. */
function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const both = [...one].filter((item) => other.has(item)).length;
  const all = one.size + other.size - both;
  return all === 0 ? 0 : both / all;
}

const textOf = (schema: object): string => {
  const canonical = canonicalJson(schema);
  return canonical.ok ? canonical.json : '';
};

const typeOf = (schema: unknown): string =>
  typeof schema === 'object' && schema !== null && 'type' in schema ? JSON.stringify(schema.type) : '';
