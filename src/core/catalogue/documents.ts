type Document = Record<string, unknown>;

/**
 * The `server.json` documents in what somebody brought: one, or those of a registry's list, of which each is bare or
 * with `_meta` beside it under `server`. Of several versions the one that is marked as latest, else the last one.
 */
export function documentsIn(document: unknown): Document[] {
  if (!isObject(document)) return [];
  const listed: unknown = document.servers;
  if (!Array.isArray(listed)) return isObject(document.server) ? [document.server] : [document];
  const byName = new Map<unknown, { document: Document; latest: boolean }>();
  for (const item of listed) {
    if (!isObject(item)) continue;
    const found = isObject(item.server) ? item.server : item;
    const latest = JSON.stringify(item._meta ?? {}).includes('"isLatest":true');
    const known = byName.get(found.name);
    if (!known || latest || !known.latest) byName.set(found.name, { document: found, latest });
  }
  return [...byName.values()].map((one) => one.document);
}

const isObject = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
