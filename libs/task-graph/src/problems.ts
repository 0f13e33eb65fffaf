export const PROBLEM_CODES = [
  'TOO_MANY_NODES',
  'INVALID_KEY',
  'DUPLICATE_KEY',
  'UNKNOWN_TOOL',
  'UNKNOWN_DEPENDENCY',
  'UNKNOWN_REFERENCE',
  'MALFORMED_REFERENCE',
  'CYCLE',
  'UNKNOWN_NODE',
  'NO_RESULT',
  'MISSING_VALUE',
  'TOO_DEEP',
  'NOT_JSON',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Why something was refused, in words for a person or a model. */
export interface Problem {
  readonly code: ProblemCode;
  /** The node that has the problem, as its author calls it. */
  readonly node?: string;
  /** RFC 6901 pointer to the place within the arguments or the value. */
  readonly at?: string;
  readonly message: string;
}

export interface Refused {
  readonly ok: false;
  /** At least one, at most 50. */
  readonly problems: readonly Problem[];
}

const MAX_PROBLEMS = 50;

export function refused(problems: readonly Problem[]): Refused {
  return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) };
}

/** Values nested deeper than this are refused, so that no input can exhaust the stack. */
export const MAX_DEPTH = 128;

export function tooDeep(at: string): Problem {
  return { code: 'TOO_DEEP', at, message: `Values may be nested at most ${MAX_DEPTH} levels deep.` };
}

const MAX_SHOWN = 120;

/** Text from outside, short enough for a message. */
export function shown(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}
