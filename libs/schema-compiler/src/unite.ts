import type { DialectRules } from './dialects.js';
import { isEqual, type JsonSchema } from './json.js';
import type { Shape } from './shape.js';
import { listWords, show } from './text.js';

const MOST_OPTIONS = 20;

export type United = { ok: true; shape: Shape } | { ok: false; options: number };

const isNull = ({ declared }: Shape): boolean => isEqual(declared, { type: 'null' });
const isChoice = ({ kind, declared }: Shape): boolean =>
  kind === 'plain' && Array.isArray(declared.enum) && typeof declared.type === 'string';

/** Lists of choices of one type become one list. */
function mergeChoices(options: readonly Shape[]): Shape[] {
  const merged: Shape[] = [];
  for (const type of ['string', 'integer', 'number']) {
    const alike = options.filter((option) => isChoice(option) && option.declared.type === type);
    const [first] = alike;
    if (!first) continue;
    if (alike.length === 1) {
      merged.push(first);
      continue;
    }
    const values = alike.flatMap(({ declared }) => declared.enum as unknown[]);
    const told = alike.filter(({ declared }) => declared.description !== undefined);
    const lines = told.map(
      ({ declared }) => `${(declared.enum as unknown[]).map(show).join(', ')}: ${String(declared.description)}`,
    );
    merged.push({
      kind: 'plain',
      declared: { type, enum: [...new Set(values)], ...(lines.length > 0 && { description: listWords(lines, 30) }) },
      accepts: [{ anyOf: alike.map(({ accepts }) => ({ allOf: accepts })) }],
    });
  }
  return [...merged, ...options.filter((option) => !isChoice(option))];
}

function withoutTwins(options: readonly Shape[]): Shape[] {
  return options.filter(
    (option, index) =>
      option.kind !== 'plain' ||
      !options
        .slice(0, index)
        .some((earlier) => earlier.kind === 'plain' && isEqual(earlier.declared, option.declared)),
  );
}

/** Any of these: flattened, with `null` as a further type where that is possible. */
export function unite(shapes: readonly Shape[], accepts: readonly unknown[], rules: DialectRules): United {
  const possible = shapes
    .flatMap((shape) => (shape.kind === 'union' ? shape.options : [shape]))
    .filter(({ kind }) => kind !== 'never');
  const options = withoutTwins(mergeChoices(possible));
  const [first] = options;
  if (!first) return { ok: true, shape: { kind: 'never', declared: {}, accepts } };
  if (options.length === 1) return { ok: true, shape: first };
  if (options.length > MOST_OPTIONS) return { ok: false, options: options.length };
  return { ok: true, shape: { kind: 'union', declared: declareUnion(options, rules), accepts, options } };
}

function declareUnion(options: readonly Shape[], rules: DialectRules): JsonSchema {
  const [other, ...more] = options.filter((option) => !isNull(option));
  const nullable = options.some(isNull);
  if (
    nullable &&
    other &&
    more.length === 0 &&
    typeof other.declared.type === 'string' &&
    other.declared.enum === undefined
  )
    return { ...other.declared, type: [other.declared.type, 'null'] };
  // A schema that takes anything takes the others as well.
  const open = options.find(({ declared }) => declared.type === undefined && declared.anyOf === undefined);
  if (open) return open.declared;
  const branches = options.flatMap(({ declared }) =>
    Array.isArray(declared.anyOf) && Object.keys(declared).length === 1 ? (declared.anyOf as JsonSchema[]) : [declared],
  );
  return describe({ anyOf: branches }, undefined, rules);
}

/** The same schema with these words first; beside a union only where the dialect has it so. */
export function describe(schema: JsonSchema, words: string | undefined, rules: DialectRules): JsonSchema {
  if (!words) return schema;
  const [first, ...rest] = Array.isArray(schema.anyOf) ? (schema.anyOf as JsonSchema[]) : [];
  if (first && !rules.takesDescribedUnions) return { anyOf: [describe(first, words, rules), ...rest] };
  const description = typeof schema.description === 'string' ? `${words} ${schema.description}` : words;
  return { ...schema, description };
}
