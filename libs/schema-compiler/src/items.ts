import type { Context, ShapeBuilder } from './shape-builder.js';
import { itemSchemas } from './check-members.js';
import type { Expansion } from './expansion.js';
import type { Facts } from './facts.js';
import type { JsonSchema } from './json.js';
import type { Shape } from './shape.js';
import { listInWords } from './words.js';

const MOST_PLACES = 30;
const LONGEST_LIST = 1_000;

export function buildArray(
  builder: ShapeBuilder,
  accepts: readonly unknown[],
  { hard }: Expansion,
  facts: Facts,
  context: Context,
): Shape {
  const deep = builder.tooDeep(accepts, hard, context);
  if (deep) return deep;
  const lists = hard.map(itemSchemas);
  const places = Math.min(MOST_PLACES, Math.max(0, ...lists.map(({ first }) => first.length)));
  const isMixed = places > 0 && (places > 1 || lists.some(({ rest }) => rest !== undefined));
  const inner = (place: string, depth = context.depth + (isMixed ? 2 : 1)): Context => ({
    path: `${context.path}/${place}`,
    trail: context.trail,
    chosen: new Set(),
    depth,
  });
  const at = (index: number) =>
    lists
      .map(({ first, rest }) => (index < first.length ? first[index] : rest))
      .filter((schema) => schema !== undefined);
  const first = Array.from({ length: places }, (_, index) => builder.build(at(index), inner(String(index))));
  const restSchemas = lists.map(({ rest }) => rest).filter((schema) => schema !== undefined);
  const rest = places > 0 && restSchemas.length === 0 ? undefined : builder.build(restSchemas, inner('*'));
  const isOpen = rest !== undefined && rest.kind !== 'never';
  const possible = [...first, ...(isOpen ? [rest] : [])].filter(({ kind }) => kind !== 'never');
  const items = builder.unite(possible, [true], inner('*', context.depth + 1));
  const sayings = [...listInWords(hard, facts)];
  if (places > 0) {
    builder.note(
      context.path,
      'TUPLE_AS_LIST',
      'What belongs at which place of the list is told in words; an object with names would serve models better.',
    );
    const told = first.map(({ declared }, index) => `${index + 1}. ${nameOf(declared)}`);
    sayings.unshift({
      words: `In this order: ${told.join('; ')}.`,
      code: 'TUPLE_AS_LIST',
      why: 'What belongs at which place of the list is told in words.',
    });
  }
  const closedAt = rest?.kind === 'never' ? places : undefined;
  const most = Math.min(facts.maxItems ?? Infinity, closedAt ?? Infinity);
  const least = facts.minItems ?? 0;
  const declared: JsonSchema = {
    type: 'array',
    items: items.kind === 'never' ? { type: 'string' } : items.declared,
    ...(least > 0 && least <= LONGEST_LIST && least <= most && { minItems: least }),
    ...(most <= LONGEST_LIST && { maxItems: items.kind === 'never' ? 0 : most }),
  };
  const shape: Shape = { kind: 'array', declared, accepts, first, rest: isOpen ? rest : undefined };
  return builder.say(shape, undefined, sayings, context.path);
}

function nameOf({ description, type, anyOf }: JsonSchema): string {
  const what = typeof type === 'string' ? type : Array.isArray(anyOf) ? 'one of several forms' : 'any value';
  return typeof description === 'string' ? `${what} (${description.replace(/\.$/, '')})` : what;
}
