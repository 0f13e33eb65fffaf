/** `maybe` is for a value that is not known yet: a reference to what another call will give. */
export type Verdict = 'yes' | 'no' | 'maybe';

/** Where something is wrong: names and indices from the top of the arguments. */
export type Path = readonly string[];

export interface Fault {
  path: Path;
  message: string;
}

/** What a schema says of a value, and which of its members it has looked at (for `unevaluated…`). */
export interface Result {
  verdict: Verdict;
  faults: Fault[];
  seen: ReadonlySet<string> | 'all';
}

export const MOST_FAULTS = 20;
const NOTHING: ReadonlySet<string> = new Set();

export const YES: Result = { verdict: 'yes', faults: [], seen: NOTHING };
export const MAYBE: Result = { verdict: 'maybe', faults: [], seen: NOTHING };
export const no = (path: Path, message: string): Result => ({
  verdict: 'no',
  faults: [{ path, message }],
  seen: NOTHING,
});
export const saw = (seen: Result['seen']): Result => ({ verdict: 'yes', faults: [], seen });

export const union = (left: Result['seen'], right: Result['seen']): Result['seen'] => {
  if (left === 'all' || right === 'all') return 'all';
  if (left.size === 0) return right;
  return right.size === 0 ? left : new Set([...left, ...right]);
};

const worse = (left: Verdict, right: Verdict): Verdict => {
  if (left === 'no' || right === 'no') return 'no';
  return left === 'maybe' || right === 'maybe' ? 'maybe' : 'yes';
};

/** All must hold. */
export const both = (left: Result, right: Result): Result => ({
  verdict: worse(left.verdict, right.verdict),
  faults: right.faults.length === 0 ? left.faults : [...left.faults, ...right.faults].slice(0, MOST_FAULTS),
  seen: union(left.seen, right.seen),
});

export const all = (results: readonly Result[]): Result => results.reduce(both, YES);
