import type { DialectRules } from './dialects.js';
import { Expander, type Expansion, isStructural } from './expansion.js';
import { type Amount, type Context, type ShapeBuilder } from './shape-builder.js';
import { type Facts, gather } from './facts.js';
import { isObject, type JsonSchema, JSON_TYPES, type JsonType, typeOf } from './json.js';
import { buildObject } from './members.js';
import type { NoteCode, Notes } from './notes.js';
import { type Scalar, declareChoices, declareNumber, declareString } from './scalars.js';
import type { SchemaDocument } from './schema-document.js';
import type { Shape } from './shape.js';
import { buildArray } from './items.js';
import { shorten, show, showInvisible } from './text.js';
import { describe, unite } from './unite.js';
import { alternationInWords, anythingInWords, type Saying } from './words.js';

/** More schemas than a declaration may have. */
export class TooLarge extends Error {}

const MOST_BRANCHES = 60;

/** Shapes of values, each from all the schemas that apply to it. */
export class Builder implements ShapeBuilder {
  readonly expander: Expander;
  private built = 0;

  constructor(
    document: SchemaDocument,
    readonly rules: DialectRules,
    readonly amount: Amount,
    readonly notes: Notes,
  ) {
    this.expander = new Expander(document, notes);
  }

  /** @throws TooLarge */
  build(schemas: readonly unknown[], context: Context): Shape {
    if (++this.built > this.rules.maxSchemas) throw new TooLarge();
    const found = this.expander.expand(schemas, context);
    const inner = { ...context, trail: [...context.trail, ...found.entered] };
    const facts = gather(found.hard);
    if (found.never) return { kind: 'never', declared: {}, accepts: schemas };
    if (found.isCut) return this.cut(schemas, found, facts, context.path);

    const structural = found.alternations.filter(isStructural);
    const [first, ...others] = structural.sort((a, b) => a.branches.length - b.branches.length);
    const sayings = [
      ...found.alternations.filter((alternation) => !isStructural(alternation)).map(alternationInWords),
      ...others.map(alternationInWords),
      ...anythingInWords(found.hard),
    ];
    const softly = { ...found, soft: [...found.soft, ...others.flatMap(({ branches }) => branches)] };
    if (!first) return this.finish(this.single(schemas, softly, facts, inner), facts, sayings, context.path);

    if (first.keyword === 'oneOf')
      this.note(
        context.path,
        'EXACTLY_ONE_NOT_SHOWN',
        '“oneOf” is shown as “anyOf”; that exactly one form fits is checked before the call.',
      );
    const forms = first.branches.filter((branch) => !isObject(branch) || branch.type !== 'null').length;
    const chosen = new Set([...context.chosen, first.branches]);
    const options = first.branches
      .slice(0, MOST_BRANCHES)
      .map((branch) =>
        this.build([...schemas, branch], { ...inner, chosen, depth: context.depth + (forms > 1 ? 1 : 0) }),
      );
    return this.finish(this.unite(options, schemas, context), facts, sayings, context.path, 'united');
  }

  note(path: string, code: NoteCode, message: string): void {
    this.notes.add(path === '' ? '/' : path, code, message);
  }

  unite(options: readonly Shape[], schemas: readonly unknown[], { path, depth }: Context): Shape {
    const united = unite(options, schemas, this.rules);
    if (!united.ok) {
      const why = `${united.options} different forms are too many for a model: it is asked for JSON text.`;
      this.note(path, 'UNION_TOO_WIDE', `${why} Offer fewer, or several tools.`);
      return this.asText(schemas, undefined);
    }
    if (united.shape.declared.anyOf === undefined || depth <= this.amount.depth) return united.shape;
    this.noteDepth(path);
    return this.asText(schemas, undefined);
  }

  /** What is nested too deeply, or without end, is asked for as JSON text. */
  asText(schemas: readonly unknown[], hint: JsonSchema | undefined): Shape {
    const form = hint && shorten(showInvisible(JSON.stringify(hint)), Math.min(500, this.amount.words));
    const description = form ? `JSON text. It must fit the JSON Schema ${form}` : 'JSON text.';
    return { kind: 'text', declared: { type: 'string', description }, accepts: schemas };
  }

  /** A container this deep, or undefined where there is still room. */
  tooDeep(schemas: readonly unknown[], hard: readonly JsonSchema[], { depth, path }: Context): Shape | undefined {
    if (depth <= this.amount.depth) return undefined;
    this.noteDepth(path);
    return this.asText(schemas, hard.length === 1 ? hard[0] : undefined);
  }

  private noteDepth(path: string): void {
    const why = `Nested deeper than ${this.amount.depth} levels: models are asked for JSON text here.`;
    this.note(path, 'NESTED_AS_TEXT', `${why} A flatter form would be filled in better.`);
  }

  private cut(schemas: readonly unknown[], { hard }: Expansion, facts: Facts, path: string): Shape {
    this.note(
      path,
      'RECURSION_CUT',
      'The definition contains itself: models see it twice and are asked for JSON text below.',
    );
    const text = this.asText(schemas, undefined);
    const again = { ...text, declared: { type: 'string', description: 'JSON text of the same form as above.' } };
    return this.finish(again, facts, [...anythingInWords(hard)], path);
  }

  private single(schemas: readonly unknown[], found: Expansion, facts: Facts, context: Context): Shape {
    if (facts.choices) return this.choices(schemas, facts.choices, context);
    const types = facts.types ? JSON_TYPES.filter((type) => facts.types?.has(type)) : undefined;
    if (!types) return this.anyValue(schemas, context);
    const wanted = types.includes('number') ? types.filter((type) => type !== 'integer') : types;
    const deeper =
      wanted.filter((type) => type !== 'null').length > 1 ? { ...context, depth: context.depth + 1 } : context;
    return this.unite(
      wanted.map((type) => this.typed(type, schemas, found, facts, deeper)),
      schemas,
      context,
    );
  }

  private typed(type: JsonType, schemas: readonly unknown[], found: Expansion, facts: Facts, context: Context): Shape {
    // Each form is known by its type, so that it is told apart from the others.
    const accepts = [...schemas, { type }];
    switch (type) {
      case 'object':
        return buildObject(this, accepts, found, facts, context);
      case 'array':
        return buildArray(this, accepts, found, facts, context);
      case 'string':
        return this.scalar(declareString(facts, this.rules), accepts, context.path);
      case 'integer':
      case 'number':
        return this.scalar(declareNumber(type, facts, this.rules), accepts, context.path);
      case 'boolean':
      case 'null':
        return { kind: 'plain', declared: { type }, accepts };
      default:
        return type satisfies never;
    }
  }

  private scalar({ declared, sayings }: Scalar, accepts: readonly unknown[], path: string): Shape {
    return this.say({ kind: 'plain', declared, accepts }, undefined, sayings, path);
  }

  private anyValue(schemas: readonly unknown[], { path, depth }: Context): Shape {
    this.note(path, 'ANY_VALUE', 'Nothing says what this value is: give it a type, so that models need not guess.');
    if (this.rules.takesAnyValue) return { kind: 'plain', declared: {}, accepts: schemas };
    if (depth > this.amount.depth) return this.asText(schemas, undefined);
    const text = { type: 'string', description: 'Objects, lists and null as JSON text.' };
    return { kind: 'any', declared: { anyOf: [text, { type: 'number' }, { type: 'boolean' }] }, accepts: schemas };
  }

  private choices(schemas: readonly unknown[], values: readonly unknown[], context: Context): Shape {
    const of = (type: JsonType) => values.filter((value) => typeOf(value) === type);
    const limits = { ...this.rules, maxChoices: Math.min(this.rules.maxChoices, this.amount.choices) };
    const numbers = [...of('integer'), ...of('number')] as number[];
    const texts = of('string') as string[];
    const options: Shape[] = [];
    if (texts.length > 0)
      options.push(
        this.scalar(declareChoices('string', texts, limits), [...schemas, { type: 'string' }], context.path),
      );
    if (numbers.length > 0) {
      const type = of('number').length > 0 ? 'number' : 'integer';
      options.push(this.scalar(declareChoices(type, numbers, limits), [...schemas, { type: 'number' }], context.path));
    }
    const flags = of('boolean');
    if (flags.length > 0) {
      const only = flags.length === 1 ? { description: `Always ${String(flags[0])}.` } : {};
      options.push({
        kind: 'plain',
        declared: { type: 'boolean', ...only },
        accepts: [...schemas, { type: 'boolean' }],
      });
    }
    if (of('null').length > 0)
      options.push({ kind: 'plain', declared: { type: 'null' }, accepts: [...schemas, { type: 'null' }] });
    const complex = [...of('object'), ...of('array')];
    if (complex.length > 0) options.push(this.complexChoices(schemas, complex, context.path));
    return this.unite(options, schemas, context);
  }

  private complexChoices(schemas: readonly unknown[], values: readonly unknown[], path: string): Shape {
    this.note(
      path,
      'CHOICE_AS_TEXT',
      'Choices that are objects or lists are offered as their JSON text; names for them would serve models better.',
    );
    const byText = new Map(values.map((value) => [JSON.stringify(value), value]));
    const { declared } = declareChoices('string', [...byText.keys()], {
      ...this.rules,
      maxChoices: this.amount.choices,
    });
    if (declared.enum === undefined) return this.asText(schemas, { enum: values.slice(0, 5) });
    return { kind: 'choice', declared, accepts: [...schemas, { type: ['object', 'array'] }], byText };
  }

  private finish(shape: Shape, facts: Facts, sayings: readonly Saying[], path: string, how?: 'united'): Shape {
    const defaults = facts.defaults.slice(0, 1).map((value) => `Default: ${show(value)}.`);
    // A form's own description stays with the form.
    const isTold = how === 'united' && shape.kind !== 'union' && shape.declared.description === facts.description;
    return this.say(shape, isTold ? undefined : facts.description, sayings, path, defaults);
  }

  say(
    shape: Shape,
    description: string | undefined,
    sayings: readonly Saying[],
    path: string,
    more: readonly string[] = [],
  ): Shape {
    if (shape.kind === 'never') return shape;
    for (const { code, why } of sayings) this.note(path, code, why);
    const words = [this.read(description, path), ...sayings.map((saying) => saying.words), ...more];
    const text = shorten(words.filter(Boolean).join(' '), this.amount.words);
    return { ...shape, declared: describe(shape.declared, this.amount.words > 0 ? text : undefined, this.rules) };
  }

  private read(description: string | undefined, path: string): string {
    if (description === undefined) return '';
    const visible = showInvisible(description.trim());
    if (visible !== description.trim())
      this.note(
        path,
        'INVISIBLE_CHARACTERS',
        'The description holds characters that people cannot see; models are shown their codes.',
      );
    if (visible.length > this.amount.words)
      this.note(
        path,
        'DESCRIPTION_SHORTENED',
        `The description has ${visible.length} characters; models are shown the first ${this.amount.words}.`,
      );
    return visible.length > 0 && !/[.!?:…]$/.test(visible) ? `${visible}.` : visible;
  }
}
