import { Ajv2020 } from 'ajv/dist/2020.js';

/**
 * What the vendors refuse with a 400, written from their documents and from reports of refused requests, apart from the
 * compiler: scripted servers and tests judge declarations by it.
 */
export interface Declaration {
  name: string;
  description?: string | undefined;
  parameters: unknown;
}

export type Vendor = 'gemini' | 'openai' | 'anthropic';

type Node = Record<string, unknown>;

interface Limits {
  functions?: number;
  functionName: RegExp;
  propertyName: RegExp;
  depth: number;
  properties: number;
  bytes: number;
  keywords?: ReadonlySet<string>;
  formats?: ReadonlySet<string>;
  choiceTypes?: readonly string[];
}

const LIMITS: Readonly<Record<Vendor, Limits>> = {
  gemini: {
    functions: 512,
    functionName: /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/,
    propertyName: /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
    depth: 5,
    properties: 1_000,
    bytes: 40_000,
    keywords: new Set(
      'type format title description enum items prefixItems minItems maxItems minimum maximum anyOf properties additionalProperties required propertyOrdering'.split(
        ' ',
      ),
    ),
    formats: new Set(['date-time', 'date', 'time']),
    choiceTypes: ['string', 'integer', 'number'],
  },
  openai: {
    functions: 128,
    functionName: /^[a-zA-Z0-9_-]{1,64}$/,
    propertyName: /^[a-zA-Z0-9_.-]{1,64}$/,
    depth: 10,
    properties: 5_000,
    bytes: 100_000,
  },
  anthropic: {
    functionName: /^[a-zA-Z0-9_-]{1,64}$/,
    propertyName: /^[a-zA-Z0-9_.-]{1,64}$/,
    depth: 12,
    properties: 5_000,
    bytes: 100_000,
  },
};

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const ajv = new Ajv2020({ strict: false, logger: false });
const INVISIBLE = /(?![\n\r\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;
const LOOKAROUND = /\(\?(?:=|!|<=|<!)/;
const TOO_MANY_CHOICES = 1_000;

/** Why the vendor would answer 400; empty when it takes the declarations. */
export function refusals(vendor: Vendor, declarations: readonly Declaration[]): string[] {
  const names = declarations.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const most = LIMITS[vendor].functions ?? Infinity;
  return [
    ...(names.length > most ? [`Invalid 'tools': array too long, at most ${most}`] : []),
    ...twice.map((name) => `Duplicate function declaration found: ${name}`),
    ...declarations.flatMap((declaration, index) =>
      judge(vendor, declaration).map((reason) => `tools[${index}] ${declaration.name}: ${reason}`),
    ),
  ];
}

function judge(vendor: Vendor, { name, description, parameters }: Declaration): string[] {
  const limits = LIMITS[vendor];
  const found: string[] = [];
  if (!limits.functionName.test(name)) found.push('invalid function name');
  if (description !== undefined && INVISIBLE.test(description)) found.push('a description with invisible characters');
  if (vendor === 'openai' && (description?.length ?? 0) > 1_024) found.push('description: string too long');
  if (!isNode(parameters)) return [...found, 'parameters must be an object'];
  if (parameters.type !== 'object') found.push(`schema must have type 'object', got ${String(parameters.type)}`);
  if (!isNode(parameters.properties)) found.push('object schema missing properties');
  for (const word of ['anyOf', 'oneOf', 'allOf', 'not', 'enum', '$ref'])
    if (word in parameters) found.push(`${word} at the top level`);
  if (!ajv.validateSchema(parameters)) found.push(`not JSON Schema draft 2020-12: ${ajv.errorsText()}`);
  const bytes = JSON.stringify(parameters).length;
  if (bytes > limits.bytes) found.push(`${bytes} bytes are too many states for serving`);
  const counted = { properties: 0, choices: 0 };
  walk(parameters, '', 1, limits, found, counted);
  if (counted.properties > limits.properties) found.push(`${counted.properties} properties`);
  if (counted.choices > TOO_MANY_CHOICES * 5) found.push(`${counted.choices} choices`);
  return found;
}

function walk(
  node: unknown,
  at: string,
  depth: number,
  limits: Limits,
  found: string[],
  counted: { properties: number; choices: number },
): void {
  if (typeof node === 'boolean' && at.endsWith('/additionalProperties')) return;
  if (!isNode(node)) return void found.push(`${at} is no schema`);
  const isContainer = [node.type].flat().some((type) => type === 'object' || type === 'array') || 'anyOf' in node;
  if (isContainer && depth > limits.depth) found.push(`${at} exceeds the maximum allowed nesting depth`);
  for (const word of Object.keys(node))
    if (limits.keywords && !limits.keywords.has(word)) found.push(`${at} Unknown name "${word}"`);
  if (typeof node.description === 'string' && INVISIBLE.test(node.description)) found.push(`${at} hides characters`);
  if (limits.formats && typeof node.format === 'string' && !limits.formats.has(node.format))
    found.push(`${at} format ${node.format} is not supported`);
  if (typeof node.pattern === 'string' && LOOKAROUND.test(node.pattern)) found.push(`${at} regex lookaround`);
  if ([node.type].flat().includes('array') && !isNode(node.items)) found.push(`${at} array schema missing items`);
  judgeChoices(node, at, limits, found, counted);
  const inside = depth + (isContainer ? 1 : 0);
  const next = (inner: unknown, place: string) => walk(inner, `${at}/${place}`, inside, limits, found, counted);
  if ('properties' in node) judgeProperties(node, at, limits, found, counted, next);
  for (const word of ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'])
    if (word in node) next(node[word], word);
  for (const word of ['anyOf', 'oneOf', 'allOf', 'prefixItems'])
    if (Array.isArray(node[word])) node[word].forEach((inner, index) => next(inner, `${word}/${index}`));
  if (limits.keywords && 'anyOf' in node && Object.keys(node).length > 1)
    found.push(`${at} specified other fields alongside any_of`);
}

function judgeProperties(
  node: Node,
  at: string,
  { propertyName }: Limits,
  found: string[],
  counted: { properties: number },
  next: (inner: unknown, place: string) => void,
): void {
  const properties = isNode(node.properties) ? node.properties : {};
  for (const [name, inner] of Object.entries(properties)) {
    counted.properties++;
    if (!propertyName.test(name))
      found.push(`${at} Property keys should match pattern ${propertyName.source}: ${name}`);
    next(inner, name);
  }
  for (const name of Array.isArray(node.required) ? node.required : [])
    if (!Object.hasOwn(properties, String(name))) found.push(`${at} required: property ${String(name)} is not defined`);
}

function judgeChoices(
  node: Node,
  at: string,
  { choiceTypes }: Limits,
  found: string[],
  counted: { choices: number },
): void {
  if (!Array.isArray(node.enum)) return;
  counted.choices += node.enum.length;
  if (node.enum.length === 0) found.push(`${at} enum is empty`);
  if (node.enum.length > TOO_MANY_CHOICES) found.push(`${at} enum has ${node.enum.length} values`);
  if (!choiceTypes) return;
  if (!choiceTypes.includes(String(node.type))) found.push(`${at} enum: only allowed for strings and numbers`);
  if (node.enum.includes('')) found.push(`${at} enum: cannot be empty`);
}
