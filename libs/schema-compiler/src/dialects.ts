export const DIALECTS = ['gemini', 'openai', 'anthropic'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** What a vendor takes as the parameters of a function, read on the careful side: its documents, and what it was seen to refuse. */
export interface DialectRules {
  /** Characters of what is said of a function as a whole. */
  maxFunctionDescription: number;
  /** For the names of properties, at every level. */
  propertyName: RegExp;
  /** Objects and arrays within each other, the root counted; a union counts as one. */
  maxDepth: number;
  /** Schemas in one declaration. */
  maxSchemas: number;
  /** Bytes of one declaration as JSON. */
  maxBytes: number;
  /** Values of one list of choices, and their characters together. */
  maxChoices: number;
  maxChoiceCharacters: number;
  stringFormats: readonly string[];
  /** `minLength`, `maxLength`, `pattern`, exclusive bounds and `multipleOf`; else they are told in words. */
  takesFineLimits: boolean;
  /** A schema that says nothing; else any value is offered as scalars and JSON text. */
  takesAnyValue: boolean;
  /** `anyOf` with a description beside it. */
  takesDescribedUnions: boolean;
  /** Choices that are an empty text. */
  takesEmptyChoice: boolean;
}

const RFC_FORMATS = ['date-time', 'date', 'time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'] as const;

export const RULES: Readonly<Record<Dialect, DialectRules>> = {
  // ai.google.dev/api: FunctionDeclaration (names of parameters), responseJsonSchema (keywords that are read).
  gemini: {
    maxFunctionDescription: 6_000,
    propertyName: /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
    maxDepth: 5,
    maxSchemas: 600,
    maxBytes: 32_000,
    maxChoices: 250,
    maxChoiceCharacters: 8_000,
    stringFormats: ['date-time', 'date', 'time'],
    takesFineLimits: false,
    takesAnyValue: false,
    takesDescribedUnions: false,
    takesEmptyChoice: false,
  },
  // platform.openai.com, “Structured outputs”; functions that are not strict, as compatible servers know no other.
  openai: {
    maxFunctionDescription: 1_024,
    propertyName: /^[A-Za-z0-9_.-]{1,64}$/,
    maxDepth: 10,
    maxSchemas: 1_000,
    maxBytes: 64_000,
    maxChoices: 250,
    maxChoiceCharacters: 15_000,
    stringFormats: RFC_FORMATS,
    takesFineLimits: true,
    takesAnyValue: true,
    takesDescribedUnions: true,
    takesEmptyChoice: true,
  },
  // docs.anthropic.com, “Tool use”: JSON Schema 2020-12, names of properties `^[a-zA-Z0-9_.-]{1,64}$`, a plain object at the top.
  anthropic: {
    maxFunctionDescription: 6_000,
    propertyName: /^[A-Za-z0-9_.-]{1,64}$/,
    maxDepth: 10,
    maxSchemas: 1_000,
    maxBytes: 64_000,
    maxChoices: 500,
    maxChoiceCharacters: 15_000,
    stringFormats: [...RFC_FORMATS, 'uri'],
    takesFineLimits: true,
    takesAnyValue: true,
    takesDescribedUnions: true,
    takesEmptyChoice: true,
  },
};
