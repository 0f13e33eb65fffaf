const FIRST_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Lines of Postgres' text format that wait to be copied, as bytes outside of the heap: as texts they would live just long
 * enough to be moved about by the collector, again and again. Newlines within values are escaped there.
 */
export class CopyLines {
  private buffer = Buffer.alloc(0);
  private end = 0;
  private lines = 0;

  get count(): number {
    return this.lines;
  }

  get size(): number {
    return this.end;
  }

  /** All of them; good until the next one is added. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.end);
  }

  /** @param line of `copyLine` */
  add(line: string): void {
    // Three bytes for a UTF-16 unit at most.
    const most = this.end + line.length * 3;
    if (most > this.buffer.length) this.grow(most);
    this.end += this.buffer.write(line, this.end);
    this.lines += 1;
  }

  *each(): Generator<Buffer> {
    for (let from = 0; from < this.end;) {
      const to = this.buffer.indexOf(NEWLINE, from) + 1;
      yield this.buffer.subarray(from, to);
      from = to;
    }
  }

  /** Keeps its memory. */
  clear(): void {
    this.end = 0;
    this.lines = 0;
  }

  private grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(least, FIRST_BYTES, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}
