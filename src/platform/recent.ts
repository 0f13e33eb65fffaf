/**
 * Puts an entry last in a map whose first are the least recently used. A map that is far from full has no need of an order,
 * and each such move costs more than the look-up.
 */
export function touch<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, size: number): void {
  if (map.size * 2 <= size) return;
  map.delete(key);
  map.set(key, value);
}

/** What was made of texts that come again and again; it begins anew once there are more than that. */
export function remembering(most: number, make: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= most) known.clear();
    const made = make(text);
    known.set(text, made);
    return made;
  };
}
