import { isObject, type JsonSchema, own } from './json.js';
import { SchemaDocument } from './schema-document.js';

const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'];
const LISTS = ['allOf', 'anyOf', 'oneOf'];
const SINGLES = ['not', 'if', 'then', 'else'];
const TABLES = ['dependentSchemas', 'dependencies'];
const ENTRIES = ['enum', 'required', 'properties', 'patternProperties', 'dependentRequired'];
const MAX_DEPTH = 1_000;

/** What a schema costs a validator that makes code of it and follows every branch. */
export interface Workload {
  /**
   * Schemas, and entries of their lists, that one value is held against at the worst place of the schema. Infinity where
   * references go in a circle without a step into the value.
   */
  perValue: number;
  /** Objects in the schema: code is made of each. */
  objects: number;
  patterns: number;
  /** Items of a list are compared with one another. */
  comparesItems: boolean;
}

export function measureWork(schema: JsonSchema): Workload {
  const document = new SchemaDocument(schema);
  const known = new Map<JsonSchema, number>();
  const count = (at: unknown, depth: number): number => {
    if (!isObject(at)) return 1;
    const before = known.get(at);
    if (before !== undefined) return before;
    if (depth > MAX_DEPTH) return Infinity;
    // What meets itself while it is counted is a circle.
    known.set(at, Infinity);
    const branches = branchesOf(at, document).reduce<number>((total, inner) => total + count(inner, depth + 1), 1);
    const sum = branches + ENTRIES.reduce((total, keyword) => total + lengthOf(own(at, keyword)), 0);
    known.set(at, sum);
    return sum;
  };
  const found: Workload = { perValue: 0, objects: 0, patterns: 0, comparesItems: false };
  const open: unknown[] = [schema];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (isObject(next)) {
      found.perValue = Math.max(found.perValue, count(next, 0));
      found.objects += 1;
      found.patterns += lengthOf(own(next, 'patternProperties'));
      found.comparesItems ||= own(next, 'uniqueItems') === true;
    }
    // One by one: as arguments of one call a very long list would be too many.
    for (const inner of Object.values(next)) open.push(inner);
  }
  return found;
}

const lengthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? Object.keys(value).length : 0;

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
    ...SINGLES.map((keyword) => own(schema, keyword)).filter((inner) => inner !== undefined),
    ...tables.flatMap((table) => Object.values(table)),
  ];
}
