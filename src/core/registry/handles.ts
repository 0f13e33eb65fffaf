import type { ServerId } from '../../platform/ids.js';

const LONGEST = 32;
const NAMELESS = 'server';

/**
 * Short names of servers for addresses and for the names of their tools: lower case letters, digits and single hyphens, a
 * letter first, so that they may also begin the scheme of a URI (RFC 3986, 3.1).
 * @param servers of one organization; of two with the same handle the older one keeps it
 */
export function assignHandles(servers: readonly { id: ServerId; name: string }[]): Map<ServerId, string> {
  const byAge = [...servers].sort((a, b) => (a.id < b.id ? -1 : 1));
  const taken = new Set<string>();
  const handles = new Map<ServerId, string>();
  for (const { id, name } of byAge) {
    const base = handleOf(name);
    let handle = base;
    for (let count = 2; taken.has(handle); count += 1) handle = `${base.slice(0, LONGEST - 5)}-${count}`;
    taken.add(handle);
    handles.set(id, handle);
  }
  return handles;
}

export function handleOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+/, '')
    .slice(0, LONGEST)
    .replace(/-+$/, '');
  return plain === '' ? NAMELESS : plain;
}
