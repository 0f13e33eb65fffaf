import { isCount, isEqual, isObject, type JsonSchema, own, stringsOf } from './json.js';
import { patternsOf } from './pattern-properties.js';
import { show } from './text.js';
import { all, both, MAYBE, MOST_FAULTS, no, type Path, type Result, saw, union, YES } from './verdict.js';

/** `same`: the schema applies to the value whose members are looked at, not to a member. */
export type Visit = (schema: unknown, value: unknown, path: Path, same?: 'same') => Result;

const MOST_COMPARED = 300;

/** A result of members, of which only the verdict and the faults count for the whole. */
const judged = (result: Result): Result => ({ ...result, seen: YES.seen });

export function checkObject(
  schema: JsonSchema,
  value: Record<string, unknown>,
  path: Path,
  before: Result,
  visit: Visit,
): Result {
  const names = Object.keys(value);
  const seen = new Set<string>();
  const results: Result[] = [];
  const missing = stringsOf(own(schema, 'required')).filter((name) => !Object.hasOwn(value, name));
  results.push(...missing.slice(0, MOST_FAULTS).map((name) => no([...path, name], 'is required')));
  const { minProperties, maxProperties, propertyNames } = schema;
  if (isCount(minProperties) && names.length < minProperties)
    results.push(no(path, `must have at least ${minProperties} members`));
  if (isCount(maxProperties) && names.length > maxProperties)
    results.push(no(path, `must have at most ${maxProperties} members`));
  const table = own(schema, 'properties');
  const matchers = patternsOf(schema);
  const rest = own(schema, 'additionalProperties');
  const hint = rest === false ? hintAt(table) : '';
  for (const name of names) {
    const at = [...path, name];
    if (propertyNames !== undefined && visit(propertyNames, name, at).verdict === 'no')
      results.push(no(at, `is not a possible name: ${visit(propertyNames, name, at).faults[0]?.message ?? ''}`));
    // Ajv, whose word counts when the call is made, does not know a property of this name.
    const known = name !== '__proto__' && isObject(table) ? own(table, name) : undefined;
    const applying = [
      ...(known === undefined ? [] : [known]),
      ...matchers.filter(([pattern]) => pattern?.test(name)).map(([, inner]) => inner),
    ];
    if (applying.length > 0 || rest !== undefined) seen.add(name);
    if (applying.length === 0 && rest === false)
      results.push(no(at, `is not known here: there is no ${show(name)}${hint}`));
    else if (applying.length === 0) results.push(judged(visit(rest ?? true, value[name], at)));
    for (const inner of applying) results.push(judged(visit(inner, value[name], at)));
  }
  const result = both(both(before, all(results)), saw(seen));
  return checkUnevaluated(schema, names, (name) => value[name], 'unevaluatedProperties', path, result, visit);
}

function hintAt(table: unknown): string {
  const known = isObject(table) ? Object.keys(table) : [];
  return known.length > 0 && known.length <= 30 ? `; known here: ${known.join(', ')}` : '';
}

function checkUnevaluated(
  schema: JsonSchema,
  names: readonly string[],
  valueOf: (name: string) => unknown,
  keyword: 'unevaluatedProperties' | 'unevaluatedItems',
  path: Path,
  result: Result,
  visit: Visit,
): Result {
  const rest = own(schema, keyword);
  if (rest === undefined || result.seen === 'all') return result;
  const { seen } = result;
  const faults = names
    .filter((name) => !seen.has(name))
    .map((name) => judged(visit(rest, valueOf(name), [...path, name])))
    // A branch that is not sure to apply may have looked at it.
    .map((found) => (found.verdict === 'no' && result.verdict === 'maybe' ? MAYBE : found));
  return { ...all([result, ...faults]), seen: 'all' };
}

export function checkArray(
  schema: JsonSchema,
  value: readonly unknown[],
  path: Path,
  before: Result,
  visit: Visit,
): Result {
  const results: Result[] = [];
  const { minItems, maxItems, uniqueItems } = schema;
  if (isCount(minItems) && value.length < minItems) results.push(no(path, `must have at least ${minItems} items`));
  if (isCount(maxItems) && value.length > maxItems) results.push(no(path, `must have at most ${maxItems} items`));
  if (uniqueItems === true) results.push(checkUnique(value, path));
  const { first, rest } = itemSchemas(schema);
  let seen: Result['seen'] = new Set(first.slice(0, value.length).map((_, index) => String(index)));
  value.forEach((item, index) => {
    const inner = index < first.length ? first[index] : rest;
    if (inner !== undefined) results.push(judged(visit(inner, item, [...path, String(index)])));
  });
  if (rest !== undefined) seen = 'all';
  const contained = checkContains(schema, value, path, visit);
  results.push(judged(contained));
  const result = both(both(before, all(results)), saw(union(seen, contained.seen)));
  const indices = value.map((_, index) => String(index));
  return checkUnevaluated(schema, indices, (index) => value[Number(index)], 'unevaluatedItems', path, result, visit);
}

/** `prefixItems` and `items` of 2020-12, or the list of `items` and `additionalItems` of before. */
export function itemSchemas(schema: JsonSchema): { first: unknown[]; rest: unknown } {
  const items = own(schema, 'items');
  if (Array.isArray(items)) return { first: items, rest: own(schema, 'additionalItems') };
  const prefix = own(schema, 'prefixItems');
  return { first: Array.isArray(prefix) ? prefix : [], rest: items };
}

function checkUnique(value: readonly unknown[], path: Path): Result {
  if (value.length > MOST_COMPARED) {
    const texts = new Set(value.map((item) => JSON.stringify(item)));
    return texts.size === value.length ? YES : no(path, 'must not have an item twice');
  }
  const twice = value.some((item, index) => value.slice(0, index).some((earlier) => isEqual(earlier, item)));
  return twice ? no(path, 'must not have an item twice') : YES;
}

function checkContains(schema: JsonSchema, value: readonly unknown[], path: Path, visit: Visit): Result {
  const wanted = own(schema, 'contains');
  if (wanted === undefined) return YES;
  const found = value.map((item, index) => visit(wanted, item, [...path, String(index)]).verdict);
  const sure = found.filter((verdict) => verdict === 'yes').length;
  const possible = found.filter((verdict) => verdict !== 'no').length;
  const least = isCount(schema.minContains) ? schema.minContains : 1;
  const most = isCount(schema.maxContains) ? schema.maxContains : Infinity;
  if (possible < least) return no(path, `must have at least ${least} items that fit ${show(wanted)}`);
  if (sure > most) return no(path, `must have at most ${most} items that fit ${show(wanted)}`);
  const fitting = saw(new Set(found.flatMap((verdict, index) => (verdict === 'no' ? [] : [String(index)]))));
  return possible === sure ? fitting : both(fitting, MAYBE);
}
