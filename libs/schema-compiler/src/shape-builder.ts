import type { DialectRules } from './dialects.js';
import type { Expander, Place } from './expansion.js';
import type { JsonSchema } from './json.js';
import type { NoteCode } from './notes.js';
import type { Shape } from './shape.js';
import type { Saying } from './words.js';

/** How much is shown; what is too large is built again with less. */
export interface Amount {
  depth: number;
  /** Characters of one description. */
  words: number;
  /** Properties of one object. */
  members: number;
  choices: number;
}

export interface Context extends Place {
  /** Objects, lists and unions around this place, itself counted. */
  depth: number;
}

/** What builds the parts of objects and lists, known to them without their being known to it. */
export interface ShapeBuilder {
  readonly expander: Expander;
  readonly rules: DialectRules;
  readonly amount: Amount;
  build(schemas: readonly unknown[], context: Context): Shape;
  unite(options: readonly Shape[], schemas: readonly unknown[], context: Context): Shape;
  /** A container this deep, or undefined where there is still room. */
  tooDeep(schemas: readonly unknown[], hard: readonly JsonSchema[], context: Context): Shape | undefined;
  note(path: string, code: NoteCode, message: string): void;
  /** The same shape with these words in its description. */
  say(shape: Shape, description: string | undefined, sayings: readonly Saying[], path: string): Shape;
}
