import { isObject, type JsonSchema, own } from './json.js';
import { SchemaDocument } from './schema-document.js';

const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'];
const LISTS = ['allOf', 'anyOf', 'oneOf'];
const SINGLES = ['not', 'if', 'then', 'else'];
const TABLES = ['dependentSchemas', 'dependencies'];
const MAX_DEPTH = 1_000;

/**
 * How many schemas a validator that follows every branch looks at for one value, at the worst place of the schema.
 * Infinity where references go in a circle without a step into the value.
 */
export function countBranches(schema: JsonSchema): number {
  const document = new SchemaDocument(schema);
  const known = new Map<JsonSchema, number>();
  const count = (at: unknown, depth: number): number => {
    if (!isObject(at)) return 1;
    const before = known.get(at);
    if (before !== undefined) return before;
    if (depth > MAX_DEPTH) return Infinity;
    // What meets itself while it is counted is a circle.
    known.set(at, Infinity);
    const sum = branchesOf(at, document).reduce<number>((total, inner) => total + count(inner, depth + 1), 1);
    known.set(at, sum);
    return sum;
  };
  let most = 0;
  const open: unknown[] = [schema];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    most = Math.max(most, count(next, 0));
    open.push(...(Object.values(next) as unknown[]));
  }
  return most;
}

/** The schemas that apply to the same value. */
function branchesOf(schema: JsonSchema, document: SchemaDocument): unknown[] {
  const targets = REFERENCES.flatMap((keyword) => {
    const reference = own(schema, keyword);
    const target = typeof reference === 'string' ? document.resolve(schema, reference) : undefined;
    return target?.found ? [target.schema] : [];
  });
  const lists = LISTS.map((keyword) => own(schema, keyword)).filter((list): list is unknown[] => Array.isArray(list));
  const tables = TABLES.map((keyword) => own(schema, keyword)).filter(isObject);
  return [
    ...targets,
    ...lists.flat(),
    ...SINGLES.map((keyword) => own(schema, keyword)),
    ...tables.flatMap((table) => Object.values(table)),
  ];
}
