import type { ModelTool } from '../../../core/agent/language-model.port.js';
import { coerce, parseJson } from './coerce.js';
import {
  enumValues,
  flagValue,
  isIdentifier,
  isNamed,
  isPlace,
  numberBeside,
  periodFor,
  textAfterMarker,
} from './find-values.js';
import { isRecord, readSchema, type Schema } from './schema.js';
import type { Clause, Found } from './text-values.js';
import { freeText, properNoun } from './free-text.js';
import { sameName } from './words.js';

export interface Filled {
  args: Record<string, unknown>;
  /** Required properties without a value. */
  missing: string[];
  /** What the text says but the schema does not allow, in words. */
  problems: string[];
  used: Set<Found>;
}

interface Property {
  name: string;
  raw: unknown;
  schema: Schema;
  required: boolean;
}

/** `goal`: what the person asked for; `source`: a lookup on the way to it. */
export type Part = 'goal' | 'source';

/**
 * Everything that the text says outright about a tool's arguments. Nothing is guessed; what is not said stays out.
 * `taken` has the values that belong to another call already.
 */
export function fillArguments(tool: ModelTool, clause: Clause, taken: ReadonlySet<Found>, part: Part): Filled {
  const root = tool.inputSchema;
  const { properties, required } = readSchema(root, root);
  const all = [...properties].map(([name, raw]): Property => ({
    name,
    raw,
    schema: readSchema(raw, root),
    required: required.has(name),
  }));
  const filler = new Filler(tool, clause, taken, part);
  for (const property of all) filler.explicit(property);
  const byNeed = [...all.filter((one) => one.required), ...all.filter((one) => !one.required)];
  for (const property of byNeed) filler.named(property);
  for (const property of byNeed) filler.byType(property);
  filler.leftoverNumbers(all);
  return filler.result(all);
}

/** Gives the words that are left to the one required text that has no value yet. */
export function fillFreeText(tool: ModelTool, clause: Clause, filled: Filled): Filled {
  const root = tool.inputSchema;
  const { properties } = readSchema(root, root);
  let args = filled.args;
  const missing = [...filled.missing];
  for (const name of filled.missing) {
    const schema = readSchema(properties.get(name), root);
    const isText = schema.type === 'string' && !schema.enum && !schema.format && !isIdentifier(name);
    const isTexts = schema.type === 'array' && readSchema(schema.items, root).type === 'string';
    if (!isText && !isTexts) continue;
    const rest = freeText(tool, clause, filled.used);
    if (rest !== undefined) {
      const parts = () => rest.split(/\s*,\s*|\s+and\s+/).filter((part) => part !== '');
      args = { ...args, [name]: isText ? rest : parts() };
      missing.splice(missing.indexOf(name), 1);
    }
    break;
  }
  return { ...filled, args, missing };
}

class Filler {
  private readonly args: Record<string, unknown> = {};
  private readonly problems: string[] = [];
  private readonly used = new Set<Found>();

  constructor(
    private readonly tool: ModelTool,
    private readonly clause: Clause,
    private readonly taken: ReadonlySet<Found>,
    private readonly part: Part,
  ) {}

  /** `key=value` and JSON in the text. */
  explicit({ name, raw }: Property): void {
    for (const found of this.free('pair')) {
      if (found.key !== undefined && sameName(found.key, name)) {
        this.put(name, coerce(found.text, raw, this.tool.inputSchema), found);
      }
    }
    for (const found of this.free('json')) {
      const object = parseJson(found.text, isRecord);
      if (object && Object.hasOwn(object, name)) this.put(name, object[name]);
    }
  }

  /** Values that stand beside the property's own name, or that only this property allows. */
  named({ name, schema, required }: Property): void {
    if (this.has(name)) return;
    if (schema.constant && required) return this.put(name, schema.constant.value);
    const { text } = this.clause;
    if (schema.enum) return this.enumerated(name, schema.enum, 'one');
    if (schema.type === 'array') {
      const allowed = readSchema(schema.items, this.tool.inputSchema).enum;
      if (allowed) this.enumerated(name, allowed, 'all');
      return;
    }
    if (schema.type === 'boolean') {
      const flag = flagValue(text, name);
      if (flag !== undefined) this.put(name, flag);
      return;
    }
    if (schema.type === 'number' || schema.type === 'integer') {
      const period = periodFor(this.clause, name, schema);
      const beside = numberBeside(text, this.free('number'), name);
      if (period?.amount !== undefined) this.putNumber(name, period.amount, schema, period.found);
      else if (beside?.amount !== undefined) this.putNumber(name, beside.amount, schema, beside);
      return;
    }
    if (schema.type === 'string' && !schema.format) {
      const marked = textAfterMarker(this.clause, this.free('quoted'), name);
      if (marked) this.put(name, marked.text, marked.found);
    }
  }

  /** Values whose form tells what they are: addresses, dates, identifiers, quoted texts, names after a preposition. */
  byType({ name, schema, required }: Property): void {
    if (this.has(name) || schema.type !== 'string' || schema.enum) return;
    const kind = kindOf(name, schema);
    if (kind) {
      const [first] = this.free(kind);
      if (first) this.put(name, first.text, first);
      if (first || kind !== 'identifier') return;
    }
    if (!required) return;
    const [first] = this.free('quoted');
    if (first) return this.put(name, first.text, first);
    const place = isPlace(name) || (this.part === 'source' && isNamed(name)) ? properNoun(this.clause) : undefined;
    if (place !== undefined) this.put(name, place);
  }

  /**
   * Numbers nobody has claimed: in order to what is required, then to required identifiers, then to optional numbers
   * if exactly as many are open.
   */
  leftoverNumbers(all: Property[]): void {
    const open = all.filter(({ schema }) => !schema.enum && /^(number|integer)$/.test(schema.type ?? ''));
    this.giveNumbers(open.filter(({ required }) => required));
    this.numberList(all);
    for (const { name, schema, required } of all) {
      const [first] = this.free('number');
      const isOpen = required && !this.has(name) && schema.type === 'string' && !schema.enum && isIdentifier(name);
      if (isOpen && first) this.put(name, first.text, first);
    }
    const optional = open.filter(({ name, required }) => !required && !this.has(name));
    const isWhole = !open.some(({ name, required }) => required && !this.has(name));
    if (isWhole && optional.length === this.free('number').length) this.giveNumbers(optional);
  }

  private giveNumbers(receivers: Property[]): void {
    const numbers = this.free('number');
    receivers
      .filter(({ name }) => !this.has(name))
      .forEach(({ name, schema }, index) => {
        const found = numbers[index];
        if (found?.amount !== undefined) this.putNumber(name, found.amount, schema, found);
      });
  }

  result(all: Property[]): Filled {
    for (const { name, schema, required } of all) {
      if (required && !this.has(name) && schema.default) this.put(name, schema.default.value);
    }
    const missing = all.filter(({ name, required }) => required && !this.has(name)).map(({ name }) => name);
    return { args: this.args, missing, problems: this.problems, used: this.used };
  }

  private numberList(all: Property[]): void {
    const numbers = this.free('number');
    const list = all.find(({ name, schema, required }) => {
      const itemType = readSchema(schema.items, this.tool.inputSchema).type ?? '';
      return required && !this.has(name) && schema.type === 'array' && /^(number|integer)$/.test(itemType);
    });
    if (!list || numbers.length === 0) return;
    this.put(
      list.name,
      numbers.map(({ amount }) => amount),
    );
    for (const found of numbers) this.used.add(found);
  }

  private enumerated(name: string, allowed: readonly unknown[], how: 'one' | 'all'): void {
    const values = enumValues(this.clause.text, allowed);
    if (values.length === 0) return;
    this.put(name, how === 'all' ? values : values[0]);
  }

  private putNumber(name: string, value: number, schema: Schema, found: Found): void {
    this.used.add(found);
    const { minimum = -Infinity, maximum = Infinity } = schema;
    if (schema.type === 'integer' && !Number.isInteger(value))
      this.problems.push(`\`${name}\` takes a whole number, not ${value}`);
    else if (value < minimum) this.problems.push(`\`${name}\` is at least ${minimum}, not ${value}`);
    else if (value > maximum) this.problems.push(`\`${name}\` is at most ${maximum}, not ${value}`);
    else this.put(name, value);
  }

  private put(name: string, value: unknown, found?: Found): void {
    // defineProperty: a property called `__proto__` must stay data.
    Object.defineProperty(this.args, name, { value, enumerable: true, configurable: true, writable: true });
    if (found) this.used.add(found);
  }

  private has(name: string): boolean {
    return Object.hasOwn(this.args, name);
  }

  private free(kind: Found['kind']): Found[] {
    return this.clause.found.filter((one) => one.kind === kind && !this.used.has(one) && !this.taken.has(one));
  }
}

function kindOf(name: string, schema: Schema): Found['kind'] | undefined {
  if (schema.format === 'email' || /e-?mail/i.test(name)) return 'email';
  if (schema.format === 'uri' || schema.format === 'url' || /ur[il]$/i.test(name)) return 'url';
  if (schema.format === 'date' || schema.format === 'date-time') return 'date';
  if (isIdentifier(name)) return 'identifier';
  return undefined;
}
