import type { Alternation } from './expansion.js';
import type { Facts } from './facts.js';
import { isCount, isObject, type JsonSchema, own, stringsOf } from './json.js';
import type { NoteCode } from './notes.js';
import { listWords, show } from './text.js';

/** What no declaration can show, told to the model in its description. */
export interface Saying {
  words: string;
  code: NoteCode;
  /** For the author of the server. */
  why: string;
}

const conditional = (words: string, what: string): Saying => ({
  words,
  code: 'CONDITION_IN_WORDS',
  why: `Models are not shown ${what}; it is told in words and checked before the call.`,
});

const limit = (words: string, what: string): Saying => ({
  words,
  code: 'LIMIT_IN_WORDS',
  why: `${what} is told in words and checked before the call.`,
});

/** Sets of properties of which some must be there. */
export function alternationInWords({ keyword, branches }: Alternation): Saying {
  const sets = branches.map((branch) => (isObject(branch) ? stringsOf(own(branch, 'required')).join(' and ') : ''));
  const named = [...new Set(sets.filter((set) => set !== ''))];
  const how = keyword === 'oneOf' ? 'exactly one' : 'at least one';
  return conditional(
    named.length > 0 ? `Give ${how} of: ${listWords(named)}.` : 'Only some combinations are possible.',
    `which properties go together (${keyword})`,
  );
}

/** One form of several at the top, e.g. `{kind: "circle", radius, label?}`. */
export function formInWords(schemas: readonly JsonSchema[]): string | undefined {
  const required = new Set(schemas.flatMap((schema) => stringsOf(own(schema, 'required'))));
  const properties = new Map(
    schemas.flatMap((schema) =>
      isObject(own(schema, 'properties')) ? Object.entries(schema.properties as JsonSchema) : [],
    ),
  );
  const names = [...new Set([...required, ...properties.keys()])];
  if (names.length === 0) return undefined;
  const parts = names.map((name) => {
    const schema = properties.get(name);
    if (isObject(schema) && Object.hasOwn(schema, 'const')) return `${name}: ${show(schema.const)}`;
    return required.has(name) ? name : `${name}?`;
  });
  return `{${listWords(parts, 12)}}`;
}

export function* objectInWords(schemas: readonly JsonSchema[]): Generator<Saying> {
  for (const schema of schemas) {
    const { minProperties, maxProperties, propertyNames } = schema;
    if (isCount(minProperties) && minProperties > 0)
      yield limit(`At least ${minProperties} members.`, 'The number of members');
    if (isCount(maxProperties)) yield limit(`At most ${maxProperties} members.`, 'The number of members');
    if (isObject(propertyNames)) yield limit(`Names of members must fit ${show(propertyNames)}.`, 'The form of names');
    for (const table of [own(schema, 'dependentRequired'), own(schema, 'dependencies')]) {
      if (!isObject(table)) continue;
      for (const [name, others] of Object.entries(table))
        if (Array.isArray(others) && others.length > 0)
          yield conditional(
            `${name} only together with ${stringsOf(others).join(', ')}.`,
            'what a property depends on',
          );
    }
    if (isObject(own(schema, 'dependentSchemas')))
      yield conditional('What else is possible depends on which members are there.', 'what a property depends on');
  }
}

export function* anythingInWords(schemas: readonly JsonSchema[]): Generator<Saying> {
  for (const schema of schemas) {
    const not = own(schema, 'not');
    if (isObject(not)) yield conditional(`Must not fit ${show(not)}.`, 'what is excluded (not)');
    const condition = own(schema, 'if');
    if (condition === undefined) continue;
    const then = own(schema, 'then');
    const otherwise = own(schema, 'else');
    const parts = [
      `If it fits ${show(condition)}`,
      then === undefined ? undefined : `it must fit ${show(then)}`,
      otherwise === undefined
        ? undefined
        : `${then === undefined ? '' : 'else '}it must ${then === undefined ? 'otherwise ' : ''}fit ${show(otherwise)}`,
    ];
    yield conditional(`${parts.filter(Boolean).join(', ')}.`, 'conditions (if, then, else)');
  }
}

export function* listInWords(schemas: readonly JsonSchema[], { uniqueItems }: Facts): Generator<Saying> {
  if (uniqueItems) yield limit('No item twice.', 'That items are unique');
  for (const schema of schemas) {
    const contained = own(schema, 'contains');
    if (isObject(contained))
      yield conditional(`At least one item must fit ${show(contained)}.`, 'what must be among the items (contains)');
  }
}
