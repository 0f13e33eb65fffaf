import type { Context, ShapeBuilder } from './shape-builder.js';
import { type Alternation, type Expansion, isStructural } from './expansion.js';
import { allows, gather } from './facts.js';
import { isObject, type JsonSchema, stringsOf, own } from './json.js';
import { buildObject } from './members.js';
import { type Shape, WRAPPER } from './shape.js';
import { listWords } from './text.js';
import { alternationInWords, anythingInWords, formInWords, type Saying } from './words.js';

/** Arguments are a plain object for every vendor: unions at the top become one object with all of their properties. */
export function buildRoot(builder: ShapeBuilder, schema: JsonSchema, context: Context): Shape {
  const found = builder.expander.expand([schema], context);
  const facts = gather(found.hard);
  const forms = found.alternations.filter(isStructural);
  const objectForms = forms.map((alternation) => readForms(builder, alternation, context));
  const isObjectless = found.never || !allows(facts, 'object') || objectForms.some(({ length }) => length === 0);
  if (isObjectless) return wrap(builder, schema, context);
  const required = new Set([...facts.required, ...objectForms.flatMap(requiredInAll)]);
  const flat: Expansion = { ...found, soft: [...found.soft, ...forms.flatMap(({ branches }) => branches)] };
  const inner = { ...context, trail: [...context.trail, ...found.entered] };
  const shape = buildObject(builder, [schema], flat, { ...facts, required }, inner);
  const sayings: Saying[] = [
    ...found.alternations.filter((alternation) => !isStructural(alternation)).map(alternationInWords),
    ...objectForms.map((branches, index) => flattened(branches, forms[index]?.keyword)),
    ...anythingInWords(found.hard),
  ];
  return builder.say(shape, facts.description, sayings, context.path);
}

function readForms(builder: ShapeBuilder, { branches }: Alternation, context: Context): Expansion[] {
  return branches
    .filter((branch) => branch !== false)
    .map((branch) => builder.expander.expand([branch], { ...context, chosen: new Set() }))
    .filter(({ hard, never }) => !never && allows(gather(hard), 'object'));
}

function requiredInAll(forms: readonly Expansion[]): string[] {
  const sets = forms.map(({ hard }) => new Set(hard.flatMap((schema) => stringsOf(own(schema, 'required')))));
  return [...(sets[0] ?? [])].filter((name) => sets.every((set) => set.has(name)));
}

function flattened(forms: readonly Expansion[], keyword: string | undefined): Saying {
  const told = forms.map(({ hard }) => formInWords(hard)).filter((form) => form !== undefined);
  const words =
    told.length > 0 ? `One of these forms: ${listWords(told, 12)}.` : 'Only some combinations are possible.';
  return {
    words,
    code: 'UNION_FLATTENED',
    why: `“${keyword ?? 'anyOf'}” at the top is not taken by vendors: its forms are shown as one object and told in words. Separate tools, or one property that holds the union, would be clearer.`,
  };
}

/** No object fits: MCP can send nothing else, so this is for the score and for the caller to say. */
function wrap(builder: ShapeBuilder, schema: JsonSchema, context: Context): Shape {
  builder.note(
    '',
    'ROOT_NOT_OBJECT',
    'Arguments of a tool are an object (MCP, tools/call), and this schema takes none.',
  );
  const inner = builder.build([schema], { ...context, path: `/${WRAPPER}`, depth: context.depth + 1 });
  const declared = {
    type: 'object',
    properties: { [WRAPPER]: isObject(inner.declared) && inner.kind !== 'never' ? inner.declared : { type: 'string' } },
    required: [WRAPPER],
  };
  return { kind: 'wrapped', declared, accepts: [schema], inner };
}
