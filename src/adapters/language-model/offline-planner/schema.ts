/** A JSON Schema (2020-12 or older) as far as the planner reads it. Anything else in it is ignored. */
export interface Schema {
  type: string | undefined;
  properties: Map<string, unknown>;
  required: ReadonlySet<string>;
  items: unknown;
  enum: readonly unknown[] | undefined;
  constant: { value: unknown } | undefined;
  default: { value: unknown } | undefined;
  format: string | undefined;
  description: string;
  minimum: number | undefined;
  maximum: number | undefined;
  minLength: number | undefined;
}

const MOST_REFERENCES = 8;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads one schema; follows local `$ref`s of `root`, and of alternatives takes the first that is not null. */
export function readSchema(raw: unknown, root: unknown): Schema {
  const node = resolve(raw, root);
  const type = typeOf(node);
  return {
    type,
    properties: new Map(isRecord(node.properties) ? Object.entries(node.properties) : []),
    required: new Set(Array.isArray(node.required) ? node.required.filter((name) => typeof name === 'string') : []),
    items: node.items,
    enum: Array.isArray(node.enum) ? (node.enum as unknown[]) : undefined,
    constant: 'const' in node ? { value: node.const } : undefined,
    default: 'default' in node ? { value: node.default } : undefined,
    format: textOf(node.format),
    description: textOf(node.description) ?? '',
    minimum: numberOf(node.minimum),
    maximum: numberOf(node.maximum),
    minLength: numberOf(node.minLength),
  };
}

function resolve(raw: unknown, root: unknown): Record<string, unknown> {
  let node = isRecord(raw) ? raw : {};
  for (let step = 0; step < MOST_REFERENCES; step += 1) {
    const target = typeof node.$ref === 'string' ? atPointer(root, node.$ref) : firstAlternative(node);
    if (!isRecord(target)) return node;
    const { $ref: _ref, anyOf: _anyOf, oneOf: _oneOf, ...rest } = node;
    node = { ...target, ...rest };
  }
  return node;
}

function firstAlternative(node: Record<string, unknown>): unknown {
  if ('type' in node || 'properties' in node) return undefined;
  const alternatives = Array.isArray(node.anyOf) ? node.anyOf : Array.isArray(node.oneOf) ? node.oneOf : [];
  return (alternatives as unknown[]).find((one) => isRecord(one) && one.type !== 'null');
}

function atPointer(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  return reference
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (isRecord(at) && Object.hasOwn(at, part) ? at[part] : undefined), root);
}

function typeOf(node: Record<string, unknown>): string | undefined {
  const types = (Array.isArray(node.type) ? node.type : [node.type]) as unknown[];
  const named = types.find((type) => typeof type === 'string' && type !== 'null');
  if (typeof named === 'string') return named;
  if (isRecord(node.properties)) return 'object';
  const [first] = Array.isArray(node.enum) ? (node.enum as unknown[]) : [];
  return typeof first === 'string' || typeof first === 'number' ? typeof first : undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
