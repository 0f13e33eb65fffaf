/**
 * Splits a JSON Pointer (RFC 6901, the JSON string form: no percent-encoding) into its unescaped tokens.
 * `''` is the whole document. Undefined when it is not a pointer.
 */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

export type Lookup = { readonly found: true; readonly value: unknown } | { readonly found: false };

const INDEX = /^(?:0|[1-9][0-9]*)$/;

/** Follows the tokens through own properties only; an array takes an index without leading zeros (RFC 6901, 4). */
export function lookUp(document: unknown, tokens: readonly string[]): Lookup {
  let value = document;
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null) return { found: false };
    if (Array.isArray(value) && !INDEX.test(token)) return { found: false };
    if (!Object.hasOwn(value, token)) return { found: false };
    value = (value as Record<string, unknown>)[token];
  }
  return value === undefined ? { found: false } : { found: true, value };
}
