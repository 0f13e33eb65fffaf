import { createHash } from 'node:crypto';

const LONGEST_STEM = 50;
const HASH_LENGTH = 8;
/** Would be the prototype wherever it is assigned carelessly. */
export const IMPOSSIBLE_NAME = '__proto__';

/** By hash, not by number, so that a name does not change when others come and go. */
function derive(name: string): string {
  const stem = name
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, LONGEST_STEM);
  const readable = /^[A-Za-z]/.test(stem) ? stem : `p_${stem}`;
  return `${readable}_${createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH)}`;
}

const soften = (name: string): string => name.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '');

/**
 * A name that fits the pattern for each given one, no two alike. Names that fit stay; others get their letters and
 * digits when nobody else has them, else a part of their hash.
 */
export function nameProperties(names: readonly string[], legal: RegExp): Map<string, string> {
  const isTaken = new Set([...names.filter((name) => legal.test(name)), IMPOSSIBLE_NAME]);
  const soft = new Map<string, number>();
  for (const name of names) soft.set(soften(name), (soft.get(soften(name)) ?? 0) + 1);
  return new Map(
    names.map((name) => {
      if (legal.test(name) && name !== IMPOSSIBLE_NAME) return [name, name];
      const simple = soften(name);
      const usable = legal.test(simple) && soft.get(simple) === 1 && !isTaken.has(simple);
      const given = usable ? simple : derive(name);
      isTaken.add(given);
      return [name, given];
    }),
  );
}
