import type { Change } from './changes.js';
import { isObject, type JsonObject, stableJson, step } from './json.js';
import { showValue } from './texts.js';

/** Which way the values go: what breaks a caller who sends may be fine for one who receives. */
export type Direction = 'input' | 'output';

const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties', 'minContains'] as const;
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties', 'maxContains'] as const;
/** Of which another value is neither more nor less. */
const PLAIN = ['pattern', 'multipleOf', 'format', 'contentEncoding', 'contentMediaType'] as const;

/** Keywords that `diffScalars` has seen to. */
export const SCALAR_KEYWORDS: ReadonlySet<string> = new Set([
  ...LOWER,
  ...UPPER,
  ...PLAIN,
  'type',
  'enum',
  'const',
  'default',
  'uniqueItems',
]);

/** What one schema says of values themselves, without those below it. */
export function diffScalars(path: string, before: JsonObject, after: JsonObject, direction: Direction): Change[] {
  const scene = { path, before, after, direction };
  return [
    ...diffTypes(scene),
    ...diffEnums(scene),
    ...LOWER.flatMap((key) => diffBound(scene, key, 1)),
    ...UPPER.flatMap((key) => diffBound(scene, key, -1)),
    ...PLAIN.flatMap((key) => diffPlain(scene, key)),
    ...diffUnique(scene),
    ...diffDefault(scene),
  ];
}

interface Scene {
  path: string;
  before: JsonObject;
  after: JsonObject;
  direction: Direction;
}

type Way = 'narrower' | 'wider' | 'other';

function tell({ path, before, after, direction }: Scene, key: string, kind: string, way: Way, what: string): Change {
  const breaks = way === 'other' || way === (direction === 'input' ? 'narrower' : 'wider');
  const does = { narrower: 'takes less', wider: 'takes more', other: 'is another one' } as const;
  return {
    kind,
    path: step(path, key),
    severity: breaks ? 'breaking' : 'notable',
    message: `${what} ${does[way]} now.`,
    before: showValue(before[key]),
    after: showValue(after[key]),
  };
}

const ALL_TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

const nameOf = (type: unknown): string => (typeof type === 'string' ? type : stableJson(type));

function typesOf({ type }: JsonObject): Set<string> {
  if (type === undefined) return new Set(ALL_TYPES);
  const types = new Set((Array.isArray(type) ? type : [type]).map(nameOf));
  if (types.has('number')) types.add('integer');
  return types;
}

function diffTypes(scene: Scene): Change[] {
  const { before, after } = scene;
  if (stableJson(before.type) === stableJson(after.type)) return [];
  const way = wayOf(typesOf(before), typesOf(after));
  return way === undefined
    ? []
    : [tell(scene, 'type', way === 'wider' ? 'type_widened' : 'type_changed', way, 'The type')];
}

function choicesOf(schema: JsonObject): Set<string> | undefined {
  if (Object.hasOwn(schema, 'const')) return new Set([stableJson(schema.const)]);
  return Array.isArray(schema.enum) ? new Set(schema.enum.map((item) => stableJson(item))) : undefined;
}

function diffEnums(scene: Scene): Change[] {
  const { before, after } = scene;
  const [old, fresh] = [choicesOf(before), choicesOf(after)];
  const key = Object.hasOwn(after, 'const') || (!fresh && Object.hasOwn(before, 'const')) ? 'const' : 'enum';
  const what = 'The list of values';
  if (!old && !fresh) return [];
  if (!old) return [tell(scene, key, `${key}_added`, 'narrower', what)];
  if (!fresh) return [tell(scene, key, `${key}_removed`, 'wider', what)];
  const way = wayOf(old, fresh);
  if (way === undefined) return [];
  const kind = { narrower: `${key}_narrowed`, wider: `${key}_widened`, other: `${key}_changed` }[way];
  return [tell(scene, key, kind, way, what)];
}

function wayOf(old: ReadonlySet<string>, fresh: ReadonlySet<string>): Way | undefined {
  const loses = [...old].some((item) => !fresh.has(item));
  const gains = [...fresh].some((item) => !old.has(item));
  if (loses && gains) return 'other';
  if (loses) return 'narrower';
  return gains ? 'wider' : undefined;
}

function diffBound(scene: Scene, key: string, sign: 1 | -1): Change[] {
  const [old, fresh] = [scene.before[key], scene.after[key]];
  if (stableJson(old) === stableJson(fresh)) return [];
  const worth = (value: unknown) => (typeof value === 'number' ? value * sign : -Infinity);
  if (worth(old) === worth(fresh)) return [tell(scene, key, 'bound_changed', 'other', `The limit ${key}`)];
  const tightened = worth(fresh) > worth(old);
  return [
    tell(
      scene,
      key,
      tightened ? 'bound_tightened' : 'bound_loosened',
      tightened ? 'narrower' : 'wider',
      `The limit ${key}`,
    ),
  ];
}

function diffPlain(scene: Scene, key: string): Change[] {
  const [old, fresh] = [scene.before[key], scene.after[key]];
  if (stableJson(old) === stableJson(fresh)) return [];
  const way = whichOf(old, fresh);
  return [tell(scene, key, `${key.toLowerCase()}_changed`, way, `The rule ${key}`)];
}

function whichOf(old: unknown, fresh: unknown): Way {
  if (old === undefined) return 'narrower';
  return fresh === undefined ? 'wider' : 'other';
}

function diffUnique(scene: Scene): Change[] {
  const [old, fresh] = [scene.before.uniqueItems === true, scene.after.uniqueItems === true];
  if (old === fresh) return [];
  return [tell(scene, 'uniqueItems', 'unique_changed', fresh ? 'narrower' : 'wider', 'The list')];
}

/** What a call without the argument means. */
function diffDefault({ path, before, after }: Scene): Change[] {
  if (stableJson(before.default) === stableJson(after.default)) return [];
  const both = before.default !== undefined && after.default !== undefined;
  return [
    {
      kind: 'default_changed',
      path: step(path, 'default'),
      severity: both ? 'risky' : 'notable',
      message: 'What a call without this argument means is another value now.',
      before: showValue(before.default),
      after: showValue(after.default),
    },
  ];
}

/** Refers to somewhere in the same document. */
export const localReference = (schema: unknown): string | undefined =>
  isObject(schema) && typeof schema.$ref === 'string' && schema.$ref.startsWith('#') ? schema.$ref : undefined;
