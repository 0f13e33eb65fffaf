import type { Checker } from './check.js';
import { isLiteral, isObject, isReference } from './json.js';
import { type Shape, type ShapeOf, WRAPPER } from './shape.js';
import type { Path } from './verdict.js';

const LOOKS_LIKE_JSON = /^\s*(?:[{["]|null\s*$)/;

type Parsed = { ok: true; value: unknown } | { ok: false };

function parse(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false };
  }
}

/** The model's values as the tool's, and back. Makes no judgement: what fits nowhere stays as it is. */
export class Translator {
  constructor(private readonly checker: Checker) {}

  decode(shape: Shape, value: unknown): unknown {
    if (isReference(value)) return value;
    if (isLiteral(value)) return { $literal: unmarked(this.decode(shape, value.$literal)) };
    switch (shape.kind) {
      case 'object':
        return this.decodeObject(shape, this.unstring(shape, value));
      case 'array':
        return this.decodeArray(shape, this.unstring(shape, value));
      case 'union':
        return this.decodeUnion(shape, value);
      case 'text':
        return typeof value === 'string' ? this.readText(shape, value, parse(value)) : value;
      case 'any':
        return typeof value === 'string' && LOOKS_LIKE_JSON.test(value)
          ? this.readText(shape, value, parse(value))
          : value;
      case 'choice':
        return typeof value === 'string' && shape.byText.has(value) ? asItIs(shape.byText.get(value)) : value;
      case 'wrapped':
        return isObject(value) && Object.hasOwn(value, WRAPPER) ? this.decode(shape.inner, value[WRAPPER]) : undefined;
      case 'plain':
      case 'never':
        return value;
      default:
        return shape satisfies never;
    }
  }

  /** The value as a model would send it; undefined where it cannot be said in this dialect. */
  encode(shape: Shape, value: unknown): { value: unknown } | undefined {
    if (isReference(value)) return { value };
    switch (shape.kind) {
      case 'object':
        return isObject(value) ? this.encodeObject(shape, value) : { value };
      case 'array':
        return Array.isArray(value) ? this.encodeArray(shape, value) : { value };
      case 'union': {
        const option = shape.options.find(({ accepts }) => this.checker.check(accepts, value).verdict === 'yes');
        return option && this.encode(option, value);
      }
      case 'text':
        return { value: JSON.stringify(value) };
      case 'any':
        return { value: writeAny(value) };
      case 'choice': {
        const meant = JSON.stringify(isLiteral(value) ? value.$literal : value);
        return { value: [...shape.byText].find(([, own]) => JSON.stringify(own) === meant)?.[0] ?? value };
      }
      case 'wrapped': {
        const inner = this.encode(shape.inner, value);
        return inner && { value: { [WRAPPER]: inner.value } };
      }
      case 'plain':
        return { value };
      case 'never':
        return undefined;
      default:
        return shape satisfies never;
    }
  }

  /** Some models send objects and lists as a string of JSON, whatever they were told. */
  private unstring(shape: Shape, value: unknown): unknown {
    if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
    const parsed = parse(value);
    return parsed.ok && this.checker.check(shape.accepts, value).verdict === 'no' ? parsed.value : value;
  }

  private readText(shape: Shape, raw: string, parsed: Parsed): unknown {
    if (!parsed.ok) return raw;
    return this.checker.check(shape.accepts, parsed.value).verdict === 'no' &&
      this.checker.check(shape.accepts, raw).verdict !== 'no'
      ? raw
      : parsed.value;
  }

  private decodeObject({ members, rest }: ShapeOf<'object'>, value: unknown): unknown {
    if (!isObject(value)) return value;
    const byGiven = new Map(members.map((member) => [member.given, member]));
    const byName = new Map(members.map((member) => [member.name, member]));
    const decoded = new Map<string, unknown>();
    for (const [key, inner] of Object.entries(value)) {
      const member = byGiven.get(key) ?? byName.get(key);
      if (!member) {
        decoded.set(key, rest ? this.decode(rest, inner) : inner);
        continue;
      }
      if (member.given !== key && Object.hasOwn(value, member.given)) continue;
      if (inner === null && !member.required && this.refusesNull(member.shape)) continue;
      decoded.set(member.name, this.decode(member.shape, inner));
    }
    const entries = Object.fromEntries(decoded);
    // A property that is really called so: not a reference.
    const [only] = decoded.keys();
    const isTaken = decoded.size === 1 && (only === '$ref' || only === '$literal') && !Object.hasOwn(value, only);
    return isTaken ? { $literal: mapMembers(entries, unmarked) } : entries;
  }

  /** For many models `null` is how to leave something out. */
  private refusesNull({ accepts }: Shape): boolean {
    return this.checker.check(accepts, null).verdict === 'no';
  }

  private decodeArray({ first, rest }: ShapeOf<'array'>, value: unknown): unknown {
    if (!Array.isArray(value)) return value;
    return value.map((item: unknown, index) => {
      const shape = first[index] ?? rest;
      return shape ? this.decode(shape, item) : item;
    });
  }

  private decodeUnion({ options }: ShapeOf<'union'>, value: unknown): unknown {
    let possible: { value: unknown } | undefined;
    for (const option of options) {
      const decoded = this.decode(option, value);
      const { verdict } = this.checker.check(option.accepts, decoded);
      if (verdict === 'yes') return decoded;
      if (verdict === 'maybe') possible ??= { value: decoded };
    }
    if (possible) return possible.value;
    const likely = options.find(
      ({ kind }) => (kind === 'object' && isObject(value)) || (kind === 'array' && Array.isArray(value)),
    );
    return likely ? this.decode(likely, value) : value;
  }

  private encodeObject({ members, rest }: ShapeOf<'object'>, value: Record<string, unknown>) {
    const byName = new Map(members.map((member) => [member.name, member]));
    const given = new Set(members.map((member) => member.given));
    const entries: [string, unknown][] = [];
    for (const [key, inner] of Object.entries(value)) {
      const member = byName.get(key);
      if (!member && given.has(key)) return undefined;
      const shape = member?.shape ?? rest;
      const encoded = shape ? this.encode(shape, inner) : { value: inner };
      if (!encoded) return undefined;
      entries.push([member?.given ?? key, encoded.value]);
    }
    return { value: Object.fromEntries(entries) };
  }

  private encodeArray({ first, rest }: ShapeOf<'array'>, value: readonly unknown[]) {
    const items = value.map((item, index) => {
      const shape = first[index] ?? rest;
      return shape ? this.encode(shape, item) : { value: item };
    });
    const encoded = items.filter((item) => item !== undefined);
    return encoded.length === items.length ? { value: encoded.map((item) => item.value) } : undefined;
  }
}

/** A choice of the tool's own is never a reference, whatever it looks like. */
const asItIs = (choice: unknown): unknown => (isReference(choice) || isLiteral(choice) ? { $literal: choice } : choice);

const mapMembers = (value: Record<string, unknown>, map: (inner: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, map(inner)]));

/** Within what is marked as a whole no mark of ours is left. */
function unmarked(value: unknown): unknown {
  if (isLiteral(value)) return value.$literal;
  if (Array.isArray(value)) return value.map(unmarked);
  return isObject(value) ? mapMembers(value, unmarked) : value;
}

function writeAny(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' && !LOOKS_LIKE_JSON.test(value) ? value : JSON.stringify(value);
}

/** The place in the tool's arguments as the model knows it. */
export function toModelPath(shape: Shape | undefined, path: Path): string[] {
  const [key, ...rest] = path;
  if (key === undefined) return [];
  if (shape?.kind === 'wrapped') return [WRAPPER, ...toModelPath(shape.inner, path)];
  if (shape?.kind === 'union') {
    const knowing = shape.options.find(
      (option) => option.kind === 'object' && option.members.some(({ name }) => name === key),
    );
    return toModelPath(knowing ?? shape.options.find(({ kind }) => kind === 'array'), path);
  }
  if (shape?.kind === 'array') return [key, ...toModelPath(shape.first[Number(key)] ?? shape.rest, rest)];
  if (shape?.kind !== 'object') return [...path];
  const member = shape.members.find(({ name }) => name === key);
  return [member?.given ?? key, ...toModelPath(member?.shape ?? shape.rest, rest)];
}
