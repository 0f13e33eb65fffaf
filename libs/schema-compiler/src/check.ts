import { checkArray, checkObject, type Visit } from './check-members.js';
import { ownFaults } from './check-scalars.js';
import { isLiteral, isObject, isReference, isShallow, type JsonSchema, own, stringsOf } from './json.js';
import { patternsOf } from './pattern-properties.js';
import type { SchemaDocument } from './schema-document.js';
import { show } from './text.js';
import { all, both, type Fault, MAYBE, no, type Path, type Result, saw, type Verdict, YES } from './verdict.js';

const MAX_STEPS = 200_000;
const MAX_DEPTH = 100;

const ENTRIES_A_STEP = 20;

/** Too much to look at. */
class Exhausted extends Error {}

export interface Checked {
  verdict: Verdict;
  faults: Fault[];
}

/**
 * Whether a value is what a schema takes (drafts 4 to 2020-12), where references to results of other calls may stand
 * for anything. Ends after a bounded number of steps; keywords that are malformed say nothing.
 */
export class Checker {
  private steps = 0;
  private readonly lengths = new WeakMap<JsonSchema, number>();
  /** Inside a value that is marked as it is, in which nothing is a reference. */
  private isAsItIs = false;
  /** By schema and place: branches that meet again in one definition are looked at once. */
  private known = new Map<JsonSchema, Map<string, { value: unknown; result: Result }>>();

  constructor(private readonly document: SchemaDocument) {}

  check(schemas: readonly unknown[], value: unknown): Checked {
    if (!isShallow(value, MAX_DEPTH)) return no([], `is nested too deeply: at most ${MAX_DEPTH} levels`);
    this.steps = 0;
    this.isAsItIs = false;
    try {
      return all(schemas.map((schema) => this.visit(schema, value, [], [])));
    } catch (error) {
      // Definitions that name one another may go deeper than the stack.
      if (error instanceof Exhausted || error instanceof RangeError)
        return no([], 'is too large to be checked; send less in one call');
      throw error;
    } finally {
      this.known = new Map();
    }
  }

  /** What is gone through for this value: each list and table of the schema, and for each name all patterns. */
  private weigh(schema: JsonSchema, value: unknown): number {
    const length = this.lengths.get(schema) ?? lengthOf(schema);
    this.lengths.set(schema, length);
    const patterns = patternsOf(schema).length;
    const tested = patterns > 0 && isObject(value) ? patterns * Object.keys(value).length : 0;
    return Math.floor((length + tested) / ENTRIES_A_STEP);
  }

  /** `entered`: schemas already in force for this very value, so that references in a circle end. */
  private visit(schema: unknown, given: unknown, path: Path, entered: readonly JsonSchema[]): Result {
    if (++this.steps > MAX_STEPS) throw new Exhausted();
    if (schema === false) return no(path, 'must be left out');
    if (!isObject(schema) || entered.includes(schema)) return YES;
    this.steps += this.weigh(schema, given);
    if (!this.isAsItIs && isReference(given)) return MAYBE;
    const place = path.join('\n');
    const known = this.known.get(schema) ?? new Map<string, { value: unknown; result: Result }>();
    const before = known.get(place);
    if (before && before.value === given) return before.result;
    const isMarked = !this.isAsItIs && isLiteral(given);
    if (isMarked) this.isAsItIs = true;
    const result = this.judge(schema, isMarked ? given.$literal : given, path, entered);
    if (isMarked) this.isAsItIs = false;
    this.known.set(schema, known.set(place, { value: given, result }));
    return result;
  }

  private judge(schema: JsonSchema, value: unknown, path: Path, entered: readonly JsonSchema[]): Result {
    const here = [...entered, schema];
    const result = all([
      ...ownFaults(schema, value).map((message) => no(path, message)),
      this.referred(schema, value, path, here),
      this.combined(schema, value, path, here),
      this.conditional(schema, value, path, here),
    ]);
    const visit: Visit = (inner, item, at, same) => this.visit(inner, item, at, same === 'same' ? here : []);
    if (Array.isArray(value)) return checkArray(schema, value, path, result, visit);
    return isObject(value) ? checkObject(schema, value, path, result, visit) : result;
  }

  private referred(schema: JsonSchema, value: unknown, path: Path, here: readonly JsonSchema[]): Result {
    const references = [own(schema, '$ref'), own(schema, '$dynamicRef'), own(schema, '$recursiveRef')];
    return all(
      references.map((reference) => {
        if (typeof reference !== 'string') return YES;
        const target = this.document.resolve(schema, reference);
        return target.found ? this.visit(target.schema, value, path, here) : YES;
      }),
    );
  }

  private combined(schema: JsonSchema, value: unknown, path: Path, here: readonly JsonSchema[]): Result {
    const of = (keyword: string): Result[] | undefined => {
      const branches = own(schema, keyword);
      if (!Array.isArray(branches)) return undefined;
      return branches.map((branch) => this.visit(branch, value, path, here));
    };
    const refused = own(schema, 'not');
    const results = [...(of('allOf') ?? [])];
    const some = of('anyOf');
    if (some) results.push(anyOf(some, value, path));
    const one = of('oneOf');
    if (one) results.push(oneOf(one, value, path));
    if (refused !== undefined && (isObject(refused) || typeof refused === 'boolean')) {
      const { verdict } = this.visit(refused, value, path, here);
      if (verdict === 'yes') results.push(no(path, `must not fit ${show(refused)}`));
      if (verdict === 'maybe') results.push(MAYBE);
    }
    return all(results);
  }

  private conditional(schema: JsonSchema, value: unknown, path: Path, here: readonly JsonSchema[]): Result {
    const condition = own(schema, 'if');
    const results: Result[] = [];
    if (condition !== undefined) {
      const asked = this.visit(condition, value, path, here);
      const then = () => this.visit(own(schema, 'then') ?? true, value, path, here);
      const otherwise = () => this.visit(own(schema, 'else') ?? true, value, path, here);
      if (asked.verdict === 'yes') results.push(saw(asked.seen), then());
      if (asked.verdict === 'no') results.push(otherwise());
      if (asked.verdict === 'maybe') results.push(anyOf([then(), otherwise()], value, path), MAYBE);
    }
    if (isObject(value)) results.push(...this.dependent(schema, value, path, here));
    return all(results);
  }

  private dependent(
    schema: JsonSchema,
    value: Record<string, unknown>,
    path: Path,
    here: readonly JsonSchema[],
  ): Result[] {
    const tables = [own(schema, 'dependentSchemas'), own(schema, 'dependentRequired'), own(schema, 'dependencies')];
    return tables.filter(isObject).flatMap((table) =>
      Object.entries(table)
        .filter(([name]) => Object.hasOwn(value, name))
        .map(([name, then]) => {
          if (!Array.isArray(then)) return this.visit(then, value, path, here);
          const missing = stringsOf(then).filter((other) => !Object.hasOwn(value, other));
          return all(missing.map((other) => no([...path, other], `is required together with ${show(name)}`)));
        }),
    );
  }
}

const lengthOf = (schema: JsonSchema): number =>
  Object.values(schema).reduce<number>(
    (sum, inner) => sum + (typeof inner === 'object' && inner !== null ? Object.keys(inner).length : 0),
    0,
  );

/** What the branches that hold have looked at counts as looked at. */
const seenByFitting = (results: readonly Result[]): Result =>
  all(results.filter(({ verdict }) => verdict !== 'no').map(({ seen }) => saw(seen)));

/** The branch that says the least and the furthest from the top is the one that was meant. */
function closest(results: readonly Result[]): Result | undefined {
  const depth = ({ faults }: Result) => Math.max(...faults.map(({ path }) => path.length));
  return [...results].sort((a, b) => depth(b) - depth(a) || a.faults.length - b.faults.length)[0];
}

function anyOf(results: readonly Result[], _value: unknown, path: Path): Result {
  const seen = seenByFitting(results);
  if (results.some(({ verdict }) => verdict === 'yes')) return seen;
  if (results.some(({ verdict }) => verdict === 'maybe')) return both(seen, MAYBE);
  const nearest = closest(results);
  if (results.length === 1 && nearest) return nearest;
  const fault = no(path, `fits none of the ${results.length} forms that are possible here`);
  return { ...fault, faults: [...fault.faults, ...(nearest?.faults.slice(0, 3) ?? [])] };
}

function oneOf(results: readonly Result[], value: unknown, path: Path): Result {
  const sure = results.filter(({ verdict }) => verdict === 'yes').length;
  if (sure > 1) return no(path, `fits ${sure} of the forms that are possible here, and must fit exactly one`);
  const possible = results.some(({ verdict }) => verdict === 'maybe');
  return sure === 1 && possible ? both(seenByFitting(results), MAYBE) : anyOf(results, value, path);
}
