import { isObject, type JsonSchema, own } from './json.js';

const MAX_NODES = 50_000;
const DRAFT_WITHOUT_NUMBER = 2020;

export type Target = { found: true; schema: unknown } | { found: false; why: 'remote' | 'missing' };

/**
 * One schema document and the way to the parts that its references name: JSON Pointers, `$anchor`, `$id` (JSON Schema
 * 2020-12, section 8.2). Never looks outside of the document.
 */
export class SchemaDocument {
  /** 2020 where `$schema` does not say. */
  readonly draft: number;
  private readonly resources = new Map<string, JsonSchema>();
  private readonly anchors = new Map<JsonSchema, Map<string, JsonSchema>>();
  private readonly resourceOf = new Map<object, JsonSchema>();

  constructor(readonly root: JsonSchema) {
    const named = typeof root.$schema === 'string' ? /draft-0([3-7])/.exec(root.$schema) : undefined;
    this.draft = named ? Number(named[1]) : DRAFT_WITHOUT_NUMBER;
    this.index();
  }

  /** What a `$ref` within `from` points to. */
  resolve(from: JsonSchema, reference: string): Target {
    const [address = '', fragment = ''] = reference.split('#', 2);
    const base = this.resourceOf.get(from) ?? this.root;
    const resource = address === '' ? base : this.resources.get(trim(address));
    if (!resource) return { found: false, why: 'remote' };
    if (fragment === '') return { found: true, schema: resource };
    const schema = fragment.startsWith('/')
      ? walk(resource, fragment)
      : this.anchors.get(resource)?.get(decode(fragment));
    return schema === undefined ? { found: false, why: 'missing' } : { found: true, schema };
  }

  private index(): void {
    const open: { value: unknown; resource: JsonSchema }[] = [{ value: this.root, resource: this.root }];
    for (let seen = 0; open.length > 0 && seen < MAX_NODES; seen++) {
      const next = open.pop();
      if (!next || typeof next.value !== 'object' || next.value === null) continue;
      const { value } = next;
      const resource = isObject(value) ? this.enter(value, next.resource) : next.resource;
      for (const inner of Object.values(value)) open.push({ value: inner, resource });
    }
  }

  private enter(schema: JsonSchema, outer: JsonSchema): JsonSchema {
    const id = own(schema, '$id');
    const isResource = typeof id === 'string' && !id.startsWith('#');
    const resource = isResource ? schema : outer;
    if (isResource && !this.resources.has(trim(id))) this.resources.set(trim(id), schema);
    this.resourceOf.set(schema, resource);
    const names = [
      own(schema, '$anchor'),
      own(schema, '$dynamicAnchor'),
      typeof id === 'string' && id.startsWith('#') && id.slice(1),
    ];
    for (const name of names) {
      if (typeof name !== 'string') continue;
      const known = this.anchors.get(resource) ?? new Map<string, JsonSchema>();
      if (!known.has(name)) known.set(name, schema);
      this.anchors.set(resource, known);
    }
    return resource;
  }
}

const trim = (address: string): string => address.replace(/#$/, '');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function walk(from: unknown, pointer: string): unknown {
  let value = from;
  for (const token of decode(pointer).split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = /^(0|[1-9]\d*)$/.test(key) ? (value as unknown[])[Number(key)] : undefined;
    else value = isObject(value) ? own(value, key) : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}
