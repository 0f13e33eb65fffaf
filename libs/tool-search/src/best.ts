import { byCode } from './tool-index.js';

export interface Found {
  key: string;
  score: number;
  /** Which of the indexes that were joined has it. */
  part: number;
}

type Named = Found & { name: string };

/** The best few of many, without an order for the rest. */
export class Best {
  private readonly found: Named[] = [];

  constructor(readonly room: number) {}

  /** Whether one with this score may be among them. */
  admits(score: number): boolean {
    const last = this.found[this.room - 1];
    return last === undefined || score >= last.score;
  }

  add(one: Named): void {
    let [low, high] = [0, this.found.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.found[middle];
      if (other && inOrder(other, one) <= 0) low = middle + 1;
      else high = middle;
    }
    this.found.splice(low, 0, one);
    if (this.found.length > this.room) this.found.pop();
  }

  list(): Found[] {
    return this.found.map(({ key, score, part }) => ({ key, score, part }));
  }
}

const inOrder = (one: Named, other: Named): number =>
  other.score - one.score || byCode(one.name, other.name) || byCode(one.key, other.key);
