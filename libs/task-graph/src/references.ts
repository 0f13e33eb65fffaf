import { escapeToken, lookUp, parsePointer } from './json-pointer.js';
import { MAX_DEPTH, type Problem, type Refused, refused, shown, tooDeep } from './problems.js';

/**
 * A part of another node's result, written in arguments as an object with the one property `$ref`:
 * `{"$ref": "node1#/structuredContent/rows"}`; `node1#` is the whole result. After `#` comes a JSON Pointer
 * (RFC 6901) in its plain form, without percent-encoding.
 *
 * An object with the one property `$literal` stands for its value, in which nothing is a reference:
 * `{"$literal": {"$ref": "#/definitions/row"}}` passes a JSON Schema reference on as it is.
 */
export interface Reference {
  readonly node: string;
  readonly pointer: string;
  /** Where it stands: RFC 6901 pointer into the arguments. */
  readonly at: string;
}

export interface FoundReferences {
  readonly references: readonly Reference[];
  /** What looks like a reference and is none. */
  readonly problems: readonly Problem[];
}

export type Resolved = { readonly ok: true; readonly value: unknown } | Refused;

/** All references in a value, however deep, in the order in which they stand. */
export function findReferences(args: unknown): FoundReferences {
  const references: Reference[] = [];
  const { problems } = rewrite(args, 'keep', (reference, written) => {
    references.push(reference);
    return { ok: true, value: written };
  });
  return { references, problems };
}

/** The same arguments with every reference naming its node by `rename`; literals stay wrapped. */
export function renameReferences(args: unknown, rename: (node: string) => string): unknown {
  return rewrite(args, 'keep', ({ node, pointer }) => ({ ok: true, value: { $ref: `${rename(node)}#${pointer}` } }))
    .value;
}

/** The arguments as the tool gets them but for their references, which stay as they are written. */
export function unwrapLiterals(args: unknown): unknown {
  return rewrite(args, 'unwrap', (_, written) => ({ ok: true, value: written })).value;
}

/**
 * The arguments as the tool gets them. The value shares structure with the arguments and the results: read only.
 * References within a result are data and stay as they are.
 * @param resultOf the result of a node, undefined when it has none
 */
export function resolveReferences(args: unknown, resultOf: (node: string) => unknown): Resolved {
  const { value, problems } = rewrite(args, 'unwrap', ({ node, pointer, at }) => {
    const result = resultOf(node);
    if (result === undefined) {
      return { ok: false, problem: { code: 'NO_RESULT', at, message: `${shown(node)} has no result.` } };
    }
    const found = lookUp(result, parsePointer(pointer) ?? []);
    if (found.found) return { ok: true, value: found.value };
    const message = `The result of ${shown(node)} has nothing at ${shown(pointer)}.`;
    return { ok: false, problem: { code: 'MISSING_VALUE', at, message } };
  });
  return problems.length === 0 ? { ok: true, value } : refused(problems);
}

type Replacement = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem };
type Replace = (reference: Reference, written: unknown) => Replacement;

function rewrite(args: unknown, literals: 'keep' | 'unwrap', replace: Replace) {
  const problems: Problem[] = [];

  const visit = (value: unknown, at: string, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MAX_DEPTH) {
      problems.push(tooDeep(at));
      return value;
    }
    if (Array.isArray(value)) {
      return value.map((item: unknown, index) => visit(item, `${at}/${index}`, depth + 1));
    }
    const entries = Object.entries(value);
    const [only] = entries;
    if (only && entries.length === 1) {
      const [key, inner] = only as [string, unknown];
      if (key === '$literal') return literals === 'unwrap' ? inner : value;
      if (key === '$ref' && typeof inner === 'string') return visitReference(value, inner, at);
    }
    // Not by assignment: a property called __proto__ would become the prototype.
    return Object.fromEntries(
      entries.map(([key, inner]) => [key, visit(inner, `${at}/${escapeToken(key)}`, depth + 1)]),
    );
  };

  const visitReference = (written: unknown, text: string, at: string): unknown => {
    const reference = parseReference(text, at);
    const replacement = reference
      ? replace(reference, written)
      : ({ ok: false, problem: malformed(text, at) } satisfies Replacement);
    if (replacement.ok) return replacement.value;
    problems.push(replacement.problem);
    return written;
  };

  return { value: visit(args, '', 0), problems };
}

function parseReference(text: string, at: string): Reference | undefined {
  const hash = text.indexOf('#');
  if (hash < 1) return undefined;
  const pointer = text.slice(hash + 1);
  return parsePointer(pointer) === undefined ? undefined : { node: text.slice(0, hash), pointer, at };
}

function malformed(text: string, at: string): Problem {
  const message =
    `"${shown(text)}" is not a reference: write "node1#" for the whole result, ` +
    '"node1#/a/b" for a part of it, or wrap the value in {"$literal": …} if it is meant as it is.';
  return { code: 'MALFORMED_REFERENCE', at, message };
}
