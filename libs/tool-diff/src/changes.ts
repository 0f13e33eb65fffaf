/** From the worst to the least. `breaking`: calls that were right are wrong now. `risky`: it may be meant to mislead. */
export const SEVERITIES = ['breaking', 'risky', 'notable', 'cosmetic'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface WordChange {
  op: 'same' | 'added' | 'removed';
  text: string;
}

export interface Change {
  /** What happened, as `required_added`. */
  kind: string;
  /** Where in the definition: a JSON Pointer (RFC 6901). */
  path: string;
  severity: Severity;
  /** For people, one sentence. */
  message: string;
  /** Hidden characters are made visible, as ⟦U+200B⟧. */
  before?: string;
  after?: string;
  /** Of a text: word by word. */
  words?: WordChange[];
}

export interface ToolDiff {
  /** The worst of the changes; of none, `cosmetic`. */
  severity: Severity;
  changes: Change[];
}

export const worstOf = (changes: readonly Change[]): Severity =>
  SEVERITIES.find((severity) => changes.some((change) => change.severity === severity)) ?? 'cosmetic';

export const MOST_CHANGES = 200;

/** What was found; the worst first, and no more than a person can read. */
export function toDiff(found: readonly Change[]): ToolDiff {
  const rank = ({ severity }: Change) => SEVERITIES.indexOf(severity);
  const changes = [...found].sort((a, b) => rank(a) - rank(b));
  const left = changes.length - MOST_CHANGES;
  const shown = changes.slice(0, MOST_CHANGES);
  const rest: Change[] =
    left > 0 ? [{ kind: 'more', path: '', severity: 'notable', message: `${left} more changes are not shown.` }] : [];
  return { severity: worstOf(changes), changes: [...shown, ...rest] };
}
