import { findMalformed } from './facts.js';
import { isObject, type JsonSchema, own, stringsOf } from './json.js';
import type { Notes } from './notes.js';
import type { SchemaDocument } from './schema-document.js';
import { show } from './text.js';

export interface Alternation {
  keyword: 'anyOf' | 'oneOf';
  branches: readonly unknown[];
}

/** Schemas that all apply to one value, with references and `allOf` followed. */
export interface Expansion {
  hard: JsonSchema[];
  alternations: Alternation[];
  /** What may apply as well: `then`, `else`, what depends on a property. */
  soft: unknown[];
  /** Targets of references that were followed. */
  entered: JsonSchema[];
  never: boolean;
  /** A definition came within itself too often. */
  isCut: boolean;
}

const MOST_SCHEMAS = 100;
const MOST_TIMES = 2;

export interface Place {
  path: string;
  /** Definitions that this place is within. */
  trail: readonly JsonSchema[];
  /** Alternations of which one branch is being looked at. */
  chosen: ReadonlySet<unknown>;
}

export class Expander {
  constructor(
    private readonly document: SchemaDocument,
    private readonly notes: Notes,
  ) {}

  expand(schemas: readonly unknown[], { path, trail, chosen }: Place): Expansion {
    const found: Expansion = { hard: [], alternations: [], soft: [], entered: [], never: false, isCut: false };
    const open = [...schemas];
    const seen = new Set<unknown>();
    while (open.length > 0 && found.hard.length < MOST_SCHEMAS) {
      const schema = open.shift();
      if (schema === false) found.never = true;
      if (!isObject(schema) || seen.has(schema)) continue;
      seen.add(schema);
      found.hard.push(schema);
      for (const word of findMalformed(schema))
        this.notes.add(path, 'KEYWORD_IGNORED', `“${word}” is not in a form that JSON Schema knows, so it is ignored.`);
      open.push(...this.follow(schema, path, trail, found));
      const every = own(schema, 'allOf');
      if (Array.isArray(every)) open.push(...(every as unknown[]));
      for (const keyword of ['anyOf', 'oneOf'] as const) {
        const branches = own(schema, keyword);
        if (Array.isArray(branches) && branches.length > 0 && !chosen.has(branches))
          found.alternations.push({ keyword, branches: branches as unknown[] });
      }
      if (own(schema, 'if') !== undefined) found.soft.push(own(schema, 'then'), own(schema, 'else'));
      for (const table of [own(schema, 'dependentSchemas'), own(schema, 'dependencies')])
        if (isObject(table)) found.soft.push(...Object.values(table).filter((inner) => !Array.isArray(inner)));
    }
    return found;
  }

  private follow(schema: JsonSchema, path: string, trail: readonly JsonSchema[], found: Expansion): unknown[] {
    const references = stringsOf([own(schema, '$ref'), own(schema, '$dynamicRef'), own(schema, '$recursiveRef')]);
    return references.flatMap((reference) => {
      const target = this.document.resolve(schema, reference);
      if (!target.found) {
        const remote = target.why === 'remote';
        this.notes.add(
          path,
          remote ? 'REFERENCE_REMOTE' : 'REFERENCE_MISSING',
          remote
            ? `${show(reference)} points out of the schema and is not fetched: put the definition into $defs.`
            : `${show(reference)} points to nothing in the schema.`,
        );
        return [];
      }
      if (isObject(target.schema)) {
        const times = trail.filter((known) => known === target.schema).length;
        if (times >= MOST_TIMES) {
          found.isCut = true;
          return [];
        }
        found.entered.push(target.schema);
      }
      return [target.schema];
    });
  }
}

const NO_STRUCTURE = new Set([
  'required',
  'not',
  'title',
  'description',
  'dependentRequired',
  'minProperties',
  'maxProperties',
  '$comment',
]);

/** Whether the branches say more than which properties go together. */
export const isStructural = ({ branches }: Alternation): boolean =>
  branches.some((branch) => isObject(branch) && Object.keys(branch).some((key) => !NO_STRUCTURE.has(key)));
