export interface DiffLine {
  change: 'same' | 'added' | 'removed';
  text: string;
}

const MAX_CELLS = 250_000;

/** Line by line, by the longest common subsequence; two texts too long for that are shown one after the other. */
export function diffLines(before: string, after: string): DiffLine[] {
  const left = before.split('\n');
  const right = after.split('\n');
  if (left.length * right.length > MAX_CELLS) {
    return [...left.map((text) => line('removed', text)), ...right.map((text) => line('added', text))];
  }
  const width = right.length + 1;
  const common = new Uint32Array((left.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        left[row] === right[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < left.length || column < right.length) {
    if (row < left.length && column < right.length && left[row] === right[column]) {
      lines.push(line('same', left[row] ?? ''));
      row += 1;
      column += 1;
    } else if (column >= right.length || (row < left.length && at(row + 1, column) >= at(row, column + 1))) {
      lines.push(line('removed', left[row] ?? ''));
      row += 1;
    } else {
      lines.push(line('added', right[column] ?? ''));
      column += 1;
    }
  }
  return lines;
}

const line = (change: DiffLine['change'], text: string): DiffLine => ({ change, text });
