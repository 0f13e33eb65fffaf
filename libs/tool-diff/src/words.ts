import type { WordChange } from './changes.js';
import { toVisible } from './visible.js';

/** Comparing takes the product of both: longer texts are shown whole. */
const MOST_WORDS = 600;

/** Which words went and which came. */
export function diffWords(before: string, after: string): WordChange[] {
  const [old, fresh] = [split(before), split(after)];
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, fresh.length) - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  const changed = compare(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end));
  const same = (words: string[]) => words.map((text): WordChange => ({ op: 'same', text }));
  return join([...same(old.slice(0, start)), ...changed, ...same(old.slice(old.length - end))]);
}

const split = (text: string): string[] => text.match(/\s+|[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_]/gu) ?? [];

/** By the longest common subsequence. */
function compare(old: readonly string[], fresh: readonly string[]): WordChange[] {
  const removed = (text: string): WordChange => ({ op: 'removed', text });
  const added = (text: string): WordChange => ({ op: 'added', text });
  if (old.length > MOST_WORDS || fresh.length > MOST_WORDS) return [...old.map(removed), ...fresh.map(added)];
  const width = fresh.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  const lengthAt = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = fresh.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        old[row] === fresh[column]
          ? lengthAt(row + 1, column + 1) + 1
          : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1));
    }
  }
  const changes: WordChange[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < fresh.length) {
    const [left, right] = [old[row], fresh[column]];
    if (left !== undefined && left === right) {
      changes.push({ op: 'same', text: left });
      row += 1;
      column += 1;
    } else if (right === undefined || (left !== undefined && lengthAt(row + 1, column) >= lengthAt(row, column + 1))) {
      changes.push(removed(left ?? ''));
      row += 1;
    } else {
      changes.push(added(right));
      column += 1;
    }
  }
  return changes;
}

function join(changes: readonly WordChange[]): WordChange[] {
  const joined: WordChange[] = [];
  for (const { op, text } of changes) {
    const last = joined.at(-1);
    if (last?.op === op) last.text += text;
    else joined.push({ op, text });
  }
  return joined.map(({ op, text }) => ({ op, text: toVisible(text) }));
}
