import type { Context, ShapeBuilder } from './shape-builder.js';
import type { Expansion } from './expansion.js';
import type { Facts } from './facts.js';
import { isObject, type JsonSchema, own } from './json.js';
import { patternsOf } from './pattern-properties.js';
import { IMPOSSIBLE_NAME, nameProperties } from './property-names.js';
import type { Member, Shape } from './shape.js';
import { listWords, show } from './text.js';
import { describe } from './unite.js';
import { objectInWords } from './words.js';

const MOST_NAMES = 10_000;
const MOST_SOFT = 60;
/** More could not be shown one by one. */
const MOST_PATTERNS = 30;

const propertiesOf = (schema: JsonSchema): Record<string, unknown> =>
  isObject(own(schema, 'properties')) ? (schema.properties as Record<string, unknown>) : {};

/** All that a schema says of the member of this name; `undefined` where that is nothing. */
function sayOf(schema: JsonSchema, name: string): unknown[] {
  const known = own(propertiesOf(schema), name);
  const matching = patternsOf(schema).filter(([pattern]) => pattern?.test(name));
  const said = [...(known === undefined ? [] : [known]), ...matching.map(([, inner]) => inner)];
  const rest = own(schema, 'additionalProperties');
  return said.length === 0 && rest !== undefined ? [rest] : said;
}

/** Schemas of branches that may apply, each with all that applies with it. */
function softSchemas(builder: ShapeBuilder, { soft }: Expansion, context: Context): JsonSchema[][] {
  const open = soft.filter(isObject).map((schema) => [schema] as unknown[]);
  const found: JsonSchema[][] = [];
  while (open.length > 0 && found.length < MOST_SOFT) {
    const next = open.shift() ?? [];
    const { hard, alternations, soft: more } = builder.expander.expand(next, { ...context, chosen: new Set() });
    found.push(hard);
    open.push(
      ...alternations.flatMap(({ branches }) => branches.map((branch) => [branch])),
      ...more.map((one) => [one]),
    );
  }
  return found;
}

export function buildObject(
  builder: ShapeBuilder,
  accepts: readonly unknown[],
  found: Expansion,
  facts: Facts,
  context: Context,
): Shape {
  const { hard } = found;
  const deep = builder.tooDeep(accepts, hard, context);
  if (deep) return deep;
  const soft = softSchemas(builder, found, context);
  const firm = new Set([...hard.flatMap((schema) => Object.keys(propertiesOf(schema))), ...facts.required]);
  const loose = soft.flat().flatMap((schema) => Object.keys(propertiesOf(schema)));
  const names = choose(builder, [...new Set([...firm, ...loose])], facts.required, context.path);
  const given = nameProperties(names, builder.rules.propertyName);
  const members = names.flatMap((name): Member[] => {
    const inner = enter(context, name);
    const shape = buildMember(builder, name, { hard, soft, isFirm: firm.has(name) }, inner);
    const required = facts.required.has(name);
    if (shape.kind === 'never') {
      if (firm.has(name) && (required || hard.some((schema) => own(propertiesOf(schema), name) !== false)))
        builder.note(inner.path, 'NEVER_POSSIBLE', 'No value fits here, so it is not offered to models.');
      return [];
    }
    return [renamed(builder, { name, given: given.get(name) ?? name, required, shape }, inner.path)];
  });
  const rest = buildRest(builder, hard, context);
  const shape: Shape = {
    kind: 'object',
    declared: declare(members, rest),
    accepts,
    members,
    rest: rest === false ? undefined : rest,
  };
  return builder.say(shape, undefined, [...objectInWords(hard)], context.path);
}

const enter = (context: Context, name: string): Context => ({
  path: `${context.path}/${name.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`,
  trail: context.trail,
  chosen: new Set(),
  depth: context.depth + 1,
});

/** Required ones first where there are more than a declaration may have. */
function choose(builder: ShapeBuilder, all: readonly string[], required: ReadonlySet<string>, path: string): string[] {
  const names = all.slice(0, MOST_NAMES).filter((name) => name !== IMPOSSIBLE_NAME);
  if (all.includes(IMPOSSIBLE_NAME))
    builder.note(
      path,
      'NAME_IMPOSSIBLE',
      `A property called ${IMPOSSIBLE_NAME} cannot be sent safely; it is not offered to models.`,
    );
  const { members } = builder.amount;
  if (names.length <= members) return names;
  const urgent = names.filter((name) => required.has(name));
  const kept = new Set([...urgent, ...names.filter((name) => !required.has(name))].slice(0, members));
  builder.note(
    path,
    'PROPERTIES_LEFT_OUT',
    `Of ${all.length} properties models are shown ${members}, the required ones first. Offer several smaller tools.`,
  );
  return names.filter((name) => kept.has(name));
}

interface Sources {
  hard: readonly JsonSchema[];
  soft: readonly JsonSchema[][];
  isFirm: boolean;
}

function buildMember(builder: ShapeBuilder, name: string, { hard, soft, isFirm }: Sources, inner: Context): Shape {
  const said = hard.flatMap((schema) => sayOf(schema, name));
  const isRefused = said.includes(false);
  const said_ = said.filter((schema) => schema !== true);
  const firmly = said_.length > 0 && hard.some((schema) => Object.hasOwn(propertiesOf(schema), name));
  if (firmly || isRefused) return builder.build(said, inner);
  const maybe = soft
    .map((schemas) =>
      schemas.flatMap((schema) => (Object.hasOwn(propertiesOf(schema), name) ? [propertiesOf(schema)[name]] : [])),
    )
    .filter((schemas) => schemas.length > 0 && !schemas.includes(false));
  const meaning = maybe.filter((schemas) =>
    schemas.some((schema) => isObject(schema) && Object.keys(schema).length > 0),
  );
  if (meaning.length === 0)
    return isFirm || maybe.length > 0 ? builder.build(said, inner) : { kind: 'never', declared: {}, accepts: [false] };
  if (meaning.length === 1) return builder.build([...said, ...(meaning[0] ?? [])], inner);
  const options = meaning.map((schemas) => builder.build([...said, ...schemas], { ...inner, depth: inner.depth + 1 }));
  return builder.unite(options, said, inner);
}

function renamed(builder: ShapeBuilder, member: Member, path: string): Member {
  const { name, given, shape } = member;
  if (name === given) return member;
  builder.note(
    path,
    'PROPERTY_RENAMED',
    `Models know this property as ${show(given)}: its own name is not one that this vendor takes.`,
  );
  const words = builder.amount.words > 0 ? `(The tool calls this ${show(name)}.)` : undefined;
  return { ...member, shape: { ...shape, declared: describe(shape.declared, words, builder.rules) } };
}

/** Members without a name of their own; undefined where nothing is said of them. */
function buildRest(builder: ShapeBuilder, hard: readonly JsonSchema[], context: Context): Shape | false | undefined {
  const inner: Context = { ...enter(context, '*') };
  const rests = hard.map((schema) => own(schema, 'additionalProperties') ?? own(schema, 'unevaluatedProperties'));
  const patterns = hard.flatMap((schema) => patternsOf(schema).slice(0, MOST_PATTERNS));
  const named = hard.flatMap((schema) =>
    isObject(own(schema, 'patternProperties')) ? Object.keys(schema.patternProperties as JsonSchema) : [],
  );
  if (patterns.length > 0) {
    const options = patterns.map(([, inner_]) =>
      builder.build([inner_], { ...inner, depth: inner.depth + (patterns.length > 1 ? 1 : 0) }),
    );
    const shape = builder.unite(options, [true], inner);
    builder.note(
      inner.path,
      'PATTERN_IN_WORDS',
      'Names by pattern (patternProperties) are told in words and checked before the call.',
    );
    if (shape.kind === 'never') return false;
    return {
      ...shape,
      declared: describe(shape.declared, `Names match ${listWords(named.map(show), 5)}.`, builder.rules),
    };
  }
  if (rests.includes(false)) return false;
  const said = rests.filter(isObject);
  return said.length > 0 ? builder.build(said, inner) : undefined;
}

function declare(members: readonly Member[], rest: Shape | false | undefined): JsonSchema {
  const required = members.filter((member) => member.required).map((member) => member.given);
  const properties = Object.fromEntries(members.map(({ given, shape }) => [given, shape.declared]));
  const closed = rest === false || rest?.kind === 'never';
  const additional = closed ? false : rest ? rest.declared : members.length === 0 ? true : undefined;
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    ...(additional !== undefined && { additionalProperties: additional }),
  };
}
