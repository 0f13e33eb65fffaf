/**
 * Puts an entry last in a map whose first are the least recently used. A map that is far from full has no need of an order,
 * and each such move costs more than the look-up.
 */
export function touch<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, size: number): void {
  if (map.size * 2 <= size) return;
  map.delete(key);
  map.set(key, value);
}
