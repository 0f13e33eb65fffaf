import type { JsonSchema } from './json.js';

interface Common {
  /** What the model is told. */
  declared: JsonSchema;
  /** The original schemas in force here: the last word on what the value may be. */
  accepts: readonly unknown[];
}

export interface Member {
  /** The property's own name. */
  name: string;
  /** The name that the model is told. */
  given: string;
  required: boolean;
  shape: Shape;
}

/** One place in the arguments: what the model sees there, and how that becomes what the tool takes. */
export type Shape = Common &
  (
    | { kind: 'plain' }
    /** Scalars as they are, objects and lists as JSON text. */
    | { kind: 'any' }
    /** JSON text; what comes as it is stays. */
    | { kind: 'text' }
    /** Values that are no scalars, each chosen by its JSON text. */
    | { kind: 'choice'; byText: ReadonlyMap<string, unknown> }
    | { kind: 'object'; members: readonly Member[]; rest: Shape | undefined }
    | { kind: 'array'; first: readonly Shape[]; rest: Shape | undefined }
    | { kind: 'union'; options: readonly Shape[] }
    /** The arguments are no object: they are the one property `value`. */
    | { kind: 'wrapped'; inner: Shape }
    | { kind: 'never' }
  );

export type ShapeOf<Kind extends Shape['kind']> = Extract<Shape, { kind: Kind }>;

export const WRAPPER = 'value';
