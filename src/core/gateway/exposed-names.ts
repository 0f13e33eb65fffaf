import { createHash } from 'node:crypto';

/** Many clients put a prefix of theirs before names of tools, and models take 64 characters. */
const LONGEST = 64;
const HASH_CHARACTERS = 8;
/** No handle has it. */
export const SEPARATOR = '__';
/** 2025-11-25, Tools, Tool Names. */
const NOT_ALLOWED = /[^A-Za-z0-9_.-]/g;

/**
 * Names for what several servers offer: `handle__name`, of the characters that MCP has for names of tools, at most 64 long,
 * no two alike. A name that has to be shortened or told from another ends in a hash of the whole, so it stays the same
 * as long as its server and itself do.
 */
export function exposeNames<Item>(
  items: readonly Item[],
  { handleOf, nameOf }: { handleOf: (item: Item) => string; nameOf: (item: Item) => string },
): Map<string, Item> {
  const exposed = new Map<string, Item>();
  for (const item of items) {
    const whole = `${handleOf(item)}${SEPARATOR}${nameOf(item)}`;
    const plain = whole.replace(NOT_ALLOWED, '_');
    let name = plain.length > LONGEST ? withHash(plain, whole) : plain;
    if (exposed.has(name)) name = withHash(plain, whole);
    if (!exposed.has(name)) exposed.set(name, item);
  }
  return exposed;
}

function withHash(plain: string, whole: string): string {
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, HASH_CHARACTERS);
  return `${plain.slice(0, LONGEST - HASH_CHARACTERS - 1)}_${hash}`;
}
