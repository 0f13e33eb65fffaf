const REFERENCE = /^([^#]+)#(?:\/|$)/;
const MAX_DEPTH = 64;

/** Keys of the nodes that a value refers to by `{"$ref": "<key>#/…"}`, at any depth down to 64. */
export function referencedKeys(value: unknown, depth = 0): string[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  if ('$ref' in value && typeof value.$ref === 'string' && Object.keys(value).length === 1) {
    const key = REFERENCE.exec(value.$ref)?.[1];
    return key === undefined ? [] : [key];
  }
  return Object.values(value).flatMap((item) => referencedKeys(item, depth + 1));
}
