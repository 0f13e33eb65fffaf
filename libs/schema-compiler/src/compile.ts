import { Builder, TooLarge } from './builder.js';
import { Checker } from './check.js';
import { type Dialect, type DialectRules, RULES } from './dialects.js';
import { isObject, isShallow, type JsonSchema } from './json.js';
import { type Compatibility, Notes } from './notes.js';
import { buildRoot } from './root.js';
import { type Amount, type Context } from './shape-builder.js';
import { SchemaDocument } from './schema-document.js';
import type { Shape } from './shape.js';
import { toModelPath, Translator } from './translate.js';

export interface ArgumentProblem {
  /** JSON Pointer (RFC 6901) into the arguments as the model sent them; empty for all of them. */
  path: string;
  message: string;
}

export type Decoded = { ok: true; arguments: unknown } | { ok: false; problems: ArgumentProblem[] };

export interface CompiledTool {
  /** What is declared to the model: within the rules of its dialect, an object at the top. */
  parameters: JsonSchema;
  compatibility: Compatibility;
  /**
   * The model's arguments as what the original schema takes. References (`{"$ref": "<key>#/…"}`) stay wherever they
   * are, and stand for anything.
   */
  decode(args: unknown): Decoded;
  /** Arguments as a model would send them; undefined where that cannot be said in this dialect. */
  encode(args: unknown): unknown;
}

const MAX_SCHEMA_BYTES = 1_000_000;
const MAX_SCHEMA_DEPTH = 300;
const MAX_SCHEMA_VALUES = 20_000;
const MAX_PROBLEMS = 10;
const OPEN: JsonSchema = { type: 'object', properties: {}, additionalProperties: true };

const DEPTHS = [7, 5, 3, 2, 1];

/** From all there is to the least that still helps: fewer words before less of the form. */
function* amounts({ maxDepth, maxChoices }: DialectRules): Generator<Amount> {
  const full = { depth: maxDepth, words: 1_000, members: 500, choices: maxChoices };
  yield full;
  yield { ...full, words: 200, choices: 100 };
  yield { ...full, words: 60, choices: 30 };
  for (const depth of DEPTHS) if (depth < maxDepth) yield { ...full, depth, words: 200, choices: 100 };
  for (const members of [300, 100, 40]) yield { depth: 1, words: 60, members, choices: 30 };
}

function buildShape(schema: JsonSchema, document: SchemaDocument, rules: DialectRules): { shape: Shape; notes: Notes } {
  let tooDeep = Infinity;
  for (const amount of amounts(rules)) {
    if (amount.depth >= tooDeep && amount.members >= 500) continue;
    const notes = new Notes();
    const builder = new Builder(document, rules, amount, notes);
    const context: Context = { path: '', trail: [schema], chosen: new Set(), depth: 1 };
    try {
      const shape = buildRoot(builder, schema, context);
      if (JSON.stringify(shape.declared).length <= rules.maxBytes) return { shape, notes };
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      // Fewer words make no fewer schemas.
      tooDeep = amount.depth;
    }
  }
  const notes = new Notes();
  notes.add(
    '/',
    'SCHEMA_TOO_LARGE',
    'The schema is too large to be shown to models at all: arguments are asked for without it.',
  );
  return { shape: { kind: 'plain', declared: OPEN, accepts: [schema] }, notes };
}

/** Within bounds of size, depth and number, so that reading it takes bounded work. */
const isReadable = (schema: JsonSchema): boolean =>
  isShallow(schema, MAX_SCHEMA_DEPTH, MAX_SCHEMA_VALUES) && JSON.stringify(schema).length <= MAX_SCHEMA_BYTES;

/**
 * Makes any tool's input schema acceptable to a model's vendor, and its arguments acceptable to the tool.
 * Pure and bounded: never throws, whatever the schema is; the same schema gives the same declaration.
 */
export function compileTool(inputSchema: unknown, dialect: Dialect): CompiledTool {
  const given = isObject(inputSchema) ? inputSchema : {};
  const readable = isReadable(given);
  const schema = readable ? given : {};
  const document = new SchemaDocument(schema);
  const checker = new Checker(document);
  const translator = new Translator(checker);
  const { shape, notes } = buildShape(schema, document, RULES[dialect]);
  if (!readable)
    notes.add(
      '/',
      'SCHEMA_TOO_LARGE',
      'The schema is too large or too deep to be read: models are told nothing of it.',
    );
  if (Object.keys(given).length === 0)
    notes.add('/', 'SCHEMA_MISSING', 'There is no schema: models do not know which arguments there are.');
  return {
    parameters: shape.declared,
    compatibility: notes.compatibility(),
    decode: (args) => decode(args, { schema, shape, checker, translator }),
    encode: (args) => translator.encode(shape, args)?.value,
  };
}

const MAX_ARGUMENT_DEPTH = 100;

interface Parts {
  schema: JsonSchema;
  shape: Shape;
  checker: Checker;
  translator: Translator;
}

function decode(args: unknown, { schema, shape, checker, translator }: Parts): Decoded {
  if (!isShallow(args, MAX_ARGUMENT_DEPTH))
    return { ok: false, problems: [{ path: '', message: 'is too large, or nested too deeply' }] };
  const value = translator.decode(shape, args ?? {});
  const { verdict, faults } = checker.check([schema], value);
  if (verdict !== 'no') return { ok: true, arguments: value };
  const problems = faults.slice(0, MAX_PROBLEMS).map(({ path, message }) => ({
    path: toModelPath(shape, path)
      .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join(''),
    message,
  }));
  return { ok: false, problems };
}
