/** What was changed so that a model's vendor takes a schema, and what each kind costs of 100: once, and at most together. */
const COSTS = {
  PROPERTY_RENAMED: { each: 2, most: 10 },
  UNION_FLATTENED: { each: 5, most: 10 },
  UNION_TOO_WIDE: { each: 8, most: 16 },
  EXACTLY_ONE_NOT_SHOWN: { each: 1, most: 3 },
  CONDITION_IN_WORDS: { each: 4, most: 12 },
  LIMIT_IN_WORDS: { each: 1, most: 5 },
  FORMAT_IN_WORDS: { each: 1, most: 3 },
  PATTERN_IN_WORDS: { each: 1, most: 5 },
  TUPLE_AS_LIST: { each: 2, most: 6 },
  CHOICE_AS_TEXT: { each: 3, most: 9 },
  CHOICES_SHORTENED: { each: 6, most: 12 },
  ANY_VALUE: { each: 2, most: 8 },
  NESTED_AS_TEXT: { each: 6, most: 24 },
  RECURSION_CUT: { each: 6, most: 12 },
  REFERENCE_REMOTE: { each: 12, most: 24 },
  REFERENCE_MISSING: { each: 12, most: 24 },
  DESCRIPTION_SHORTENED: { each: 2, most: 6 },
  INVISIBLE_CHARACTERS: { each: 8, most: 16 },
  KEYWORD_IGNORED: { each: 4, most: 12 },
  NEVER_POSSIBLE: { each: 10, most: 30 },
  PROPERTIES_LEFT_OUT: { each: 15, most: 30 },
  NAME_IMPOSSIBLE: { each: 10, most: 20 },
  SCHEMA_MISSING: { each: 5, most: 5 },
  SCHEMA_TOO_LARGE: { each: 20, most: 20 },
  ROOT_NOT_OBJECT: { each: 60, most: 60 },
} as const satisfies Record<string, { each: number; most: number }>;

export type NoteCode = keyof typeof COSTS;
export const NOTE_CODES = Object.keys(COSTS) as readonly NoteCode[];

export interface Note {
  /** The place in the arguments: `/filter/rules/*` is every item of `rules`. */
  path: string;
  code: NoteCode;
  /** For the author of the server: what happened, and what would help. */
  message: string;
}

export interface Compatibility {
  /** 0 (a model cannot call it) to 100 (declared as it is). */
  score: number;
  notes: Note[];
}

const MAX_NOTES = 100;

export class Notes {
  private readonly byKey = new Map<string, Note>();

  add(path: string, code: NoteCode, message: string): void {
    const key = `${code}\n${path}`;
    if (this.byKey.size < MAX_NOTES && !this.byKey.has(key)) this.byKey.set(key, { path, code, message });
  }

  compatibility(): Compatibility {
    const notes = [...this.byKey.values()];
    const lost = NOTE_CODES.map((code) => {
      const { each, most } = COSTS[code];
      return Math.min(most, each * notes.filter((note) => note.code === code).length);
    }).reduce<number>((sum, cost) => sum + cost, 0);
    return { score: Math.max(0, 100 - lost), notes };
  }
}
