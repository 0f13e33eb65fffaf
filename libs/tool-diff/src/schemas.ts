import type { Change } from './changes.js';
import { isObject, type JsonObject, memberOf, stableJson, step } from './json.js';
import { type Direction, diffScalars, localReference, SCALAR_KEYWORDS } from './scalars.js';
import { diffText, showValue } from './texts.js';

/** More schemas than these are not compared one by one, nor deeper ones: a stranger wrote them. */
const MOST_SCHEMAS = 4_000;
const MOST_DEPTH = 60;

const TEXTS = ['title', 'description', 'examples', '$comment'] as const;
const ONE_SCHEMA = ['items', 'additionalItems', 'contains', 'propertyNames', 'not', 'if', 'then', 'else'] as const;
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const;
const MAPS = ['patternProperties', 'dependentSchemas'] as const;
const KNOWN: ReadonlySet<string> = new Set([
  ...SCALAR_KEYWORDS,
  ...TEXTS,
  ...ONE_SCHEMA,
  ...LISTS,
  ...MAPS,
  'properties',
  'required',
  'additionalProperties',
  'unevaluatedProperties',
  '$ref',
  // Seen to where something refers to them.
  '$defs',
  'definitions',
]);

/** Both schemas as wholes, for their references. */
interface Roots {
  before: unknown;
  after: unknown;
}

/** How what a tool takes, or gives, is described otherwise. */
export function diffSchemas(
  path: string,
  before: unknown,
  after: unknown,
  direction: Direction,
  otherTools: readonly string[],
): Change[] {
  const walk = new SchemaWalk({ before, after }, direction, otherTools);
  walk.compare(path, before, after, 0);
  return walk.found;
}

class SchemaWalk {
  readonly found: Change[] = [];
  private readonly seen = new Set(['# #']);
  private left = MOST_SCHEMAS;

  constructor(
    private readonly roots: Roots,
    private readonly direction: Direction,
    private readonly otherTools: readonly string[],
  ) {}

  compare(path: string, one: unknown, other: unknown, depth: number): void {
    if (one === undefined && other === undefined) return;
    if (depth > MOST_DEPTH || this.left <= 0) return this.giveUp(path, one, other);
    this.left -= 1;
    // The same pair of places, through a loop of references, has been compared or is being compared.
    const references = [localReference(one), localReference(other)];
    if (references[0] !== undefined || references[1] !== undefined) {
      const pair = `${references[0] ?? path} ${references[1] ?? path}`;
      if (this.seen.has(pair)) return;
      this.seen.add(pair);
    }
    const [before, after] = [this.toSchema(one, this.roots.before), this.toSchema(other, this.roots.after)];
    this.found.push(...diffScalars(path, before, after, this.direction));
    for (const key of TEXTS) {
      this.found.push(...diffText(step(path, key), key.replace('$', ''), before[key], after[key], this.otherTools));
    }
    this.compareObjects(path, before, after, depth);
    for (const key of ONE_SCHEMA) this.compareOne(path, key, before[key], after[key], depth);
    for (const key of MAPS) this.compareMaps(step(path, key), before[key], after[key], depth);
    for (const key of LISTS) this.compareLists(path, key, before[key], after[key], depth);
    this.compareOthers(path, before, after);
  }

  private compareObjects(path: string, before: JsonObject, after: JsonObject, depth: number): void {
    const [old, fresh] = [membersOf(before.properties), membersOf(after.properties)];
    const [needed, needs] = [namesOf(before.required), namesOf(after.required)];
    for (const name of [...needs].filter((item) => !needed.has(item))) {
      const severity = this.direction === 'input' ? 'breaking' : 'notable';
      this.say('required_added', step(path, 'required'), severity, `${show(name)} is required now.`);
    }
    for (const name of [...needed].filter((item) => !needs.has(item))) {
      const severity = this.direction === 'input' ? 'notable' : 'breaking';
      this.say('required_removed', step(path, 'required'), severity, `${show(name)} is not required any more.`);
    }
    for (const name of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
      const place = step(path, 'properties', name);
      const [was, is] = [memberOf(old, name), memberOf(fresh, name)];
      if (was === undefined) {
        this.say('property_added', place, 'notable', `${show(name)} is new.`, undefined, is);
        this.compareTexts(place, is, depth);
      } else if (is === undefined) this.say('property_removed', place, 'breaking', `${show(name)} is gone.`, was);
      else this.compare(place, was, is, depth + 1);
    }
    for (const key of ['additionalProperties', 'unevaluatedProperties']) {
      this.compareRest(step(path, key), before[key], after[key], depth);
    }
  }

  /** What is allowed beside what is named. */
  private compareRest(path: string, one: unknown, other: unknown, depth: number): void {
    const [closed, closes] = [one === false, other === false];
    if (closed === closes) return this.compare(path, one === true ? {} : one, other === true ? {} : other, depth + 1);
    const breaks = closes === (this.direction === 'input');
    this.say(
      closes ? 'closed' : 'opened',
      path,
      breaks ? 'breaking' : 'notable',
      closes
        ? 'Other members than those that are named are refused now.'
        : 'Other members than those that are named are taken now.',
    );
  }

  /** A new part says something to a model, too. */
  private compareTexts(path: string, schema: unknown, depth: number): void {
    if (!isObject(schema) || depth > MOST_DEPTH || this.left <= 0) return;
    this.left -= 1;
    for (const key of TEXTS) {
      const texts = diffText(step(path, key), key, undefined, schema[key], this.otherTools);
      this.found.push(...texts.filter(({ severity }) => severity === 'risky'));
    }
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'enum' || key === 'default' || key === 'const') continue;
      for (const part of isObject(value) ? Object.values(value) : [])
        this.compareTexts(step(path, key), part, depth + 1);
      this.compareTexts(step(path, key), value, depth + 1);
    }
  }

  private compareOne(path: string, key: string, one: unknown, other: unknown, depth: number): void {
    if (Array.isArray(one) || Array.isArray(other)) return this.compareLists(path, key, one, other, depth);
    this.compare(step(path, key), one, other, depth + 1);
  }

  private compareMaps(path: string, one: unknown, other: unknown, depth: number): void {
    const [old, fresh] = [membersOf(one), membersOf(other)];
    for (const name of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
      this.compare(step(path, name), memberOf(old, name), memberOf(fresh, name), depth + 1);
    }
  }

  private compareLists(path: string, key: string, one: unknown, other: unknown, depth: number): void {
    const [old, fresh] = [listOf(one), listOf(other)];
    for (let index = 0; index < Math.min(old.length, fresh.length); index += 1) {
      this.compare(step(path, key, index), old[index], fresh[index], depth + 1);
    }
    if (old.length === fresh.length) return;
    const more = fresh.length > old.length;
    const isChoice = key === 'anyOf' || key === 'oneOf';
    // One more of those of which one has to fit lets more through; of those that all have to, less.
    const breaks = (more === isChoice) === (this.direction === 'output');
    const severity = breaks || (isChoice && old.length === 0) ? 'breaking' : 'notable';
    this.say(
      more ? 'variant_added' : 'variant_removed',
      step(path, key),
      severity,
      `${key} has ${fresh.length} parts, not ${old.length}.`,
    );
  }

  /** Words that this library does not know: that they are others is all there is to say. */
  private compareOthers(path: string, before: JsonObject, after: JsonObject): void {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const [was, is] = [memberOf(before, key), memberOf(after, key)];
      if (KNOWN.has(key) || stableJson(was) === stableJson(is)) continue;
      this.say('keyword_changed', step(path, key), 'notable', `${show(key)} is another one.`, was, is);
    }
  }

  /** A reference is what it refers to; a schema may also be yes or no. */
  private toSchema(schema: unknown, root: unknown): JsonObject {
    let current = schema;
    const followed = new Set<string>();
    for (let reference = localReference(current); reference !== undefined; reference = localReference(current)) {
      if (followed.has(reference)) return {};
      followed.add(reference);
      const { $ref: _reference, ...beside } = current as JsonObject;
      const target = resolve(root, reference);
      if (!isObject(target)) return { ...beside, $ref: reference };
      current = { ...target, ...beside };
    }
    if (current === false) return { not: {} };
    return isObject(current) ? current : {};
  }

  private giveUp(path: string, one: unknown, other: unknown): void {
    if (this.found.some(({ kind }) => kind === 'not_compared') || isSameText(one, other)) return;
    this.say('not_compared', path, 'notable', 'The schema is too large or too deep to say all that changed.');
  }

  private say(
    kind: string,
    path: string,
    severity: Change['severity'],
    message: string,
    before?: unknown,
    after?: unknown,
  ) {
    this.found.push({
      kind,
      path,
      severity,
      message,
      ...(before !== undefined && { before: showValue(before) }),
      ...(after !== undefined && { after: showValue(after) }),
    });
  }
}

function isSameText(one: unknown, other: unknown): boolean {
  try {
    return JSON.stringify(one) === JSON.stringify(other);
  } catch {
    // Deeper than a text can be made of.
    return false;
  }
}

function resolve(root: unknown, reference: string): unknown {
  let current = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    const key = decode(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current)) current = current[Number(key)] as unknown;
    else if (isObject(current)) current = memberOf(current, key);
    else return undefined;
  }
  return current;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const show = (name: string): string => showValue(name).slice(0, 100);
const membersOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const namesOf = (value: unknown): ReadonlySet<string> =>
  new Set(listOf(value).filter((item): item is string => typeof item === 'string'));
